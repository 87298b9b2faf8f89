"""Known problems of many customers: the list, one incident, and what a ticket has to do with it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.lib.text import id_in
from helpdesk.web import AgentRequest, agent_required, refusal, wants_fragment
from tickets.desk.incident_forms import IncidentForm, LeftOutForm, UpdateForm
from tickets.desk.ticket import find_ticket, refused, url_of
from tickets.incidents import operations as change
from tickets.incidents.matching import likely_incident, link_of, suggested_tickets
from tickets.incidents.models import Incident
from tickets.incidents.queries import affected_by, incidents_shown, spikes

LIST, PAGE = "tickets/desk/incidents.html", "tickets/desk/incident.html"


@require_safe
@agent_required
def incidents(request: AgentRequest) -> HttpResponse:
    """What is known now, and topics that look as if something had happened."""
    _at_work(request)
    is_past = bool(request.GET.get("resolved"))
    context = {
        "incidents": incidents_shown(resolved=is_past),
        "spikes": [] if is_past else spikes(agent=request.user, at=timezone.now()),
        "is_past": is_past,
        "section": "incidents",
    }
    return render(request, LIST, context)


@agent_required
def new(request: AgentRequest) -> HttpResponse:
    """Open an incident; `?topic` and `?since` fill in where it was suggested."""
    _at_work(request)
    now = timezone.now()
    given = {"topic": request.GET.get("topic"), "began_at": request.GET.get("since") or now}
    form = IncidentForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        opened = change.open_incident(**form.details(), by=Actor.agent(request.user.pk), at=now)
        return redirect(opened)
    context = {"form": form, "section": "incidents"}
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/incident_form.html", context, status=status)


@require_safe
@agent_required
def incident(request: AgentRequest, pk: int) -> HttpResponse:
    """One incident: what is known, whom it reached, and tickets that may belong to it."""
    return render(request, PAGE, _context(request, _find(request, pk)))


@agent_required
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change what an incident is or which tickets it finds."""
    found = _find(request, pk)
    form = IncidentForm(request.POST or None, initial=IncidentForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        by = Actor.agent(request.user.pk)
        change.change_incident(found, changes=form.details(), by=by, at=timezone.now())
        return redirect(found)
    context = {"form": form, "incident": found, "section": "incidents"}
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/incident_form.html", context, status=status)


@require_POST
@agent_required
def update(request: AgentRequest, pk: int) -> HttpResponse:
    """Write down what has become known."""
    found = _find(request, pk)
    form = UpdateForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, _context(request, found, update_form=form), status=422)
    by = Actor.agent(request.user.pk)
    change.update_on_incident(found, **form.cleaned_data, by=by, at=timezone.now())
    return redirect(found)


@require_POST
@agent_required
def set_status(request: AgentRequest, pk: int) -> HttpResponse:
    """Resolve an incident, or open it again when `open` is given."""
    found, by = _find(request, pk), Actor.agent(request.user.pk)
    operation = change.reopen_incident if request.POST.get("open") else change.resolve_incident
    return redirect(operation(found, by=by, at=timezone.now()))


@require_POST
@agent_required
def leave_out(request: AgentRequest, pk: int, customer_pk: int) -> HttpResponse:
    """Leave a customer out of the affected with a reason; without one, count them again."""
    found = _find(request, pk)
    seen = Customer.objects.visible_to(request.user)
    customer, by, now = get_object_or_404(seen, pk=customer_pk), request.user.pk, timezone.now()
    form = LeftOutForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, _context(request, found, left_out_form=form), status=422)
    reason = form.cleaned_data["reason"]
    if reason:
        change.exclude_customer(found, customer=customer, reason=reason, by=Actor.agent(by), at=now)
    else:
        change.include_customer(found, customer=customer, by=Actor.agent(by), at=now)
    return redirect(found)


@require_safe
@agent_required
def of_ticket(request: AgentRequest, number: int) -> HttpResponse:
    """What a ticket has to do with an incident: a part of the ticket's page, or a page."""
    ticket = find_ticket(request.user, number)
    found = likely_incident(ticket)
    context: dict[str, Any] = {"ticket": ticket, "incident": found, "link": None}
    if found is not None:
        context["link"] = link_of(ticket)
        context["update"] = found.updates.order_by("-at", "-pk").first()
    else:
        context["open"] = incidents_shown()[:20]
    part = "tickets/desk/_context_incident.html"
    if wants_fragment(request):
        return render(request, part, context)
    return render(request, "tickets/desk/peek.html", context | {"fragment": part})


@require_POST
@agent_required
def link(request: AgentRequest, number: int) -> HttpResponse:
    """Say that a ticket is part of the incident named, or that it is not when `no` is given."""
    ticket = find_ticket(request.user, number)
    named = id_in(request.POST.get("incident", ""))
    if named is None:
        raise Http404
    found = _find(request, named)
    operation = change.unlink_ticket if request.POST.get("no") else change.link_ticket
    by = Actor.agent(request.user.pk)
    try:
        operation(found, ticket=ticket, by=by, at=timezone.now())
    except DomainError as error:
        return refused(request, error) if wants_fragment(request) else refusal(request, error)
    back = request.POST.get("back")
    return redirect(found) if back == "incident" else redirect(url_of(request, ticket))


def _context(request: AgentRequest, found: Incident, **forms: Any) -> dict[str, Any]:
    agent = request.user
    return {
        "incident": found,
        "affected": affected_by(found, agent=agent),
        "suggested": suggested_tickets(found, agent=agent),
        "updates": list(found.updates.select_related("by").order_by("-at", "-pk")[:50]),
        "update_form": UpdateForm(),
        "left_out_form": LeftOutForm(),
        "section": "incidents",
        **forms,
    }


def _find(request: AgentRequest, pk: int) -> Incident:
    """Incidents concern every agent at work; their tickets keep to their teams."""
    _at_work(request)
    return get_object_or_404(Incident.objects.select_related("topic__parent", "opened_by"), pk=pk)


def _at_work(request: AgentRequest) -> None:
    if not request.user.may(Permission.WORK_TICKETS):
        raise Http404

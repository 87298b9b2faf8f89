"""The customer's profile: who they are, their whole life with us, what we know and promised."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer, CustomerNote, Order, Organisation, Promise
from customers.operations import (
    add_customer_note,
    add_identity,
    keep_promise,
    pin_customer_note,
    update_customer,
)
from customers.queries import (
    PAGE,
    Place,
    known_facts,
    newest_customers,
    people_of,
    profile_of,
    promises_to,
    timeline_of,
)
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.desk.customer_forms import DetailsForm, IdentityForm, NoteForm
from tickets.desk.cx import cx_block, cx_rows_of
from tickets.desk.timeline import FILTERS, entries_of, years_of
from tickets.models import Ticket
from tickets.operations import keep_promise_on_ticket

NIGHT_ENDS, NIGHT_BEGINS = 7, 22
ORDERS, NOTES = 10, 20
FIRST_YEAR, LAST_YEAR = 1970, 9998


@require_safe
@agent_required
def customer_list(request: AgentRequest) -> HttpResponse:
    """The customers who turned to us last."""
    found = newest_customers(agent=request.user, before=Place.read(request.GET.get("before", "")))
    people = found[:PAGE]
    last = people[-1] if len(found) > PAGE else None
    older = Place(last.last_contact_at, last.pk) if last and last.last_contact_at else None
    return render(
        request,
        "tickets/desk/customer_list.html",
        {"people": people, "older": older, "section": "customers"},
    )


@require_safe
@agent_required
def customer(request: AgentRequest, pk: int) -> HttpResponse:
    """The profile; `?kind`, `?q`, `?year` and `?before` choose what the timeline shows."""
    return render(request, "tickets/desk/customer.html", _profile(request, pk))


def _profile(request: AgentRequest, pk: int, **extra: Any) -> dict[str, Any]:
    """Gather the page of one customer in a fixed number of queries."""
    agent, now = request.user, timezone.now()
    try:
        person = profile_of(pk, agent=agent)
    except Customer.DoesNotExist as error:
        raise Http404 from error
    notes = list(person.notes.select_related("author").order_by("-is_pinned", "-at")[:NOTES])
    return {
        "customer": person,
        "section": "customers",
        "local": _local_time(person, now),
        "pinned": [note for note in notes if note.is_pinned],
        "notes": notes,
        "cx": cx_block(person, at=now),
        "facts": known_facts(person, agent=agent, at=now),
        "promises": promises_to(person, agent=agent),
        "orders": list(Order.objects.filter(customer=person).order_by("-placed_at")[:ORDERS]),
        "hidden": max(0, person.contacts_count - person.seen_contacts),  # type: ignore[attr-defined]
        "now": now,
        **_timeline(request, person, agent),
        **extra,
    }


def _timeline(request: AgentRequest, person: Customer, agent: Agent) -> dict[str, Any]:
    asked = request.GET
    kind, words = asked.get("kind", ""), asked.get("q", "").replace("\0", "").strip()[:100]
    year = int(asked["year"]) if asked.get("year", "").isdecimal() else None
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    kinds = FILTERS[kind][1] if kind in FILTERS else ()
    page = timeline_of(
        person,
        agent=agent,
        kinds=kinds,
        words=words,
        year=year,
        before=Place.read(asked.get("before", "")),
    )
    entries = entries_of(page.touchpoints, agent=agent)
    years = years_of(person, page, entries, only=year)
    is_filtered = bool(kinds or words or "before" in asked)
    older = None
    if page.older:
        query = asked.copy()
        query["before"] = str(page.older)
        older = f"?{query.urlencode()}#timeline"
    return {
        "years": [y for y in years if y.entries] if is_filtered else years,
        "entries": entries,
        "older": older,
        "filters": [(key, label) for key, (label, _kinds) in FILTERS.items()],
        "kind": kind,
        "words": words,
        "year": year,
        "is_filtered": is_filtered or year is not None,
    }


def _local_time(person: Customer, now: datetime) -> dict[str, Any] | None:
    """The time where the customer is, and whether people sleep there now."""
    zone = person.time_zone or (person.organisation.time_zone if person.organisation else "")
    if zone not in available_timezones():
        return None
    local = now.astimezone(ZoneInfo(zone))
    place = person.place or zone.rpartition("/")[2].replace("_", " ")
    is_night = not NIGHT_ENDS <= local.hour < NIGHT_BEGINS
    return {"at": f"{local:%H:%M}", "place": place, "is_night": is_night, "zone": zone}


@agent_required
def edit_details(request: AgentRequest, pk: int) -> HttpResponse:
    """The form of who somebody is; saving changes only what differs."""
    person = _visible(request, pk)
    form = DetailsForm(request.POST or None, customer=person)
    if request.method == "POST" and form.is_valid():
        update_customer(
            person, changes=form.changes(), by=Actor.agent(request.user.pk), at=timezone.now()
        )
        return redirect("desk:customer", pk=pk)
    context = {"customer": person, "form": form, "section": "customers"}
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/customer_details.html", context, status=status)


@require_POST
@agent_required
def new_identity(request: AgentRequest, pk: int) -> HttpResponse:
    """Note another address of the customer, as claimed by them."""
    person = _visible(request, pk)
    form = IdentityForm(request.POST)
    if not form.is_valid():
        return _again(request, pk, identity_form=form)
    try:
        add_identity(
            person,
            **form.cleaned_data,
            evidence=_("entered by %(name)s") % {"name": request.user},
            by=Actor.agent(request.user.pk),
            at=timezone.now(),
        )
    except DomainError as error:
        form.add_error("value", str(error))
        return _again(request, pk, identity_form=form)
    return redirect("desk:customer", pk=pk)


@require_POST
@agent_required
def new_note(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep a remark about the customer for every later agent."""
    person = _visible(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _again(request, pk, note_form=form)
    add_customer_note(
        person, **form.cleaned_data, by=Actor.agent(request.user.pk), at=timezone.now()
    )
    return redirect("desk:customer", pk=pk)


@require_POST
@agent_required
def pin_note(request: AgentRequest, pk: int, note_pk: int) -> HttpResponse:
    """Pin a remark, or unpin it when `pinned` is empty."""
    note = get_object_or_404(CustomerNote, pk=note_pk, customer=_visible(request, pk))
    is_pinned = bool(request.POST.get("pinned"))
    by = Actor.agent(request.user.pk)
    pin_customer_note(note, is_pinned=is_pinned, by=by, at=timezone.now())
    return redirect("desk:customer", pk=pk)


@require_POST
@agent_required
def keep(request: AgentRequest, pk: int) -> HttpResponse:
    """Close a promise as kept, on its ticket where it came from one."""
    promise = get_object_or_404(Promise.objects.visible_to(request.user), pk=pk)
    by, now = Actor.agent(request.user.pk), timezone.now()
    ticket = Ticket.objects.visible_to(request.user).filter(number=promise.ticket_number).first()
    try:
        if ticket is None:
            keep_promise(promise, by=by, at=now)
        else:
            keep_promise_on_ticket(ticket, promise=promise, by=by, at=now)
    except DomainError as error:
        return refusal(request, error)
    return redirect("desk:customer", pk=promise.customer_id)


@require_safe
@agent_required
def cx_rows(request: AgentRequest, pk: int, block: str) -> HttpResponse:
    """The rows one number of the summary is made of."""
    person = _visible(request, pk)
    context = cx_rows_of(person, block=block, agent=request.user, at=timezone.now())
    context |= {"subject": person, "back": person.get_absolute_url(), "section": "customers"}
    return render(request, "tickets/desk/customer_cx.html", context)


@require_safe
@agent_required
def organisation(request: AgentRequest, pk: int) -> HttpResponse:
    """The people of an organisation, what is open for each, and their numbers together."""
    group = find_organisation(request, pk)
    people = people_of(group, agent=request.user)
    unfinished = Ticket.objects.visible_to(request.user).unfinished()
    tickets: dict[int, list[Ticket]] = {}
    for ticket in unfinished.filter(customer__in=people).select_related("status")[:500]:
        tickets.setdefault(ticket.customer_id, []).append(ticket)
    context = {
        "organisation": group,
        "people": [(person, tickets.get(person.pk, [])) for person in people],
        "domains": list(group.domains.order_by("domain")),
        "cx": cx_block(group, at=timezone.now()),
        "section": "customers",
    }
    return render(request, "tickets/desk/organisation.html", context)


@require_safe
@agent_required
def organisation_cx_rows(request: AgentRequest, pk: int, block: str) -> HttpResponse:
    """The rows one number of an organisation's summary is made of."""
    group = find_organisation(request, pk)
    context = cx_rows_of(group, block=block, agent=request.user, at=timezone.now())
    back = reverse("desk:organisation", args=[pk])
    context |= {"subject": group, "back": back, "section": "customers"}
    return render(request, "tickets/desk/customer_cx.html", context)


def _visible(request: AgentRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)


def find_organisation(request: AgentRequest, pk: int) -> Organisation:
    """An organisation is seen by those who may see customers at all."""
    group = get_object_or_404(Organisation.objects.select_related("cx_summary"), pk=pk)
    if not Customer.objects.visible_to(request.user).exists():
        raise Http404
    return group


def _again(request: AgentRequest, pk: int, **forms: Any) -> HttpResponse:
    """Show the profile once more with what was typed and what was wrong."""
    return render(request, "tickets/desk/customer.html", _profile(request, pk, **forms), status=422)

"""Tickets become one or two: choose, look at what comes of it, then do it; and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Customer
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.desk.merging_forms import SplitForm, TargetForm, WriterForm
from tickets.desk.ticket import find_ticket
from tickets.joining.customers import undo_customer_merge
from tickets.joining.models import Merge
from tickets.joining.reassigning import move_ticket_to_customer
from tickets.joining.splitting import split_ticket, undo_split
from tickets.joining.tickets import merge_tickets, refuse_ticket_merge, undo_ticket_merge
from tickets.models import Ticket

OFFERED, SHOWN_MESSAGES = 10, 100


@agent_required
def merge(request: AgentRequest, number: int) -> HttpResponse:
    """Merge a ticket into another: `?into=` names it and shows what comes of it."""
    ticket = find_ticket(request.user, number)
    form = TargetForm(request.POST or request.GET, agent=request.user)
    target = form.target if form.is_valid() else None
    if request.method == "POST" and target is not None:
        by, now = Actor.agent(request.user.pk), timezone.now()
        try:
            merge_tickets(ticket, into=target, by=by, at=now)
        except DomainError as error:
            return refusal(request, error)
        words = _("#%(source)s was merged into #%(target)s. Nobody was told.")
        messages.success(request, words % {"source": number, "target": target.number})
        return redirect(target)
    context: dict[str, Any] = {
        "section": "inbox",
        "ticket": ticket,
        "target": target,
        "form": form if "into" in form.data else TargetForm(agent=request.user),
        "offered": _offered(request, ticket),
    }
    if target is not None:
        context |= _preview(ticket, target)
    status = 422 if request.method == "POST" else 200
    return render(request, "tickets/desk/merge.html", context, status=status)


def _offered(request: AgentRequest, ticket: Ticket) -> list[Ticket]:
    """The customer's other tickets, unfinished ones first."""
    others = Ticket.objects.visible_to(request.user).filter(
        customer=ticket.customer_id, merged_into=None
    )
    others = others.exclude(pk=ticket.pk).select_related("status", "customer")
    return list(others.order_by("is_finished", "-opened_at")[:OFFERED])


def _preview(source: Ticket, target: Ticket) -> dict[str, Any]:
    refused = ""
    try:
        refuse_ticket_merge(source, target)
    except DomainError as error:
        refused = str(error)
    said = [*source.messages.all()[:SHOWN_MESSAGES], *target.messages.all()[:SHOWN_MESSAGES]]
    due = [one.reply_due_at for one in (source, target) if one.reply_due_at]
    return {
        "refused": refused,
        "thread": sorted(said, key=lambda message: (message.at, message.pk)),
        "due": min(due, default=None),
        "files": sum(message.attachments.count() for message in source.messages.all()),
    }


@agent_required
def split(request: AgentRequest, number: int) -> HttpResponse:
    """Choose messages that become a ticket of their own."""
    ticket = find_ticket(request.user, number)
    said = list(ticket.messages.order_by("at", "pk").select_related("agent", "customer"))
    form = SplitForm(request.POST or None, said=said)
    if request.method == "POST" and form.is_valid():
        by, now = Actor.agent(request.user.pk), timezone.now()
        try:
            done = split_ticket(ticket, **form.cleaned_data, by=by, at=now)
        except DomainError as error:
            return refusal(request, error)
        new = Ticket.objects.get(pk=done.target)
        words = _("Split off from #%(number)s. Nobody was told.")
        messages.success(request, words % {"number": number})
        return redirect(new)
    context = {"section": "inbox", "ticket": ticket, "form": form, "said": said}
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/split.html", context, status=status)


@agent_required
def writer(request: AgentRequest, number: int) -> HttpResponse:
    """Say whom a ticket is really from: somebody behind a shared address, or another customer."""
    ticket = find_ticket(request.user, number)
    form = WriterForm(request.POST or None, agent=request.user)
    if request.method == "POST" and form.is_valid():
        by, now = Actor.agent(request.user.pk), timezone.now()
        try:
            move_ticket_to_customer(ticket, customer=form.person(by=by, at=now), by=by, at=now)
        except DomainError as error:
            return refusal(request, error)
        return redirect(ticket)
    people = Customer.objects.visible_to(request.user).exclude(pk=ticket.customer_id)
    group = ticket.customer.organisation_id
    offered = people.filter(organisation=group).order_by("name") if group else people.none()
    context = {
        "section": "inbox",
        "ticket": ticket,
        "form": form,
        "offered": list(offered[:OFFERED]),
    }
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/writer.html", context, status=status)


@require_POST
@agent_required
def undo_merge(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a merge or a split back."""
    found = get_object_or_404(Merge, pk=pk)
    by, now = Actor.agent(request.user.pk), timezone.now()
    if found.kind == Merge.Kind.CUSTOMERS:
        back = get_object_or_404(Customer, pk=found.source)
        if not Customer.objects.visible_to(request.user).exists():
            raise Http404
        undo = undo_customer_merge
    else:
        back = _visible_ticket(request, found.source)
        _visible_ticket(request, found.target)
        undo = undo_split if found.kind == Merge.Kind.SPLIT else undo_ticket_merge
    try:
        undo(found, by=by, at=now)
    except DomainError as error:
        return refusal(request, error)
    messages.success(request, _("Undone. Everything is where it was."))
    return redirect(back)


def _visible_ticket(request: AgentRequest, pk: int) -> Any:
    return get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)

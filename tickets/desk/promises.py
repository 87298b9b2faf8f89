"""The promises board: what we promised whom, by when; kept, moved and closed in place."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Promise
from customers.operations import end_promise, keep_promise, make_promise
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.desk.due_field import DueField
from tickets.models import Ticket
from tickets.operations import (
    end_promise_on_ticket,
    keep_promise_on_ticket,
    promise_on_ticket,
    wait_for_us,
)
from tickets.speech.queries import BOARD, promise_board

_ENDS = {"broken": Promise.Status.BROKEN, "cancelled": Promise.Status.CANCELLED}


class MoveForm(forms.Form):
    due_at = DueField(label=_("New date"))


@agent_required
@require_safe
def board(request: AgentRequest) -> HttpResponse:
    """What is due, overdue or done, of one's own (`?owner=me`), of an agent's, or of all."""
    return _board(request)


def _board(
    request: AgentRequest, *, status: int = 200, form: MoveForm | None = None, moved: int = 0
) -> HttpResponse:
    now = timezone.now()
    owner = request.GET.get("owner", "me")
    owner_id = request.user.pk if owner == "me" else int(owner) if owner.isdigit() else None
    kept = request.GET.get("show") == "done"
    found = promise_board(request.user, owner=owner_id, kept=kept, at=now)
    shown = found[:BOARD]
    today = timezone.localdate(now)
    groups = [
        (_("Overdue"), [p for p in shown if p.due_at < now]),
        (_("Due today"), [p for p in shown if p.due_at >= now and _day(p) == today]),
        (_("Later"), [p for p in shown if p.due_at >= now and _day(p) > today]),
    ]
    context = {
        "section": "promises",
        "groups": [(_("Done"), shown)] if kept else groups,
        "is_empty": not shown,
        "has_more": len(found) > BOARD,
        "show_done": kept,
        "owner": owner,
        "owners": Agent.objects.filter(is_active=True).exclude(pk=request.user.pk).order_by("name"),
        "query": f"?{urlencode({'owner': owner, 'show': 'done' if kept else 'open'})}",
        "now": now,
        "form": form,
        "moved": moved,
    }
    return render(request, "tickets/desk/promises.html", context, status=status)


def _day(promise: Promise) -> date:
    return timezone.localtime(promise.due_at).date()


@agent_required
@require_POST
def close(request: AgentRequest, pk: int) -> HttpResponse:
    """Close a promise as kept, broken, or cancelled by the customer (`as`)."""
    promise = _find(request.user, pk)
    ticket = _ticket_of(promise, request.user)
    by, at = Actor.agent(request.user.pk), timezone.now()
    ending = _ENDS.get(request.POST.get("as", ""))
    try:
        if ending is None and ticket is not None:
            keep_promise_on_ticket(ticket, promise=promise, by=by, at=at)
        elif ending is None:
            keep_promise(promise, by=by, at=at)
        elif ticket is not None:
            end_promise_on_ticket(ticket, promise=promise, status=ending, by=by, at=at)
        else:
            end_promise(promise, status=ending, by=by, at=at)
    except DomainError as error:
        return refusal(request, error)
    return _back(request)


@agent_required
@require_POST
def move(request: AgentRequest, pk: int) -> HttpResponse:
    """Promise the same for another day; the chain is kept."""
    promise = _find(request.user, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _board(request, status=422, form=form, moved=pk)
    ticket = _ticket_of(promise, request.user)
    by, at, due_at = Actor.agent(request.user.pk), timezone.now(), form.cleaned_data["due_at"]
    said: dict[str, Any] = {"text": promise.text, "due_at": due_at, "replaces": promise}
    try:
        if ticket is not None:
            promise_on_ticket(ticket, **said, owner=promise.owner, by=by, at=at)
            wait_for_us(ticket, by=by, at=at)
        else:
            said |= {"team_id": promise.team_id, "ticket_number": promise.ticket_number}
            make_promise(promise.customer, **said, owner_id=promise.owner_id, by=by, at=at)
    except DomainError as error:
        return refusal(request, error)
    return _back(request)


def _find(agent: Agent, pk: int) -> Promise:
    promises = Promise.objects.visible_to(agent).select_related("customer", "owner")
    found: Promise = get_object_or_404(promises, pk=pk)
    return found


def _ticket_of(promise: Promise, agent: Agent) -> Ticket | None:
    number = promise.ticket_number
    return Ticket.objects.visible_to(agent).filter(number=number).first() if number else None


def _back(request: AgentRequest) -> HttpResponse:
    if request.GET.get("from") == "today":
        return redirect("desk:today")
    kept = {name: request.GET[name] for name in ("owner", "show") if name in request.GET}
    return redirect(f"{reverse('desk:promises')}?{urlencode(kept)}")

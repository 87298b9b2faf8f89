"""What arrived and did not become a message: looked at, read again, or put away with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.queries import Place
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from helpdesk.lib.errors import DomainError
from helpdesk.lib.text import clean_line
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.channels.journal import drop_arrival, restore_arrival, retry_arrival
from tickets.channels.models import Arrival, Discrepancy, Mailbox
from tickets.channels.parked import legible
from tickets.desk.access import waiting_for

P = ParamSpec("P")
PAGE = 50
# Headers are looked for in this much of a mail; the rest is not loaded for the list.
PEEKED = 16_000
SHOWN = 200_000
COUNT_SECONDS, COUNT_MOST = 30, 100
FAILING_KEY, FAILING_SECONDS = "failing-mailboxes", 10


class ReasonMissing(DomainError):
    code = "reason_missing"
    message = _("Say why this is put away.")


def may_handle_parked(
    view: Callable[Concatenate[AgentRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Admit agents who may look at raw mail, which belongs to no team yet."""

    def permitted(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.may(Permission.HANDLE_PARKED_MAIL):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return agent_required(permitted)


@dataclass(frozen=True)
class Glance:
    """A parked arrival as far as it can be read."""

    arrival: Arrival
    sender: str
    subject: str


@require_safe
@may_handle_parked
def arrivals(request: AgentRequest) -> HttpResponse:
    """The parked arrivals, or those somebody has put away, newest first."""
    before = Place.read(request.GET.get("before", ""))
    is_away = request.GET.get("state") == "away"
    chosen = Arrival.objects.put_away() if is_away else Arrival.objects.parked()
    rows = chosen.order_by("-received_at", "-pk")
    if before is not None:
        rows = rows.filter(received_at__lte=before.at).exclude(
            received_at=before.at, pk__gte=before.pk
        )
    peeked = rows.annotate(head=Substr("raw", 1, PEEKED)).defer("raw")
    found = list(peeked[: PAGE + 1])
    shown = found[:PAGE]
    older = Place(shown[-1].received_at, shown[-1].pk) if len(found) > PAGE else None
    context = {
        "glances": [glance(row) for row in shown],
        "older": older,
        "is_away": is_away,
        "discrepancies": Discrepancy.objects.unmended().order_by("-found_at", "-pk")[:PAGE],
        "section": "parked",
    }
    return render(request, "tickets/desk/arrivals.html", context)


@require_safe
@may_handle_parked
def arrival(request: AgentRequest, pk: int) -> HttpResponse:
    """One arrival: why it is parked and its raw content as plain text."""
    row = get_object_or_404(Arrival.objects.select_related("message__ticket"), pk=pk)
    content = bytes(row.raw)
    row.head = content[:PEEKED]  # type: ignore[attr-defined]
    raw = content[:SHOWN].decode("utf-8", "replace")
    context = {
        "glance": glance(row),
        "arrival": row,
        "read": legible(content) if row.channel == "email" else None,
        "raw": raw,
        "is_cut": len(content) > SHOWN,
        "section": "parked",
    }
    return render(request, "tickets/desk/arrivals_one.html", context)


@require_safe
@may_handle_parked
def raw(request: AgentRequest, pk: int) -> HttpResponse:
    """Download the bytes as they came, as plain text no browser will act on."""
    row = get_object_or_404(Arrival, pk=pk)
    response = HttpResponse(bytes(row.raw), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="arrival-{pk}.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@may_handle_parked
def retry(request: AgentRequest, pk: int) -> HttpResponse:
    """Read a parked arrival again."""
    row = get_object_or_404(Arrival, pk=pk)
    try:
        retry_arrival(row)
    except DomainError as error:
        return refusal(request, error)
    return redirect("desk:arrival", pk)


@require_POST
@may_handle_parked
def drop(request: AgentRequest, pk: int) -> HttpResponse:
    """Put a parked arrival away; the reason stays with it."""
    row = get_object_or_404(Arrival, pk=pk)
    reason = clean_line(request.POST.get("reason", ""), limit=300)
    if not reason:
        return refusal(request, ReasonMissing())
    try:
        drop_arrival(row, reason=f"{request.user}: {reason}", at=timezone.now())
    except DomainError as error:
        return refusal(request, error, kept=reason)
    return redirect("desk:arrivals")


@require_POST
@may_handle_parked
def restore(request: AgentRequest, pk: int) -> HttpResponse:
    """Take back what somebody put away."""
    row = get_object_or_404(Arrival, pk=pk)
    try:
        restore_arrival(row, at=timezone.now())
    except DomainError as error:
        return refusal(request, error)
    return redirect("desk:arrival", pk)


def glance(arrival: Arrival) -> Glance:
    """Read who sent an arrival and what about, as far as its beginning lets us."""
    head = bytes(getattr(arrival, "head", b""))
    sender, subject = _form_words(head) if arrival.channel == "form" else _mail_words(head)
    return Glance(arrival, clean_line(sender or arrival.envelope_from, limit=200), subject)


def _mail_words(head: bytes) -> tuple[str, str]:
    read = legible(head, is_whole=False)
    name, address = read.senders[0] if read.senders else ("", "")
    return (f"{name} <{address}>" if name else address), clean_line(read.subject, limit=200)


def _form_words(head: bytes) -> tuple[str, str]:
    try:
        form: dict[str, Any] = json.loads(head)
        return str(form.get("email", "")), clean_line(str(form.get("message", "")), limit=80)
    except ValueError:
        return "", ""


def parked_count(agent: Agent) -> int:
    """How many arrivals are parked, at most COUNT_MOST, half a minute old at the most."""
    if not agent.may(Permission.HANDLE_PARKED_MAIL):
        return 0
    known = cache.get("parked-arrivals")
    if known is None:
        known = Arrival.objects.parked()[:COUNT_MOST].count()
        cache.set("parked-arrivals", known, COUNT_SECONDS)
    return int(known)


def rail_counts(request: HttpRequest) -> dict[str, int]:
    """For every desk page: what rail and bars count. Costs the pages of most agents nothing."""
    user = getattr(request, "user", None)
    if not isinstance(user, Agent):
        return {}
    return {
        "parked_count": parked_count(user),
        "failing_mailboxes": failing_count(user),
        "access_requests": waiting_for(user),
    }


def failing_count(agent: Agent) -> int:
    """How many mailboxes fail, a few seconds old, for those who may mend them."""
    if not agent.may(Permission.MANAGE_MAILBOXES):
        return 0
    known = cache.get(FAILING_KEY)
    if known is None:
        known = Mailbox.objects.failing(timezone.now())[:COUNT_MOST].count()
        cache.set(FAILING_KEY, known, FAILING_SECONDS)
    return int(known)

"""What leaves: waiting, sent, failed or doubtful mail, with the answers to each try."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.queries import Place
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.channels.models import DeliveryAttempt
from tickets.models import Message, Ticket
from tickets.operations import retry_delivery

PAGE = 50
Delivery = Message.Delivery
STATES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "problems": (_("Failed or doubtful"), (Delivery.FAILED, Delivery.UNKNOWN)),
    "waiting": (_("On their way"), (Delivery.QUEUED, Delivery.SENDING)),
    "sent": (_("Taken by the mail server"), (Delivery.SENT,)),
}


@dataclass(frozen=True)
class Outgoing:
    """A mail and its latest tries, newest first."""

    message: Message
    attempts: tuple[DeliveryAttempt, ...]
    is_retryable: bool


@require_safe
@agent_required
def deliveries(request: AgentRequest) -> HttpResponse:
    """The mails of tickets this agent sees in one state, newest first, with every try."""
    state = request.GET.get("state", "problems")
    state = state if state in STATES else "problems"
    before = Place.read(request.GET.get("before", ""))
    mails = (
        Message.objects.filter(
            ticket__in=Ticket.objects.visible_to(request.user), delivery__in=STATES[state][1]
        )
        .select_related("ticket", "agent")
        .order_by("-at", "-pk")
        .defer("text", "html")
    )
    if before is not None:
        mails = mails.filter(at__lte=before.at).exclude(at=before.at, pk__gte=before.pk)
    found = list(mails[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "mails": _with_attempts(shown),
        "states": [(name, label) for name, (label, _values) in STATES.items()],
        "state": state,
        "older": Place(shown[-1].at, shown[-1].pk) if len(found) > PAGE else None,
        "section": "parked",
    }
    return render(request, "tickets/desk/deliveries.html", context)


def _with_attempts(mails: list[Message]) -> list[Outgoing]:
    tries = DeliveryAttempt.objects.filter(message__in=[mail.pk for mail in mails])
    ordered = tries.order_by("message_id", "-at", "-pk")
    by_mail = {pk: tuple(rows) for pk, rows in groupby(ordered, lambda row: row.message_id)}
    retryable = STATES["problems"][1]
    return [Outgoing(mail, by_mail.get(mail.pk, ()), mail.delivery in retryable) for mail in mails]


@require_POST
@agent_required
def retry(request: AgentRequest, pk: int) -> HttpResponse:
    """Send one failed or doubtful mail again."""
    seen = Message.objects.filter(ticket__in=Ticket.objects.visible_to(request.user))
    message = get_object_or_404(seen, pk=pk)
    try:
        retry_delivery(message, by=Actor.agent(request.user.pk), at=timezone.now())
    except DomainError as error:
        return refusal(request, error)
    return redirect("desk:deliveries")

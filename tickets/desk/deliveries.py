"""What leaves: waiting, sent, failed or doubtful mail, with the answers to each try."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.queries import Place
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required
from tickets.channels.models import DeliveryAttempt
from tickets.desk.files import find_message
from tickets.desk.ticket import done, refused
from tickets.models import Delivery, Message, Ticket
from tickets.operations import retry_delivery

PAGE = 50
_STATE = Message.Delivery
PROBLEMS = (_STATE.FAILED, _STATE.BOUNCED, _STATE.UNKNOWN)
WAITING = (_STATE.QUEUED, _STATE.SENDING, _STATE.DEFERRED)
STATES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "problems": (_("Failed or doubtful"), PROBLEMS),
    "waiting": (_("On their way"), WAITING),
    "sent": (_("Taken by the mail server"), (_STATE.SENT,)),
}


@require_safe
@agent_required
def deliveries(request: AgentRequest) -> HttpResponse:
    """The mails of tickets this agent sees in one state, newest first: each copy, every try."""
    state = request.GET.get("state", "problems")
    state = state if state in STATES else "problems"
    before = Place.read(request.GET.get("before", ""))
    tries = DeliveryAttempt.objects.order_by("-at", "-pk")
    copies = Delivery.objects.order_by("is_cc", "address").prefetch_related(
        Prefetch("tries", queryset=tries)
    )
    mails = (
        Message.objects.filter(
            ticket__in=Ticket.objects.visible_to(request.user), delivery__in=STATES[state][1]
        )
        .select_related("ticket", "agent")
        .prefetch_related(Prefetch("deliveries", queryset=copies))
        .order_by("-at", "-pk")
        .defer("text", "html", "visible_text", "visible_html")
    )
    if before is not None:
        mails = mails.filter(at__lte=before.at).exclude(at=before.at, pk__gte=before.pk)
    found = list(mails[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "mails": shown,
        "states": [(name, label) for name, (label, _values) in STATES.items()],
        "state": state,
        "older": Place(shown[-1].at, shown[-1].pk) if len(found) > PAGE else None,
        "section": "parked",
    }
    return render(request, "tickets/desk/deliveries.html", context)


@require_POST
@agent_required
def retry(request: AgentRequest, pk: int) -> HttpResponse:
    """Send a message again that failed, or of which nobody knows; back to where it was asked."""
    message = find_message(request, pk)
    try:
        retry_delivery(message, by=Actor.agent(request.user.pk), at=timezone.now())
    except DomainError as error:
        return refused(request, error)
    if request.POST.get("back") == "deliveries":
        return redirect("desk:deliveries")
    return done(request, message.ticket)

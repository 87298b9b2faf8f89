"""What has not left: failed, doubtful or waiting mail, and another try."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.models import Message, Ticket
from tickets.operations import retry_delivery

PAGE = 100
Delivery = Message.Delivery
PROBLEMS = (Delivery.FAILED, Delivery.BOUNCED, Delivery.UNKNOWN)
WAITING = (Delivery.QUEUED, Delivery.SENDING, Delivery.DEFERRED)


@require_safe
@agent_required
def deliveries(request: AgentRequest) -> HttpResponse:
    """The mails of tickets this agent sees that have not been taken by a mail server."""
    mails = (
        Message.objects.filter(ticket__in=Ticket.objects.visible_to(request.user))
        .select_related("ticket", "agent")
        .order_by("-at", "-pk")
        .defer("text", "html")
    )
    context = {
        "problems": list(mails.filter(delivery__in=PROBLEMS)[:PAGE]),
        "waiting": list(mails.filter(delivery__in=WAITING)[:PAGE]),
        "section": "parked",
    }
    return render(request, "tickets/desk/deliveries.html", context)


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

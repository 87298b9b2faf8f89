"""What follows each ticket event once it has committed. The only place that says so."""

from collections.abc import Callable

from django.utils import timezone

from helpdesk.lib.actors import Actor
from helpdesk.live.bus import publish
from tickets.briefing.keeping import mark_unbriefed
from tickets.briefing.tasks import ask_for_briefings
from tickets.channels.acknowledging import acknowledge
from tickets.channels.tasks import deliver_message
from tickets.feedback.inviting import plan_invitations
from tickets.joining.tasks import look_for_duplicates
from tickets.metrics.settling import mark_unsettled
from tickets.metrics.tasks import SETTLED_KINDS, settle_tickets
from tickets.models import TicketEvent
from tickets.speech.answering import remember_told

SETTLE_AFTER_SECONDS = 1
# Who has turned to us more often than this is known, and was looked up when they were not.
NEW_UNTIL = 2
BRIEF_AFTER_SECONDS = 2


def deliver(event: TicketEvent) -> None:
    """Send the copies, once the time in which a reply can be taken back is over."""
    held = event.new.get("held_seconds")
    deliver_message.apply_async(kwargs={"message_id": event.message_id}, countdown=held)


def push_live(event: TicketEvent) -> None:
    """Tell open pages of the ticket, of the queues, and of who was told, that there is something
    new.
    """
    number = event.ticket.number
    told = [f"agent:{agent_id}" for agent_id in event.new.get("told", ())]
    publish([f"ticket:{number}", "queue", *told], "ticket", {"ticket": number, "id": event.pk})


def settle(event: TicketEvent) -> None:
    """Have the ticket's numbers derived: at once after an agent's work, who may look at them;
    after a customer's a second later, together with what else has come until then.
    """
    if mark_unsettled(event.ticket_id, at=timezone.now()):
        settle_tickets.apply_async(countdown=0 if event.agent_id else SETTLE_AFTER_SECONDS)


def learn(event: TicketEvent) -> None:
    """Remember what a customer's message tells."""
    if event.message is not None:
        remember_told(event.message, by=Actor.system(), at=event.at)


def look_up(event: TicketEvent) -> None:
    """Ask whether somebody who writes for the first times is known by another address."""
    customer = event.ticket.customer
    if customer.contacts_count <= NEW_UNTIL:
        look_for_duplicates.delay(customer_id=customer.pk)


def prepare(event: TicketEvent) -> None:
    """Have the ticket's briefing made anew, together with what else changes until then."""
    mark_unbriefed(event.ticket_id, at=timezone.now())
    ask_for_briefings(countdown=BRIEF_AFTER_SECONDS)


# What changes nothing that a briefing says.
_UNSAID = {
    TicketEvent.Kind.DELIVERED,
    TicketEvent.Kind.DELIVERY_RETRIED,
    TicketEvent.Kind.SURVEYED,
    TicketEvent.Kind.TAGGED,
    TicketEvent.Kind.PRIORITY,
    TicketEvent.Kind.TARGET_WARNED,
    TicketEvent.Kind.TARGET_MISSED,
}
_AFTER: dict[str, tuple[Callable[[TicketEvent], None], ...]] = {
    TicketEvent.Kind.OPENED: (acknowledge, look_up, learn),
    TicketEvent.Kind.RECEIVED: (learn,),
    TicketEvent.Kind.CONTACT_LOGGED: (learn,),
    TicketEvent.Kind.REPLIED: (deliver,),
    TicketEvent.Kind.ACKNOWLEDGED: (deliver,),
    TicketEvent.Kind.SURVEYED: (deliver,),
    TicketEvent.Kind.SOLVED: (plan_invitations,),
    TicketEvent.Kind.CLOSED: (plan_invitations,),
    TicketEvent.Kind.DELIVERY_RETRIED: (deliver,),
}
REACTIONS: dict[str, tuple[Callable[[TicketEvent], None], ...]] = {
    kind.value: (
        push_live,
        *_AFTER.get(kind, ()),
        *((settle,) if kind in SETTLED_KINDS else ()),
        *((prepare,) if kind not in _UNSAID else ()),
    )
    for kind in TicketEvent.Kind
}

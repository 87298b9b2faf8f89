from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from helpdesk.lib.actors import Actor
from tickets.errors import NotDeliverable
from tickets.events import record_event
from tickets.models import Message, Ticket, TicketEvent

# RFC 5321 4.5.4.1: retry intervals of at least half an hour, give up after some days; the
# first ones are shorter because most faults of a submission server are short.
RETRY_AFTER = (1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 480)


def claim_delivery(message_id: int, *, at: datetime) -> Message | None:
    """Take a queued message for sending; None when it is not due or another worker has it.

    One conditional UPDATE, so two workers never send the same message and no row stays locked
    while we talk to the outside.
    """
    due = Message.objects.filter(pk=message_id, delivery=Message.Delivery.QUEUED).filter(
        Q(next_attempt_at=None) | Q(next_attempt_at__lte=at)
    )
    claimed = due.update(
        delivery=Message.Delivery.SENDING, claimed_at=at, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    return Message.objects.select_related("ticket__customer", "ticket__team", "agent").get(
        pk=message_id
    )


@transaction.atomic
def confirm_delivery(message: Message, *, note: str = "", by: Actor, at: datetime) -> Message:
    """Record that the outside has taken the message."""
    return _finish(message, Message.Delivery.SENT, note=note, by=by, at=at)


@transaction.atomic
def fail_delivery(message: Message, *, note: str, by: Actor, at: datetime) -> Message:
    """Record that the message will not be delivered, with the reason an agent can read."""
    return _finish(message, Message.Delivery.FAILED, note=note, by=by, at=at)


@transaction.atomic
def doubt_delivery(message: Message, *, by: Actor, at: datetime) -> Message:
    """Record that a worker died while sending: nobody knows whether the mail went out."""
    note = "The connection ended while sending."
    return _finish(message, Message.Delivery.UNKNOWN, note=note, by=by, at=at)


def postpone_delivery(message: Message, *, note: str, at: datetime) -> datetime | None:
    """Queue the message again after a passing fault; None when all tries are used up."""
    if message.attempts > len(RETRY_AFTER):
        return None
    next_attempt_at = at + timedelta(minutes=RETRY_AFTER[max(0, message.attempts - 1)])
    Message.objects.filter(pk=message.pk, delivery=Message.Delivery.SENDING).update(
        delivery=Message.Delivery.QUEUED, next_attempt_at=next_attempt_at, delivery_note=note[:300]
    )
    return next_attempt_at


@transaction.atomic
def retry_delivery(message: Message, *, by: Actor, at: datetime) -> Message:
    """Send again what failed or may not have gone out, under the same Message-ID.

    Raises NotDeliverable.
    """
    ticket = Ticket.objects.lock(message.ticket_id)
    message = Message.objects.select_for_update(no_key=True, of=("self",)).get(pk=message.pk)
    if message.delivery not in {Message.Delivery.FAILED, Message.Delivery.UNKNOWN}:
        raise NotDeliverable
    message.delivery = Message.Delivery.QUEUED
    message.next_attempt_at = None
    message.attempts = 0
    message.save(update_fields=["delivery", "next_attempt_at", "attempts"])
    record_event(
        ticket,
        TicketEvent.Kind.DELIVERY_RETRIED,
        message=message,
        old={"note": message.delivery_note},
        by=by,
        at=at,
    )
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return message


def _finish(
    message: Message, delivery: Message.Delivery, *, note: str, by: Actor, at: datetime
) -> Message:
    ticket = Ticket.objects.lock(message.ticket_id)
    message = Message.objects.select_for_update(no_key=True, of=("self",)).get(pk=message.pk)
    if message.delivery == delivery:
        return message
    message.delivery = delivery
    message.delivery_note = note[:300]
    message.sent_at = at if delivery == Message.Delivery.SENT else message.sent_at
    message.save(update_fields=["delivery", "delivery_note", "sent_at"])
    is_sent = delivery == Message.Delivery.SENT
    kind = TicketEvent.Kind.DELIVERED if is_sent else TicketEvent.Kind.DELIVERY_FAILED
    new = {"delivery": delivery.value, "note": note[:300]}
    record_event(ticket, kind, message=message, new=new, by=by, at=at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return message

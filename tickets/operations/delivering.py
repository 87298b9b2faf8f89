from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from customers.models import Customer
from helpdesk.lib.actors import Actor
from tickets.errors import NotDeliverable
from tickets.events import record_event
from tickets.models import Delivery, Message, Ticket, TicketEvent, worst_state
from tickets.operations.addressing import new_mail_id

# RFC 5321 4.5.4.1: retry intervals of at least half an hour, give up after some days; the
# first ones are shorter because most faults of a submission server are short.
RETRY_AFTER = (1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 480)
# What may have arrived is sent again, under its Message-ID, once a short fault is likely over.
DOUBT_AFTER = timedelta(minutes=2)


def queue_deliveries(
    message: Message,
    *,
    to: dict[str, Customer],
    cc: dict[str, Customer],
    hold_until: datetime | None = None,
) -> list[Delivery]:
    """Queue one copy of a message for each address, each with a Message-ID of its own.

    For operations that hold the ticket's lock; part of their transaction. Until `hold_until`
    nothing is sent, so that the message can be taken back.
    """
    people = [(address, customer, False) for address, customer in to.items()]
    people += [(address, customer, True) for address, customer in cc.items() if address not in to]
    return Delivery.objects.bulk_create(
        Delivery(
            message=message,
            customer=customer,
            address=address,
            is_cc=is_cc,
            mail_id=message.mail_id if not at else new_mail_id(message.ticket, customer),
            next_attempt_at=hold_until,
        )
        for at, (address, customer, is_cc) in enumerate(people)
    )


def claim_delivery(delivery_id: int, *, at: datetime) -> Delivery | None:
    """Take one copy for sending; None when it is not due or another worker has it.

    One conditional UPDATE, so two workers never send the same copy and no row stays locked
    while we talk to the outside.
    """
    due = Delivery.objects.filter(pk=delivery_id, state__in=Delivery.WAITING).filter(
        Q(next_attempt_at=None) | Q(next_attempt_at__lte=at)
    )
    claimed = due.update(
        state=Delivery.State.SENDING,
        claimed_at=at,
        attempts=F("attempts") + 1,
        may_be_double=Q(may_be_double=True) | Q(handed_over_at__isnull=False),
        handed_over_at=None,
    )
    if not claimed:
        return None
    return Delivery.objects.select_related(
        "message__ticket__customer", "message__ticket__team", "message__agent", "customer"
    ).get(pk=delivery_id)


def hand_over(delivery: Delivery, *, at: datetime) -> None:
    """Note that the last byte is about to go out: from here on the copy may arrive.

    Raises NotDeliverable when the copy is no longer ours to send.
    """
    mine = Delivery.objects.filter(
        pk=delivery.pk, state=Delivery.State.SENDING, attempts=delivery.attempts
    )
    if not mine.update(handed_over_at=at):
        raise NotDeliverable


@transaction.atomic
def confirm_delivery(delivery: Delivery, *, note: str = "", by: Actor, at: datetime) -> Delivery:
    """Record that the outside has taken the copy."""
    return _finish(delivery, Delivery.State.SENT, note=note, by=by, at=at)


@transaction.atomic
def fail_delivery(delivery: Delivery, *, note: str, by: Actor, at: datetime) -> Delivery:
    """Record that the copy will not be delivered, with the reason an agent can read."""
    return _finish(delivery, Delivery.State.FAILED, note=note, by=by, at=at)


@transaction.atomic
def bounce_delivery(delivery: Delivery, *, note: str, by: Actor, at: datetime) -> Delivery:
    """Record that a copy which had been taken came back, with the reason an agent can read."""
    return _finish(delivery, Delivery.State.BOUNCED, note=note, by=by, at=at)


def postpone_delivery(delivery: Delivery, *, note: str, at: datetime) -> datetime | None:
    """Queue the copy again after a passing fault; None when all tries are used up."""
    if delivery.attempts > len(RETRY_AFTER):
        return None
    after = timedelta(minutes=RETRY_AFTER[max(0, delivery.attempts - 1)])
    # Refused, even after the last dot: it cannot have arrived.
    Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts).update(handed_over_at=None)
    return _wait(delivery, Delivery.State.DEFERRED, note=note, until=at + after)


def doubt_delivery(delivery: Delivery, *, note: str, at: datetime) -> datetime | None:
    """Note that nobody knows whether the copy went out; it is sent again under the same id, once.

    None when it was in doubt before, so that nobody gets it three times, or all tries are used up.
    """
    if delivery.may_be_double or delivery.attempts > len(RETRY_AFTER):
        return None
    return _wait(delivery, Delivery.State.UNKNOWN, note=note, until=at + DOUBT_AFTER)


def release_delivery(delivery: Delivery, *, note: str, at: datetime) -> datetime | None:
    """Put back what a dead worker was sending: doubtful once handed over, else as if untried.

    None where it was in doubt before, or all tries are used up.
    """
    if delivery.handed_over_at is not None:
        return doubt_delivery(delivery, note=note, at=at)
    return _wait(delivery, Delivery.State.QUEUED, note=note, until=at)


@transaction.atomic
def retry_delivery(message: Message, *, by: Actor, at: datetime) -> Message:
    """Send again at once the copies that failed, bounced or were put off, under their ids.

    Raises NotDeliverable when there are none.
    """
    ticket = Ticket.objects.lock(message.ticket_id)
    again = message.deliveries.filter(state__in=_TRIED)
    notes = list(again.values_list("note", flat=True))
    if not again.update(state=Delivery.State.QUEUED, next_attempt_at=None, attempts=0):
        raise NotDeliverable
    message = summarise(message)
    record_event(
        ticket,
        TicketEvent.Kind.DELIVERY_RETRIED,
        message=message,
        old={"note": "; ".join(filter(None, notes))[:300]},
        by=by,
        at=at,
    )
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return message


def summarise(message: Message) -> Message:
    """Show on the message the worst state of its copies, with its note; the lock is the caller's.

    Returns the message as it stands now.
    """
    copies = list(message.deliveries.values_list("state", "note", "sent_at"))
    message.delivery = worst_state(state for state, _, _ in copies)
    message.delivery_note = next(
        (note for state, note, _ in copies if state == message.delivery and note), ""
    )
    message.sent_at = min((at for _, _, at in copies if at), default=None)
    message.save(update_fields=["delivery", "delivery_note", "sent_at"])
    return message


def _wait(delivery: Delivery, state: str, *, note: str, until: datetime) -> datetime | None:
    with transaction.atomic():
        Ticket.objects.lock(delivery.message.ticket_id)
        waits = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING)
        waits.update(state=state, next_attempt_at=until, note=note[:300])
        summarise(delivery.message)
    return until


_TRIED = (*Delivery.UNDELIVERED, Delivery.State.DEFERRED, Delivery.State.UNKNOWN)
_KINDS = {
    Delivery.State.SENT: TicketEvent.Kind.DELIVERED,
    Delivery.State.FAILED: TicketEvent.Kind.DELIVERY_FAILED,
    Delivery.State.BOUNCED: TicketEvent.Kind.BOUNCED,
}


def _finish(
    delivery: Delivery, state: Delivery.State, *, note: str, by: Actor, at: datetime
) -> Delivery:
    ticket = Ticket.objects.lock(delivery.message.ticket_id)
    delivery = Delivery.objects.select_for_update(no_key=True, of=("self",)).get(pk=delivery.pk)
    if delivery.state == state:
        return delivery
    delivery.state = state
    delivery.note = note[:300]
    delivery.next_attempt_at = None
    delivery.sent_at = at if state == Delivery.State.SENT else delivery.sent_at
    delivery.save(update_fields=["state", "note", "next_attempt_at", "sent_at"])
    message = summarise(delivery.message)
    new = {"delivery": state.value, "address": delivery.address, "note": note[:300]}
    record_event(ticket, _KINDS[state], message=message, new=new, by=by, at=at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return delivery

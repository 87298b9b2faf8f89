from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from helpdesk.lib.actors import Actor, ActorKind
from tickets.errors import EmptyMessage, NoAddress, StaleReply, TicketClosed
from tickets.events import record_event
from tickets.models import Category, Message, Ticket, TicketEvent, TicketStatus
from tickets.operations.addressing import (
    address_of_customer,
    addresses_of_participants,
    new_mail_id,
    people_at,
)
from tickets.operations.clocks import CLOCK_FIELDS, running_clock, stop_waiting
from tickets.operations.content import NewMessage
from tickets.operations.delivering import queue_deliveries
from tickets.operations.drafts import forget_draft
from tickets.operations.lifecycle import STATUS_FIELDS, change_status, default_status, enter_status
from tickets.operations.messages import add_message
from tickets.operations.participating import add_participant

# As many as clients follow. What began the thread is never left out: by it they find the others.
REFERENCES = 20

# What makes a reply stale: somebody else said something meanwhile.
_SPOKEN = (
    TicketEvent.Kind.OPENED,
    TicketEvent.Kind.RECEIVED,
    TicketEvent.Kind.REPLIED,
    TicketEvent.Kind.NOTED,
    TicketEvent.Kind.CONTACT_LOGGED,
)


@transaction.atomic
def reply_to_ticket(
    ticket: Ticket,
    *,
    content: NewMessage,
    then: TicketStatus | None = None,
    seen_event_id: int | None = None,
    hold: timedelta = timedelta(0),
    by: Actor,
    at: datetime,
) -> Message:
    """Answer the customer, and whoever else the content names or belongs to the ticket.

    Each gets a copy of their own, which the channel delivers once `hold` is over: until then
    `withdraw_reply` takes all of it back.
    The ticket waits for the customer afterwards, or enters the status `then`. An unassigned
    ticket becomes the replying agent's. With `seen_event_id`, the newest event the writer's page
    showed, a reply that something said later has overtaken is refused.
    Raises TicketClosed, EmptyMessage, StaleReply, NoAddress, NotAnAddress.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.category == Category.CLOSED and by.kind != ActorKind.IMPORT:
        raise TicketClosed
    if content.is_empty:
        raise EmptyMessage
    _refuse_stale(ticket, seen_event_id)
    if by.kind == ActorKind.IMPORT:
        message = add_message(ticket, content, kind=Message.Kind.REPLY, by=by, at=at)
    else:
        hold_until = at + hold if hold else None
        message = _post(
            ticket, content, kind=Message.Kind.REPLY, hold_until=hold_until, by=by, at=at
        )
    before = running_clock(ticket) | {
        "first_reply": ticket.first_replied_at is None,
        "last_reply_at": ticket.last_reply_at.isoformat() if ticket.last_reply_at else "",
    }
    new = {"held_seconds": hold.total_seconds()} if hold else {}
    kind = TicketEvent.Kind.REPLIED
    record_event(ticket, kind, message=message, old=before, new=new, by=by, at=at)
    ticket.first_replied_at = ticket.first_replied_at or at
    ticket.last_reply_at = at
    ticket.replies_count += 1
    stop_waiting(ticket)
    _take(ticket, by=by, at=at)
    if then is None and ticket.category not in Ticket.FINISHED:
        _wait_for_customer(ticket, by=by, at=at)
    ticket.save(
        update_fields=[
            *STATUS_FIELDS,
            *CLOCK_FIELDS,
            "assignee",
            "first_replied_at",
            "last_reply_at",
            "replies_count",
            "messages_count",
            "last_event_id",
            "updated_at",
        ]
    )
    if then is not None:
        change_status(ticket, status=then, by=by, at=at)
    forget_draft(ticket, by, Message.Kind.REPLY)
    return message


@transaction.atomic
def note_on_ticket(
    ticket: Ticket,
    *,
    content: NewMessage,
    seen_event_id: int | None = None,
    by: Actor,
    at: datetime,
) -> Message:
    """Write something only agents see. It changes no status and no clock.

    Raises EmptyMessage, StaleReply.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if content.is_empty:
        raise EmptyMessage
    _refuse_stale(ticket, seen_event_id)
    message = add_message(
        ticket, replace(content, channel="note"), kind=Message.Kind.NOTE, by=by, at=at
    )
    record_event(ticket, TicketEvent.Kind.NOTED, message=message, by=by, at=at)
    ticket.save(update_fields=["messages_count", "last_event_id", "updated_at"])
    forget_draft(ticket, by, Message.Kind.NOTE)
    return message


@transaction.atomic
def acknowledge_ticket(
    ticket: Ticket, *, content: NewMessage, by: Actor, at: datetime
) -> Message | None:
    """Queue the automatic "we have it" mail, once per ticket; it stops no clock.

    Returns None when the ticket has one already or nobody can be written to.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.messages.filter(kind=Message.Kind.AUTOMATIC).exists():
        return None
    if not address_of_customer(ticket):
        return None
    content = replace(content, is_automatic=True)
    message = _post(ticket, content, kind=Message.Kind.AUTOMATIC, by=by, at=at)
    record_event(ticket, TicketEvent.Kind.ACKNOWLEDGED, message=message, by=by, at=at)
    ticket.save(update_fields=["messages_count", "last_event_id", "updated_at"])
    return message


@transaction.atomic
def ask_customer(
    ticket: Ticket, *, content: NewMessage, is_threaded: bool = True, by: Actor, at: datetime
) -> Message:
    """Queue an automatic mail that asks the customer something; it stops no clock and changes no
    status. Without a thread it is a mail of its own. Raises NoAddress.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    content = replace(content, is_automatic=True)
    kind = Message.Kind.AUTOMATIC
    message = _post(ticket, content, kind=kind, is_threaded=is_threaded, by=by, at=at)
    record_event(ticket, TicketEvent.Kind.SURVEYED, message=message, by=by, at=at)
    ticket.save(update_fields=["messages_count", "last_event_id", "updated_at"])
    return message


def _refuse_stale(ticket: Ticket, seen_event_id: int | None) -> None:
    if seen_event_id is None:
        return
    if ticket.events.filter(id__gt=seen_event_id, kind__in=_SPOKEN).exists():
        raise StaleReply


def _post(
    ticket: Ticket,
    content: NewMessage,
    *,
    kind: Message.Kind,
    hold_until: datetime | None = None,
    is_threaded: bool = True,
    by: Actor,
    at: datetime,
) -> Message:
    """Write an outgoing message with its copies: recipients, Message-IDs, what it answers to."""
    to = content.recipients or tuple(filter(None, [address_of_customer(ticket)]))
    if not to:
        raise NoAddress
    cc = content.cc
    if not content.recipients and not content.is_automatic:
        cc = cc or addresses_of_participants(ticket)
    people = people_at(ticket, (*to, *cc), by=by, at=at)
    copied = {address: people[address] for address in cc if address not in to}
    addressed = replace(
        content,
        channel="email",
        subject=content.subject or ticket.subject,
        recipients=to,
        cc=tuple(copied),
        mail_id=new_mail_id(ticket, people[to[0]]),
        mail_refs=_references(ticket) if is_threaded else (),
    )
    message = add_message(
        ticket, addressed, kind=kind, delivery=Message.Delivery.QUEUED, by=by, at=at
    )
    main = {address: people[address] for address in to}
    queue_deliveries(message, to=main, cc=copied, hold_until=hold_until)
    if not content.is_automatic:
        for address, customer in people.items():
            add_participant(ticket, customer=customer, address=address, by=by, at=at)
    return message


def _references(ticket: Ticket) -> tuple[str, ...]:
    """The mails a new one answers to, oldest first: the first, and the newest (RFC 5322 3.6.4)."""
    known = ticket.messages.exclude(mail_id="").values_list("mail_id", flat=True)
    newest = [*reversed(known.order_by("-at", "-id")[:REFERENCES])]
    if len(newest) < REFERENCES:
        return tuple(newest)
    first: str = known.order_by("at", "id")[0]
    return tuple(dict.fromkeys((first, *newest[1:])))


def _take(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """The agent who answers an unassigned ticket owns it."""
    if ticket.assignee_id is not None or by.agent_id is None:
        return
    ticket.assignee_id = by.agent_id
    new = {"agent": by.agent_id, "by_reply": True}
    record_event(ticket, TicketEvent.Kind.ASSIGNED, old={"agent": None}, new=new, by=by, at=at)


def _wait_for_customer(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    if ticket.category != Category.WAIT_CUSTOMER:
        status = default_status(Category.WAIT_CUSTOMER)
        enter_status(ticket, status, kind=TicketEvent.Kind.STATUS, by=by, at=at)

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from customers.models import Customer, Touchpoint
from customers.operations import record_touchpoint
from helpdesk.accounts.models import Team
from helpdesk.lib.actors import Actor
from tickets.errors import EmptyMessage
from tickets.events import record_event
from tickets.models import Category, Message, Ticket, TicketEvent
from tickets.operations.clocks import CLOCK_FIELDS, start_waiting, stop_waiting
from tickets.operations.content import NewMessage
from tickets.operations.intake import create_ticket, record_opening
from tickets.operations.messages import add_message, preview_of
from tickets.operations.replying import reply_to_ticket


class ContactKind(StrEnum):
    """Ways to meet a customer that leave no electronic trace of their own."""

    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"


@transaction.atomic
def log_contact(
    ticket: Ticket,
    *,
    kind: ContactKind,
    direction: str,
    text: str,
    was_answered: bool = True,
    by: Actor,
    at: datetime,
) -> Message:
    """Write down a contact made elsewhere, at the time it was made.

    An inbound one counts as the customer turning to us, and waits for us unless it `was_answered`
    on the spot; an answered or outbound one counts as our reply. Raises EmptyMessage.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if not text.strip():
        raise EmptyMessage
    is_inbound = direction == Touchpoint.Direction.INBOUND
    message = add_message(
        ticket,
        NewMessage(text=text, channel=kind.value),
        kind=Message.Kind.NOTE,
        by=by,
        at=at,
        touches=False,
    )
    record_touchpoint(
        ticket.customer_id,
        kind=Touchpoint.Kind(kind.value),
        at=at,
        is_contact=is_inbound and ticket.waiting_since is None,
        channel=kind.value,
        direction=direction,
        title=ticket.subject,
        text=text,
        agent_id=by.agent_id,
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        ref_kind="message",
        ref_id=message.pk,
    )
    new = {"contact": kind.value, "direction": direction, "answered": was_answered}
    record_event(ticket, TicketEvent.Kind.CONTACT_LOGGED, message=message, new=new, by=by, at=at)
    ticket.preview = preview_of(text) if is_inbound else ticket.preview
    if was_answered or not is_inbound:
        ticket.first_replied_at = ticket.first_replied_at or at
        ticket.last_reply_at = at
        ticket.replies_count += 1
        stop_waiting(ticket)
    else:
        ticket.last_inbound_at = at
        start_waiting(ticket, at=at)
    ticket.save(
        update_fields=[
            *CLOCK_FIELDS,
            "preview",
            "first_replied_at",
            "last_reply_at",
            "last_inbound_at",
            "replies_count",
            "messages_count",
            "last_event_id",
            "updated_at",
        ]
    )
    return message


@transaction.atomic
def open_logged_ticket(
    *,
    customer: Customer,
    subject: str,
    kind: ContactKind,
    direction: str,
    text: str,
    was_answered: bool = True,
    team: Team | None = None,
    number: int | None = None,
    by: Actor,
    at: datetime,
) -> Ticket:
    """Open a ticket for a call, visit or letter that no ticket knows yet, and log it there.

    Raises EmptySubject, EmptyMessage.
    """
    ticket = create_ticket(
        customer=customer,
        subject=subject,
        channel=kind.value,
        category=Category.OPEN,
        team=team,
        number=number,
        by=by,
        at=at,
    )
    record_opening(ticket, message=None, by=by, at=at)
    log_contact(
        ticket,
        kind=kind,
        direction=direction,
        text=text,
        was_answered=was_answered,
        by=by,
        at=at,
    )
    ticket.refresh_from_db()
    return ticket


@transaction.atomic
def write_to_customer(
    *,
    customer: Customer,
    subject: str,
    content: NewMessage,
    team: Team | None = None,
    by: Actor,
    at: datetime,
) -> Ticket:
    """Open a ticket with a mail from us. Its clocks start at the customer's first message.

    Raises EmptySubject, EmptyMessage, NoAddress.
    """
    ticket = create_ticket(
        customer=customer,
        subject=subject,
        channel="email",
        category=Category.OPEN,
        team=team,
        number=None,
        by=by,
        at=at,
    )
    record_opening(ticket, message=None, by=by, at=at)
    reply_to_ticket(ticket, content=content, by=by, at=at)
    ticket.refresh_from_db()
    return ticket

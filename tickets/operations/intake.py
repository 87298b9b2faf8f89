from datetime import datetime, timedelta

from django.db import connection, transaction

from customers.models import Customer
from customers.operations import contacts_since
from helpdesk.accounts.models import Team
from helpdesk.lib.actors import Actor, ActorKind
from helpdesk.lib.secrets_in_text import mask_secrets
from tickets.errors import EmptySubject
from tickets.events import record_event
from tickets.models import Category, Message, Ticket, TicketEvent, Topic
from tickets.operations.clocks import CLOCK_FIELDS, start_waiting
from tickets.operations.content import NewMessage
from tickets.operations.lifecycle import STATUS_FIELDS, default_status, enter_status
from tickets.operations.messages import add_message, preview_of

# Contacts this recent count as attempts in "3rd contact in 21 days".
CONTACT_WINDOW = timedelta(days=30)


@transaction.atomic
def open_ticket(
    *,
    customer: Customer,
    subject: str,
    content: NewMessage,
    team: Team | None = None,
    topic: Topic | None = None,
    follows: Ticket | None = None,
    possibly: Ticket | None = None,
    number: int | None = None,
    by: Actor,
    at: datetime,
) -> Message:
    """Open a ticket with the customer's first words, start its clock, and return those words.

    `possibly` is a ticket of somebody else's this may belong to, for an agent to decide.
    `number` is for history that brings its own; otherwise the next one is taken. An automatic
    mail opens a ticket too but starts no clock. Payment cards and passwords are masked in what is
    kept. Raises EmptySubject.
    """
    content = content.without_secrets()
    ticket = create_ticket(
        customer=customer,
        subject=mask_secrets(subject),
        channel=content.channel,
        category=Category.NEW,
        team=team,
        topic=topic,
        follows=follows,
        number=number,
        by=by,
        at=at,
    )
    ticket.mailbox = content.mailbox.lower()
    ticket.last_inbound_at = at
    ticket.preview = preview_of(content.visible_text or content.text)
    if not content.is_automatic:
        start_waiting(ticket, at=at)
    message = add_message(
        ticket,
        content,
        kind=Message.Kind.INBOUND,
        by=by,
        at=at,
        is_contact=not content.is_automatic,
    )
    record_opening(ticket, message=message, possibly=possibly, by=by, at=at)
    ticket.save(
        update_fields=[
            *CLOCK_FIELDS,
            "mailbox",
            "preview",
            "last_inbound_at",
            "messages_count",
            "last_event_id",
            "updated_at",
        ]
    )
    return message


def create_ticket(
    *,
    customer: Customer,
    subject: str,
    channel: str,
    category: str,
    team: Team | None = None,
    topic: Topic | None = None,
    follows: Ticket | None = None,
    number: int | None = None,
    by: Actor,
    at: datetime,
) -> Ticket:
    """Make the row of a new ticket, for operations that open one and record how."""
    if not subject.strip():
        raise EmptySubject
    recent = contacts_since(customer.pk, since=at - CONTACT_WINDOW, until=at)
    status = default_status(category)
    return Ticket.objects.create(
        number=number or _next_number(),
        subject=subject.strip()[:300],
        customer=customer,
        status=status,
        category=status.category,
        team=team,
        topic=topic,
        follows=follows,
        channel=channel,
        is_imported=by.kind == ActorKind.IMPORT,
        opened_at=at,
        updated_at=at,
        contact_number=len(recent) + 1,
        is_contact_sure=not recent,
    )


@transaction.atomic
def receive_message(ticket: Ticket, *, content: NewMessage, by: Actor, at: datetime) -> Message:
    """Add what a customer wrote to their ticket: it waits for us again, and reopens if solved.

    Automatic mail is kept but neither reopens nor starts a clock, nor do mere thanks for a solved
    ticket; imported history says itself which status it had. A message of the same
    `external_id` that is already here is returned, not added again. What is written to a merged
    ticket arrives on the one that has its words. Payment cards and passwords are masked.
    """
    content = content.without_secrets()
    ticket = Ticket.objects.lock(ticket.pk)
    while ticket.merged_into_id is not None:
        ticket = Ticket.objects.lock(ticket.merged_into_id)
    if content.external_id:
        known = Message.objects.filter(channel=content.channel, external_id=content.external_id)
        if message := known.first():
            return message
    is_theirs = by.customer_id == ticket.customer_id
    asks_nothing = content.is_automatic or (
        content.is_courtesy and ticket.category in Ticket.FINISHED
    )
    is_contact = is_theirs and not asks_nothing and ticket.waiting_since is None
    message = add_message(
        ticket, content, kind=Message.Kind.INBOUND, by=by, at=at, is_contact=is_contact
    )
    new = {"courtesy": True} if content.is_courtesy and asks_nothing else {}
    record_event(ticket, TicketEvent.Kind.RECEIVED, message=message, new=new, by=by, at=at)
    if not content.is_automatic:
        ticket.preview = preview_of(content.visible_text or content.text)
        ticket.last_inbound_at = at
        is_history = by.kind == ActorKind.IMPORT and ticket.category in Ticket.FINISHED
        if not asks_nothing and not is_history:
            _wake(ticket, by=by, at=at)
    if is_contact:
        recent = contacts_since(ticket.customer_id, since=at - CONTACT_WINDOW, until=at)
        ticket.contact_number = max(1, len(recent))
    ticket.save(
        update_fields=[
            *STATUS_FIELDS,
            *CLOCK_FIELDS,
            "preview",
            "last_inbound_at",
            "contact_number",
            "messages_count",
            "reopened_count",
            "last_event_id",
            "updated_at",
        ]
    )
    return message


def _wake(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """The customer waits for us: take the ticket out of waiting or solved, start the clock."""
    if ticket.category in Ticket.FINISHED:
        ticket.reopened_count += 1
        enter_status(ticket, default_status(Category.OPEN), kind="reopened", by=by, at=at)
    elif ticket.category == Category.WAIT_CUSTOMER:
        enter_status(ticket, default_status(Category.OPEN), kind="status", by=by, at=at)
    start_waiting(ticket, at=at)


def record_opening(
    ticket: Ticket,
    *,
    message: Message | None,
    possibly: Ticket | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Record the first event of a ticket, with where it starts: metrics replay from here."""
    new = {
        "status": ticket.status.name,
        "category": ticket.category,
        "team": ticket.team_id,
        "channel": ticket.channel,
    }
    if ticket.follows:
        new["follows"] = ticket.follows.number
    if possibly:
        new["possibly"] = possibly.number
    record_event(ticket, TicketEvent.Kind.OPENED, message=message, new=new, by=by, at=at)


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tickets_number')")
        return int(cursor.fetchone()[0])

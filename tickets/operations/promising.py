from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from customers.models import Promise
from customers.operations import end_promise, keep_promise, make_promise
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tickets.events import record_event
from tickets.models import Category, Message, Ticket, TicketEvent
from tickets.operations.clocks import CLOCK_FIELDS, next_due
from tickets.operations.lifecycle import STATUS_FIELDS, default_status, enter_status


@transaction.atomic
def promise_on_ticket(
    ticket: Ticket,
    *,
    text: str,
    due_at: datetime,
    message: Message | None = None,
    replaces: Promise | None = None,
    owner: Agent | None = None,
    by: Actor,
    at: datetime,
) -> Promise:
    """Promise the customer something, with this ticket (and message) as its evidence.

    `owner` is who keeps it, else the ticket's. With `replaces`, that open promise counts as moved.
    Raises EmptyPromise, PromiseClosed.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    promise = make_promise(
        ticket.customer,
        text=text,
        due_at=due_at,
        owner_id=owner.pk if owner else ticket.assignee_id,
        replaces=replaces,
        ticket_number=ticket.number,
        message_id=message.pk if message else None,
        team_id=ticket.team_id,
        by=by,
        at=at,
    )
    new = {"promise": promise.pk, "text": promise.text, "due_at": due_at.isoformat()}
    if replaces is not None:
        new |= {"replaces": replaces.pk, "moves": promise.moves}
    record_event(ticket, TicketEvent.Kind.PROMISED, message=message, new=new, by=by, at=at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return promise


@transaction.atomic
def keep_promise_on_ticket(ticket: Ticket, *, promise: Promise, by: Actor, at: datetime) -> Promise:
    """Close a promise as kept, recorded on the ticket it was made on. Once is enough.

    Raises PromiseClosed.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    was_open = promise.status == Promise.Status.OPEN
    promise = keep_promise(promise, by=by, at=at)
    if was_open and promise.closed_at == at:
        new = {"promise": promise.pk, "status": promise.status}
        record_event(ticket, TicketEvent.Kind.PROMISE_KEPT, new=new, by=by, at=at)
        _stop_waiting_for_us(ticket, by=by, at=at)
        ticket.save(update_fields=[*STATUS_FIELDS, *CLOCK_FIELDS, "last_event_id", "updated_at"])
    return promise


@transaction.atomic
def end_promise_on_ticket(
    ticket: Ticket, *, promise: Promise, status: Promise.Status, by: Actor, at: datetime
) -> Promise:
    """Close a promise as broken or as cancelled by the customer, recorded on its ticket.

    Raises PromiseClosed.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    was_open = promise.status == Promise.Status.OPEN
    promise = end_promise(promise, status=status, by=by, at=at)
    if was_open and promise.closed_at == at:
        new = {"promise": promise.pk, "status": promise.status}
        record_event(ticket, TicketEvent.Kind.PROMISE_ENDED, new=new, by=by, at=at)
        _stop_waiting_for_us(ticket, by=by, at=at)
        ticket.save(update_fields=[*STATUS_FIELDS, *CLOCK_FIELDS, "last_event_id", "updated_at"])
    return promise


@transaction.atomic
def wait_for_us(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """Keep an answered ticket ours while a promise made on it is open; in queues by its due.

    Without an open promise, or where the ticket is finished, nothing changes.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    due_at = _open_promises(ticket).order_by("due_at").values_list("due_at", flat=True).first()
    if due_at is None or ticket.category in Ticket.FINISHED:
        return ticket
    if ticket.category == Category.WAIT_CUSTOMER:
        status = default_status(Category.OPEN)
        enter_status(ticket, status, kind=TicketEvent.Kind.STATUS, by=by, at=at)
    if ticket.waiting_since is None:
        ticket.queue_at = min(due_at, next_due(ticket))
    ticket.save(update_fields=[*STATUS_FIELDS, *CLOCK_FIELDS, "last_event_id", "updated_at"])
    return ticket


def _stop_waiting_for_us(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Let the ticket wait for the customer again when its last promise is closed."""
    is_answered = ticket.waiting_since is None and ticket.last_reply_at is not None
    if not is_answered or ticket.category != Category.OPEN or _open_promises(ticket).exists():
        return
    status = default_status(Category.WAIT_CUSTOMER)
    enter_status(ticket, status, kind=TicketEvent.Kind.STATUS, by=by, at=at)


def _open_promises(ticket: Ticket) -> QuerySet[Promise]:
    return Promise.objects.outstanding().filter(ticket_number=ticket.number)

from datetime import datetime

from django.db import transaction

from customers.models import Promise
from customers.operations import keep_promise, make_promise
from helpdesk.lib.actors import Actor
from tickets.events import record_event
from tickets.models import Message, Ticket, TicketEvent


@transaction.atomic
def promise_on_ticket(
    ticket: Ticket,
    *,
    text: str,
    due_at: datetime,
    message: Message | None = None,
    by: Actor,
    at: datetime,
) -> Promise:
    """Promise the customer something, with this ticket (and message) as its evidence.

    Raises EmptyPromise.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    promise = make_promise(
        ticket.customer,
        text=text,
        due_at=due_at,
        owner_id=ticket.assignee_id,
        ticket_number=ticket.number,
        message_id=message.pk if message else None,
        team_id=ticket.team_id,
        by=by,
        at=at,
    )
    new = {"promise": promise.pk, "text": promise.text, "due_at": due_at.isoformat()}
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
        ticket.save(update_fields=["last_event_id", "updated_at"])
    return promise

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from customers.operations import note_change
from helpdesk.lib.actors import Actor, ActorKind
from tickets.models import Message, Ticket, TicketEvent
from tickets.tasks import react_to_event

log = logging.getLogger(__name__)

# Changes what a customer's briefings say, and leaves no touchpoint that counts it.
_TOLD_OF_CUSTOMER = {
    TicketEvent.Kind.TOPIC,
    TicketEvent.Kind.RETITLED,
    TicketEvent.Kind.STATUS,
    TicketEvent.Kind.CLOSED,
    TicketEvent.Kind.LINKED,
    TicketEvent.Kind.UNLINKED,
}


def record_event(
    ticket: Ticket,
    kind: TicketEvent.Kind,
    *,
    message: Message | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> TicketEvent:
    """Append to the ticket's history and let the rest of the desk react after commit.

    Sets `last_event_id` and `updated_at` on the ticket; the operation saves them. History that
    is imported sets off nothing.
    """
    is_history = by.kind == ActorKind.IMPORT
    event = TicketEvent.objects.create(
        ticket=ticket,
        kind=kind,
        at=at,
        actor_kind=by.kind.value,
        actor_name=by.name,
        agent_id=by.agent_id,
        customer_id=by.customer_id,
        message=message,
        old=old or {},
        new=new or {},
        reacted_at=at if is_history else None,
    )
    if kind in _TOLD_OF_CUSTOMER:
        note_change(ticket.customer_id)
    ticket.last_event_id = event.pk
    ticket.updated_at = max(ticket.updated_at, at)
    if not is_history:
        transaction.on_commit(partial(_start_reactions, event.pk))
    return event


def _start_reactions(event_id: int) -> None:
    try:
        react_to_event.delay(event_id=event_id)
    except OperationalError as error:
        log.warning("broker away, event %s waits for the sweep: %s", event_id, error)

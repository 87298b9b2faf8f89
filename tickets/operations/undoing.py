from datetime import datetime

from django.db import transaction
from django.utils.dateparse import parse_datetime

from helpdesk.lib.actors import Actor
from tickets.models import Category, Ticket, TicketEvent, TicketStatus
from tickets.operations.clocks import CLOCK_FIELDS, next_due
from tickets.operations.lifecycle import STATUS_FIELDS, default_status, enter_status

_FINISHED = (TicketEvent.Kind.SOLVED, TicketEvent.Kind.CLOSED)


@transaction.atomic
def undo_solving(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """Take a solving back: the former status, and the reply clock as it stood.

    For metrics and the timeline neither the solving nor this happened. A ticket that is not
    finished stays as it is.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.category not in Ticket.FINISHED:
        return ticket
    event = ticket.events.filter(kind__in=_FINISHED).order_by("-id").first()
    old = event.old if event else {}
    status = TicketStatus.objects.filter(name=old.get("status", "")).first()
    if status is None or status.category in Ticket.FINISHED:
        status = default_status(Category.OPEN)
    kind = TicketEvent.Kind.REOPENED
    enter_status(ticket, status, kind=kind, undoes=event, by=by, at=at)
    ticket.waiting_since = parse_datetime(old.get("waiting_since", ""))
    ticket.reply_due_at = parse_datetime(old.get("reply_due_at", ""))
    ticket.queue_at = next_due(ticket)
    ticket.save(update_fields=[*STATUS_FIELDS, *CLOCK_FIELDS, "last_event_id", "updated_at"])
    return ticket

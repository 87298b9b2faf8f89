from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from customers.models import Touchpoint
from customers.operations import record_touchpoint, withdraw_touchpoint
from helpdesk.lib.actors import Actor
from tickets.errors import TicketMerged
from tickets.events import record_event
from tickets.models import Category, Ticket, TicketEvent, TicketStatus
from tickets.operations.clocks import CLOCK_FIELDS, running_clock, stop_waiting

STATUS_FIELDS = ("status", "category", "solved_at", "closed_at")

_FINISHING = {Category.SOLVED: TicketEvent.Kind.SOLVED, Category.CLOSED: TicketEvent.Kind.CLOSED}


def default_status(category: str) -> TicketStatus:
    """Return the status that stands for a category when nobody names one."""
    return TicketStatus.objects.get(category=category, is_default=True)


@transaction.atomic
def change_status(ticket: Ticket, *, status: TicketStatus, by: Actor, at: datetime) -> Ticket:
    """Move a ticket to a status; entering or leaving the finished ones solves or reopens it.

    The same status again changes nothing. Every other way to change status ends here.
    Raises TicketMerged where its words are on another ticket.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.merged_into_id is not None:
        raise TicketMerged(number=ticket.number)
    if ticket.status_id == status.pk:
        return ticket
    was_finished = ticket.category in Ticket.FINISHED
    kind = _FINISHING.get(Category(status.category), TicketEvent.Kind.STATUS)
    if was_finished and status.category not in Ticket.FINISHED:
        kind = TicketEvent.Kind.REOPENED
        ticket.reopened_count += 1
    enter_status(ticket, status, kind=kind, by=by, at=at)
    ticket.save(
        update_fields=[
            *STATUS_FIELDS,
            *CLOCK_FIELDS,
            "reopened_count",
            "last_event_id",
            "updated_at",
        ]
    )
    return ticket


@transaction.atomic
def solve_ticket(
    ticket: Ticket, *, resolution: str = "", resolution_code: str = "", by: Actor, at: datetime
) -> Ticket:
    """Mark the ticket solved and stop its clock. Solving a finished ticket changes nothing.

    `resolution` says in a sentence how it was solved, `resolution_code` in a word by which solved
    tickets are compared; where they are empty, what was said before stays.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.category in Ticket.FINISHED:
        return ticket
    if resolution or resolution_code:
        ticket.resolution = resolution.strip()[:300]
        ticket.resolution_code = slugify(resolution_code)[:60]
        ticket.save(update_fields=["resolution", "resolution_code"])
    return change_status(ticket, status=default_status(Category.SOLVED), by=by, at=at)


@transaction.atomic
def close_ticket(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """Put a ticket away for good; what the customer writes later opens a new one."""
    return change_status(ticket, status=default_status(Category.CLOSED), by=by, at=at)


@transaction.atomic
def reopen_ticket(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """Put a finished ticket back to work. One that is not finished stays as it is."""
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.category not in Ticket.FINISHED:
        return ticket
    return change_status(ticket, status=default_status(Category.OPEN), by=by, at=at)


def enter_status(
    ticket: Ticket,
    status: TicketStatus,
    *,
    kind: str,
    undoes: TicketEvent | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Set status, finish times and clock on a locked ticket, and record it; the caller saves.

    `undoes` names the event this takes back: for metrics and timeline neither happened.
    """
    old = {"status": ticket.status.name, "category": ticket.category} | running_clock(ticket)
    ticket.status = status
    ticket.category = status.category
    is_finished = status.category in Ticket.FINISHED
    ticket.solved_at = (ticket.solved_at or at) if is_finished else None
    ticket.closed_at = at if status.category == Category.CLOSED else None
    if is_finished:
        ticket.solve_due_at = None
    if is_finished or status.category == Category.WAIT_CUSTOMER:
        stop_waiting(ticket)
    new: dict[str, Any] = {"status": status.name, "category": status.category}
    if undoes:
        new["undoes"] = undoes.pk
        withdraw_touchpoint(
            ticket.customer_id,
            kind=Touchpoint.Kind.SOLVED,
            ref_kind="event",
            ref_id=undoes.pk,
        )
    event = record_event(ticket, TicketEvent.Kind(kind), old=old, new=new, by=by, at=at)
    if not undoes and event.kind in {TicketEvent.Kind.SOLVED, TicketEvent.Kind.REOPENED}:
        _touch(ticket, event, by=by, at=at)


def _touch(ticket: Ticket, event: TicketEvent, *, by: Actor, at: datetime) -> None:
    record_touchpoint(
        ticket.customer_id,
        kind=Touchpoint.Kind(event.kind),
        at=at,
        title=ticket.subject,
        agent_id=by.agent_id,
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        ref_kind="event",
        ref_id=event.pk,
    )

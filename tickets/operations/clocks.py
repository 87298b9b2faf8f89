"""Since when a customer waits for us, and by when we mean to answer."""

from datetime import datetime

from tickets.models import NEVER, BusinessCalendar, TargetKind, Ticket
from tickets.operations.policies import policy_of

CLOCK_FIELDS = ("waiting_since", "reply_due_at", "solve_due_at", "queue_at")


def start_waiting(ticket: Ticket, *, at: datetime) -> None:
    """Start the reply clock unless it runs: a second message does not move the target."""
    if ticket.waiting_since is not None:
        return
    ticket.waiting_since = at
    is_first = ticket.first_replied_at is None
    kind = TargetKind.FIRST_REPLY if is_first else TargetKind.NEXT_REPLY
    policy = policy_of(ticket, at=at)
    aim = policy.aim(kind) if policy else None
    if policy is None or aim is None:
        return
    calendar = BusinessCalendar.objects.valid_at(at, name=policy.calendar_name)
    hours = calendar.business_hours() if calendar else None
    ticket.reply_due_at = aim.due_after(at, aim.seconds, hours)
    ticket.queue_at = next_due(ticket)


def stop_waiting(ticket: Ticket) -> None:
    ticket.waiting_since = None
    ticket.reply_due_at = None
    ticket.queue_at = next_due(ticket)


def next_due(ticket: Ticket) -> datetime:
    """Return what is due first on a ticket, the reply or the solving; NEVER where nothing is.

    The solving is put on the ticket with its derived targets, a moment after it begins.
    """
    return min(filter(None, (ticket.reply_due_at, ticket.solve_due_at)), default=NEVER)


def running_clock(ticket: Ticket) -> dict[str, str]:
    """The reply clock as an event keeps it (ISO times), so that a change can be taken back."""
    kept = {"waiting_since": ticket.waiting_since, "reply_due_at": ticket.reply_due_at}
    return {name: at.isoformat() for name, at in kept.items() if at is not None}

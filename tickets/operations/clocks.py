"""Since when a customer waits for us, and by when we mean to answer."""

from datetime import datetime

from tickets.models import NEVER, BusinessCalendar, Ticket

CLOCK_FIELDS = ("waiting_since", "reply_due_at", "queue_at")


def start_waiting(ticket: Ticket, *, at: datetime) -> None:
    """Start the reply clock unless it runs: a second message does not move the target."""
    if ticket.waiting_since is not None:
        return
    ticket.waiting_since = at
    calendar = BusinessCalendar.objects.valid_at(at)
    if calendar is None:
        return
    is_first = ticket.first_replied_at is None
    minutes = calendar.first_reply_minutes if is_first else calendar.next_reply_minutes
    ticket.reply_due_at = calendar.business_hours().due_after(at, minutes * 60)
    ticket.queue_at = ticket.reply_due_at


def stop_waiting(ticket: Ticket) -> None:
    ticket.waiting_since = None
    ticket.reply_due_at = None
    ticket.queue_at = NEVER


def running_clock(ticket: Ticket) -> dict[str, str]:
    """The reply clock as an event keeps it (ISO times), so that a change can be taken back."""
    kept = {"waiting_since": ticket.waiting_since, "reply_due_at": ticket.reply_due_at}
    return {name: at.isoformat() for name, at in kept.items() if at is not None}

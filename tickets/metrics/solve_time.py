"""Time to solve (METRICS 5.1), first and full, by the calendar and in business time.

First: entry into solved minus opening, or minus reopening for a later cycle. Full: entry into
solved minus the ticket's opening, the reopened time included. Solved by a rule after the
customer fell silent ends with our last action; the closing itself is in the events. A ticket
that is not solved has no time to solve and is never averaged in.
"""

from datetime import datetime

from tickets.metrics.clock import Clock, Length
from tickets.metrics.replay import Cycle
from tickets.models import Category


def done_at(cycle: Cycle) -> datetime:
    """Return when the work of a solved cycle was done. Raises ValueError for a running one."""
    if cycle.solved_at is None or cycle.solved_by is None:
        raise ValueError("The cycle is still running.")
    was_silent = cycle.spans[-1].category == Category.WAIT_CUSTOMER
    if cycle.solved_by.is_machine and was_silent and cycle.last_action_at is not None:
        return cycle.last_action_at
    return cycle.solved_at


def cycle_time(cycle: Cycle, clock: Clock) -> Length:
    return clock.measure(cycle.started_at, done_at(cycle))


def full_time(opened_at: datetime, cycle: Cycle, clock: Clock) -> Length:
    return clock.measure(opened_at, done_at(cycle))

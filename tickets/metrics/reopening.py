"""Reopenings (METRICS 5.2).

A cycle is reopened when the ticket leaves solved. A courtesy is not a reopening: the customer
wrote again ("thank you"), and the ticket was solved again without another reply of ours. While
the new cycle runs it counts as a reopening.
"""

from datetime import datetime, timedelta

from tickets.metrics.replay import Cycle, History

# A solve cycle counts as come back when it was reopened so soon (METRICS 5.2).
REOPENED_WITHIN = timedelta(days=14)


def is_courtesy(cycle: Cycle) -> bool:
    """Whether this cycle is only a thank-you: begun by the customer, solved without a reply."""
    return (
        cycle.number > 1
        and cycle.is_started_by_customer
        and cycle.solved_at is not None
        and not cycle.replies
    )


def reopened_at(cycle: Cycle, history: History) -> datetime | None:
    """Return when the ticket came back after this cycle; courtesies in between are passed over."""
    later = (one for one in history.cycles[cycle.number :] if not is_courtesy(one))
    return next((one.started_at for one in later), None)


def final_cycle(history: History) -> Cycle | None:
    """Return the cycle that solved a ticket which is solved now, courtesies left aside."""
    if not history.is_finished:
        return None
    return next((cycle for cycle in reversed(history.cycles) if not is_courtesy(cycle)), None)

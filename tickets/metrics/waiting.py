"""Who waited for whom (METRICS 5.1).

By status: time of the cycle in new and open is the customer waiting on us, in waiting for
customer is us waiting on them, in waiting for others is both waiting on a third. By turns: time
from an unanswered message to our reply or to solving, whatever the status said meanwhile.
"""

from collections.abc import Collection

from tickets.metrics.clock import Clock, Length
from tickets.metrics.replay import Cycle
from tickets.models import Category

ON_US = (Category.NEW, Category.OPEN)
ON_CUSTOMER = (Category.WAIT_CUSTOMER,)
ON_OTHERS = (Category.WAIT_OTHER,)


def waiting(cycle: Cycle, categories: Collection[str], clock: Clock) -> Length:
    """Return the time of a cycle spent in these status categories."""
    return sum(
        (
            clock.measure(span.started_at, span.ended_at)
            for span in cycle.spans
            if span.category in categories and span.ended_at is not None
        ),
        Length(),
    )


def waiting_by_turns(cycle: Cycle, clock: Clock) -> Length:
    """Return how long words of the customer stood unanswered in a cycle."""
    return sum(
        (
            clock.measure(turn.started_at, turn.ended_at)
            for turn in cycle.turns
            if turn.ended_at is not None
        ),
        Length(),
    )

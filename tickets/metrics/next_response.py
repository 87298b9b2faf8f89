"""Next response time (METRICS 5.1).

For each later turn of the customer (a run of messages without our reply in between): our next
public reply minus the first message of the turn. A turn that solving ended is "no reply needed"
and has no value; a turn still open is waiting, not answered. No value spans a solved gap.
"""

from tickets.metrics.clock import Clock, Length
from tickets.metrics.replay import Cycle


def next_responses(cycle: Cycle, clock: Clock) -> list[Length]:
    """Return the responses to the later turns of this cycle, in order."""
    return [
        clock.measure(turn.started_at, turn.answered_at)
        for turn in cycle.turns[1:]
        if turn.answered_at is not None
    ]

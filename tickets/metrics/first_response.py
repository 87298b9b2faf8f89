"""First response time (METRICS 5.1).

First public reply by a person minus the customer's first message. A ticket we opened starts its
clock at the customer's first message. A call or visit answered on the spot is 0. Rules,
acknowledgements, notes, automatic mail and mail that bounced never stop it. A reopen does not
reset it: a later cycle has a response of its own, to the message that reopened it. Solved
without a reply is no value, not 0.
"""

from tickets.metrics.clock import Clock, Length
from tickets.metrics.replay import Cycle


def first_response(cycle: Cycle, clock: Clock) -> Length | None:
    """Return the response to the first words of this cycle; in cycle 1 the first response."""
    if not cycle.turns or cycle.turns[0].answered_at is None:
        return None
    return clock.measure(cycle.turns[0].started_at, cycle.turns[0].answered_at)

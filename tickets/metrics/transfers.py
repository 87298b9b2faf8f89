"""Transfers (METRICS 5.2), agents and teams apart.

Changes of owning agent or team after a person first owned the ticket. The first routing, taking
an unassigned ticket by replying, and what follows a return to the queue by a rule are none.
"""

from tickets.metrics.replay import Cycle, Hop


def transfers(cycle: Cycle, kind: str) -> list[Hop]:
    """Return the transfers of one cycle; `kind` is "agent" or "team"."""
    return [hop for hop in cycle.hops if hop.kind == kind and hop.is_transfer]

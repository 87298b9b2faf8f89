"""What a share would be for somebody's mix of topics, if each topic went as in their team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from helpdesk.accounts.models import Agent
from tickets.metrics.reporting.counting import OF_PERIOD, added, params
from tickets.metrics.reporting.cutting import Cut, Filters
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.measuring import FEW
from tickets.metrics.reporting.periods import Period

_BY_AGENT_AND_TOPIC = """
SELECT coalesce(f.agent_id::text, ''), coalesce(f.topic_id::text, ''), f.metric,
       sum(f.n)::int, sum(f.total)
FROM ({added}) f GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Tally:
    """How many cases, and the hits among them."""

    n: int = 0
    total: float = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.n + other.n, self.total + other.total)


# Tallies of one metric by topic; of an agent also by metric.
Topics = Mapping[str, Tally]


@dataclass(frozen=True)
class CaseMix:
    """What everybody's cases of a period were about: tallies by agent, metric and topic."""

    agents: Mapping[str, Mapping[str, Topics]]

    def of(self, agent: str, metric: str) -> Topics:
        return self.agents.get(agent, {}).get(metric, {})

    def usual(self, metric: str) -> Topics:
        """All cases by topic, whoever had them."""
        found: dict[str, Tally] = defaultdict(Tally)
        for metrics in self.agents.values():
            for topic, tally in metrics.get(metric, {}).items():
                found[topic] += tally
        return found


def case_mix(
    metrics: Sequence[str], period: Period, *, agent: Agent, at: datetime, filters: Filters
) -> CaseMix:
    """Tally counts and shares of a period by agent and topic, in one statement.

    Counts only what `agent` may see (Cut.of). Raises KeyError for a metric there is not.
    """
    asked, cut = [METRICS[key] for key in metrics], Cut.of(filters, agent)
    sql = added(asked, period, cut, at=at, source=OF_PERIOD)
    found: dict[str, dict[str, dict[str, Tally]]] = defaultdict(lambda: defaultdict(dict))
    with connection.cursor() as cursor:
        cursor.execute(_BY_AGENT_AND_TOPIC.format(added=sql), params(asked, period, cut, at=at))
        for whose, topic, metric, n, total in cursor.fetchall():
            found[whose][metric][topic] = Tally(n, total)
    return CaseMix(found)


def expected_share(own: Topics, team: Topics) -> float | None:
    """Return the share, 0 to 1, that the team's shares by topic give with one's own topics.

    Indirect standardisation: the team's share of each topic, weighted by how many of one's own
    cases are about it. One's own cases are among the team's. None of fewer than ten cases.
    """
    cases = sum(tally.n for tally in own.values())
    if cases < FEW:
        return None
    shares = {topic: tally.total / tally.n for topic, tally in team.items() if tally.n}
    return sum(tally.n * shares[topic] for topic, tally in own.items() if tally.n) / cases


def topic_shares(own: Topics) -> list[tuple[str, float]]:
    """Return each topic with its part of all cases, 0 to 1, the largest first."""
    cases = sum(tally.n for tally in own.values())
    parts = [(topic, tally.n / cases) for topic, tally in own.items() if tally.n]
    return sorted(parts, key=lambda part: (-part[1], part[0]))

"""What a share would be for somebody's mix of topics, if each topic went as in their team."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.metrics.reporting.measuring import FEW, Figure


def expected_share(own: Mapping[str, Figure], team: Mapping[str, Figure]) -> float | None:
    """Return the share, 0 to 1, that the team's shares by topic give with one's own topics.

    Indirect standardisation: the team's share of each topic, weighted by how many of one's own
    cases are about it. One's own cases are among the team's. None of fewer than ten cases.
    """
    cases = sum(figure.n for figure in own.values())
    if cases < FEW:
        return None
    shares = {topic: figure.total / figure.n for topic, figure in team.items() if figure.n}
    return sum(figure.n * shares[topic] for topic, figure in own.items() if figure.n) / cases


def topic_shares(own: Mapping[str, Figure]) -> list[tuple[str, float]]:
    """Return each topic with its part of all cases, 0 to 1, the largest first."""
    cases = sum(figure.n for figure in own.values())
    parts = [(topic, figure.n / cases) for topic, figure in own.items() if figure.n]
    return sorted(parts, key=lambda part: (-part[1], part[0]))

"""Values described no surer than they are: spreads, shares, and whether one has changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb, sqrt
from statistics import median, quantiles
from typing import Any

from customers.cx.seen import Seen, of_kind

KEPT_POINTS = 12
MIDDLE_FROM = 2
INTERVAL_FROM = 10
Z = 1.96
TAIL = 0.025


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of k in n, as shares (METRICS 5.5)."""
    share = k / n
    spread = 1 + Z**2 / n
    centre = (share + Z**2 / (2 * n)) / spread
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / spread
    return max(0.0, centre - half), min(1.0, centre + half)


def median_interval(ordered: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % order-statistic interval of the median of sorted values (METRICS 5.5).

    The ends are values themselves; of fewer than six values no two of them are sure enough, and
    the whole range is returned.
    """
    n = len(ordered)
    below, rank = 0.0, 0
    while rank < n // 2 and (below := below + comb(n, rank) / 2**n) <= TAIL:
        rank += 1
    low = max(0, rank - 1)
    return ordered[low], ordered[n - 1 - low]


def spread(facts: Sequence[Seen], read: Callable[[Seen], float | None]) -> dict[str, Any]:
    """Describe values without a mean: n, median, ends, middle half, and the last points.

    From ten values on with `interval`, the ends of the median's 95 % interval.
    """
    read_values = ((fact, read(fact)) for fact in facts)
    pairs = [(fact, value) for fact, value in read_values if value is not None]
    values = sorted(value for _, value in pairs)
    if not values:
        return {"n": 0}
    enough = len(values) >= MIDDLE_FROM
    low, _, high = quantiles(values, n=4, method="inclusive") if enough else values * 3
    interval = {"interval": median_interval(values)} if len(values) >= INTERVAL_FROM else {}
    return {
        "n": len(values),
        "median": median(values),
        "min": values[0],
        "max": values[-1],
        "q1": low,
        "q3": high,
        **{name: list(ends) for name, ends in interval.items()},
        "points": [point(fact, value) for fact, value in pairs[-KEPT_POINTS:]],
    }


def share(facts: Sequence[Seen]) -> dict[str, Any]:
    """Count the ones among ones and zeros; what is not decided is no zero and not counted."""
    found = [fact for fact in facts if fact.value is not None]
    return {
        "k": sum(fact.value == 1 for fact in found),
        "n": len(found),
        "points": [point(fact, fact.value) for fact in found[-KEPT_POINTS:]],
    }


def point(fact: Seen, value: float | None) -> dict[str, Any]:
    return {"at": fact.at.isoformat(), "value": value or 0.0, "ticket": fact.ticket_number}


def compare_medians(now: dict[str, Any], before: dict[str, Any]) -> str:
    """Say "up" or "down" where the 95 % intervals of two medians lie apart; empty otherwise."""
    ends, were = now.get("interval"), before.get("interval")
    return _apart(tuple(ends), tuple(were)) if ends and were else ""


def compare_shares(now: dict[str, Any], before: dict[str, Any]) -> str:
    """Say "up" or "down" where the 95 % intervals of two shares lie apart; empty otherwise."""
    if min(now["n"], before["n"]) < INTERVAL_FROM:
        return ""
    return _apart(wilson(now["k"], now["n"]), wilson(before["k"], before["n"]))


def _apart(now: tuple[float, ...], before: tuple[float, ...]) -> str:
    if now[0] > before[1]:
        return "up"
    return "down" if now[1] < before[0] else ""


def times(facts: Sequence[Seen], kind: str) -> dict[str, Any]:
    """Describe the seconds of facts of a kind, in business time and by the calendar."""
    found = of_kind(facts, kind)
    return {
        "business": spread(found, lambda fact: fact.data["business"]),
        "calendar": spread(found, lambda fact: fact.value),
    }

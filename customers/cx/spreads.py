"""Values described no surer than they are: spreads, shares, and whether one has changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import median, quantiles
from typing import Any

from customers.cx.seen import Seen, of_kind
from helpdesk.lib.signals import CHART_FROM, RUN, Chart, Side, chart_of_shares, chart_of_times

KEPT_POINTS = 12
MIDDLE_FROM = 2
INTERVAL_FROM, SIGNAL_FROM = 10, 30
# The longer a chart, the more often it signals by chance.
CHARTED = 60
Z = 1.96
TAIL = 0.025
# Of more values than these the binomial distribution is taken as the normal one.
EXACT_UNTIL = 1000

Described = dict[str, Any]


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
    low = max(0, _rank(n) - 1)
    return ordered[low], ordered[n - 1 - low]


def _rank(n: int) -> int:
    """How many of the lowest of n values the interval leaves out, and one more."""
    if n > EXACT_UNTIL:
        return int((n - Z * sqrt(n)) / 2)
    term = below = 0.5**n
    rank = 0
    while rank < n // 2 and below <= TAIL:
        term *= (n - rank) / (rank + 1)
        rank += 1
        below += term
    return rank


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


def compare_times(facts: Sequence[Seen], now: Described, before: Described) -> str:
    """Say "up" or "down" where times in seconds have truly changed; empty otherwise.

    From thirty values on where a control chart signals it among the newest of them; from ten on
    where the 95 % intervals of the two medians lie apart.
    """
    if now["n"] >= SIGNAL_FROM:
        values = [value for fact in facts if (value := fact.data["business"]) is not None]
        return _lately(chart_of_times(values[-CHARTED:]))
    ends, were = now.get("interval"), before.get("interval")
    return _apart(tuple(ends), tuple(were)) if ends and were else ""


def compare_shares(facts: Sequence[Seen], now: Described, before: Described) -> str:
    """Say "up" or "down" where a share has truly changed; empty otherwise.

    From thirty values on where a control chart of a dozen groups signals it among the newest;
    from ten on where the two 95 % intervals lie apart.
    """
    if now["n"] >= SIGNAL_FROM:
        ones = [fact.value == 1 for fact in facts if fact.value is not None]
        # The newest group is whole; what is left over is the oldest.
        size = len(ones) // CHART_FROM
        groups = [ones[at : at + size] for at in range(len(ones) % size, len(ones), size)]
        return _lately(chart_of_shares([(sum(group), len(group)) for group in groups]))
    if min(now["n"], before["n"]) < INTERVAL_FROM:
        return ""
    return _apart(wilson(now["k"], now["n"]), wilson(before["k"], before["n"]))


def _apart(now: tuple[float, ...], before: tuple[float, ...]) -> str:
    if now[0] > before[1]:
        return "up"
    return "down" if now[1] < before[0] else ""


def _lately(chart: Chart | None) -> str:
    """The strongest signal that reaches into the newest values of a chart, as a direction."""
    if chart is None:
        return ""
    newest = len(chart.values) - RUN
    sides = (signal.side for signal in chart.signals if signal.last >= newest)
    side = next(sides, None)
    return {None: "", Side.ABOVE: "up", Side.BELOW: "down"}[side]


def times(facts: Sequence[Seen], kind: str) -> dict[str, Any]:
    """Describe the seconds of facts of a kind, in business time and by the calendar."""
    found = of_kind(facts, kind)
    return {
        "business": spread(found, lambda fact: fact.data["business"]),
        "calendar": spread(found, lambda fact: fact.value),
    }

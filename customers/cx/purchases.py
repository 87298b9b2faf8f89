"""When somebody who buys falls silent, and comes back (METRICS 5.4, non-contract churn). Pure.

A *spell* runs from a first purchase, or the first after a silence, until the next silence: three
times the own median gap between days of purchase, and a quarter at least. Who has no usual gap yet
is silent after as long as the company says, and never where it does not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import floor
from statistics import median

QUIET_AFTER_GAPS, QUIET_AT_LEAST = 3, 90
GAPS_FROM = 3


@dataclass(frozen=True)
class Spell:
    """Days of purchase without a silence between them; `ends_on` lies ahead while it goes on.

    Without an `ends_on` nobody can say when it will have ended.
    """

    begins_on: date
    ends_on: date | None


def gaps_of(days: Sequence[date]) -> list[int]:
    """Return the days between each day of purchase and the next."""
    return [(later - earlier).days for earlier, later in pairwise(days)]


def usual_gap(days: Sequence[date]) -> float | None:
    """Return the median gap in days; None of fewer than three."""
    gaps = gaps_of(days)
    return median(gaps) if len(gaps) >= GAPS_FROM else None


def silent_on(last: date, usual: float | None, silent_days: int | None = None) -> date | None:
    """Return the first day on which silence since `last` is unusual; None if it never is."""
    if usual is None and silent_days is None:
        return None
    allowed = silent_days or 0 if usual is None else max(usual * QUIET_AFTER_GAPS, QUIET_AT_LEAST)
    return last + timedelta(days=floor(allowed) + 1)


def spells(days: Sequence[date], *, silent_days: int | None) -> Iterator[Spell]:
    """Yield the spells of distinct days of purchase, given oldest first."""
    begins_on = days[0] if days else None
    for index, (day, later) in enumerate(zip(days, (*days, None)[1:], strict=True), start=1):
        ends_on = silent_on(day, usual_gap(days[:index]), silent_days)
        is_over = ends_on is not None and later is not None and ends_on <= later
        if begins_on is not None and (later is None or is_over):
            yield Spell(begins_on, ends_on)
            begins_on = later

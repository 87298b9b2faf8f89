"""Whether a number has changed, or only wiggles: control charts and what they flag (METRICS 5.5).

A series has a value for each week, or None for a week without data; such weeks are gaps, never
zeros. The centre line is the mean. The natural limits come from how much weeks differ from the
week before, so that one change of level hardly widens them (XmR: mean +- 2.66 mean moving range);
for shares from how many answers a week has (p-chart, widened by Laney's factor where weeks differ
more than chance), and counts vary at least as a Poisson count does.

Two things are signals: a week outside its limits, and eight weeks in a row on one side of the
centre line. Of thousands of seeded series made by chance alone this share raised one nevertheless,
over 13 weeks: values and times 3 %, counts below 1 %, shares 1 %; over 52 weeks: values and times
22 %, counts 18 %, shares 10 to 26 %. Hence a page flags at most the strongest few (`strongest`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, pairwise
from math import expm1, inf, log1p, sqrt
from statistics import fmean
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# From how many weeks with data limits are drawn at all.
CHART_FROM = 12
RUN = 8
SPIKE = 2
FLAGGED = 3
# 2.66 is 3 divided by 1.128, what the mean of two normal values' distance is in deviations.
MOVING_RANGE, DEVIATIONS = 1.128, 3
# How far the weeks of a run, taken together, are at least from the centre, in deviations.
OF_RUN = 2


class Side(StrEnum):
    ABOVE = "above"
    BELOW = "below"


Span = tuple[Side, int, int]


@dataclass(frozen=True)
class Signal:
    """A change: weeks `first` to `last` (indexes of the series, both in it) on one side.

    `is_run` tells eight or more weeks in a row from weeks outside the limits. `strength` is how
    far from the centre in deviations, of one week or of the run's mean, and comparable.
    """

    side: Side
    first: int
    last: int
    is_run: bool
    strength: float


@dataclass(frozen=True)
class Chart:
    """A series with its centre line, the limits of each week, and what it signals.

    `lower` and `upper` have a limit wherever `values` has a value. `signals` has the strongest
    first; a page says one of them.
    """

    values: tuple[float | None, ...]
    centre: float
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    signals: tuple[Signal, ...] = ()

    @property
    def signal(self) -> Signal | None:
        return self.signals[0] if self.signals else None


def chart_of_values(values: Sequence[float | None]) -> Chart | None:
    """Return the XmR chart of a measure, in its unit, or None below twelve weeks with data."""
    known = [value for value in values if value is not None]
    if len(known) < CHART_FROM:
        return None
    centre = fmean(known)
    deviation = _moving(known)
    deviations = [None if value is None else deviation for value in values]
    chart = _with_limits(values, centre, deviations)
    return _judged(chart, deviations, list(_runs(chart)))


def chart_of_times(seconds: Sequence[float | None]) -> Chart | None:
    """Return the XmR chart of times in seconds, or None below twelve weeks with data.

    Times are skewed: one long week says little. So the chart is made of their logarithms, and
    centre and limits are given in seconds again.
    """
    chart = chart_of_values([None if one is None else log1p(one) for one in seconds])
    if chart is None:
        return None
    return replace(
        chart,
        values=tuple(seconds),
        centre=expm1(chart.centre),
        lower=tuple(None if one is None else max(0.0, expm1(one)) for one in chart.lower),
        upper=tuple(None if one is None else expm1(one) for one in chart.upper),
    )


def chart_of_counts(counts: Sequence[int | None]) -> Chart | None:
    """Return the XmR chart of weekly counts, or None below twelve weeks; limits are never below 0.

    Rare things vary by chance though they hardly seem to: limits are at least as wide as those of
    a Poisson count, and a run is a signal only where its sum is more than chance.
    """
    known = [count for count in counts if count is not None]
    if len(known) < CHART_FROM:
        return None
    centre = fmean(known)
    deviation = max(_moving(known), sqrt(centre + 1))
    deviations = [None if count is None else deviation for count in counts]
    chart = _with_limits(counts, centre, deviations, low=0.0)
    sure = (run for run in _runs(chart) if _is_rare_sum(run, counts, centre))
    return _judged(chart, deviations, list(sure))


def chart_of_shares(weeks: Sequence[tuple[int, int] | None]) -> Chart | None:
    """Return the chart of weekly shares from (k, n), or None below twelve weeks with n above 0.

    A run is a signal only where its weeks together differ from all: with few answers a week most
    weeks are on one side of the centre by chance.
    """
    known = [week for week in weeks if week is not None and week[1] > 0]
    if len(known) < CHART_FROM:
        return None
    centre = sum(k for k, _n in known) / sum(n for _k, n in known)
    sizes = [week[1] if week is not None else 0 for week in weeks]
    values = [week[0] / week[1] if week is not None and week[1] else None for week in weeks]
    spread = sqrt(centre * (1 - centre))
    wider = _laney(values, sizes, centre, spread)
    # Half an answer more or less, spread over three deviations: shares go in steps.
    deviations = [spread * wider / sqrt(n) + 1 / (6 * n) if n else None for n in sizes]
    chart = _with_limits(values, centre, deviations, low=0.0, high=1.0)
    sure = (run for run in _runs(chart) if _is_rare_share(run, weeks, centre, wider))
    return _judged(chart, deviations, list(sure))


def strongest(signals: Mapping[Key, Signal | None], *, most: int = FLAGGED) -> dict[Key, Signal]:
    """Return the few signals a page flags, the strongest first."""
    raised = [(key, signal) for key, signal in signals.items() if signal is not None]
    raised.sort(key=lambda one: -one[1].strength)
    return dict(raised[:most])


def _moving(known: Sequence[float]) -> float:
    """Return the deviation of weeks from how much they differ from the week before."""
    return fmean(abs(b - a) for a, b in pairwise(known)) / MOVING_RANGE


def _laney(
    values: Sequence[float | None], sizes: Sequence[int], centre: float, spread: float
) -> float:
    """Return how much more weeks differ than chance among their n explains; never below 1."""
    if not spread:
        return 1.0
    scores = [
        (value - centre) * sqrt(n) / spread
        for value, n in zip(values, sizes, strict=True)
        if value is not None
    ]
    return max(1.0, _moving(scores))


def _with_limits(
    values: Sequence[float | None],
    centre: float,
    deviations: Sequence[float | None],
    *,
    low: float = -inf,
    high: float = inf,
) -> Chart:
    """The chart with limits between `low` and `high`: nothing can be outside of those."""
    reach = [None if one is None else DEVIATIONS * one for one in deviations]
    return Chart(
        values=tuple(values),
        centre=centre,
        lower=tuple(None if one is None else max(low, centre - one) for one in reach),
        upper=tuple(None if one is None else min(high, centre + one) for one in reach),
    )


def _judged(chart: Chart, deviations: Sequence[float | None], runs: Sequence[Span]) -> Chart:
    """The chart with its signals, the strongest first, later ones before earlier equals."""
    spans = [(*run, True) for run in runs]
    covered = {(side, i) for side, first, last in runs for i in range(first, last + 1)}
    spans += [(*out, False) for out in _outside(chart) if not covered & _weeks(out)]
    signals = [
        Signal(side, first, last, is_run, _strength(chart, deviations, first, last, is_run=is_run))
        for side, first, last, is_run in spans
    ]
    signals.sort(key=lambda signal: (-signal.strength, -signal.last))
    return replace(chart, signals=tuple(signals))


def _weeks(span: Span) -> set[tuple[Side, int]]:
    side, first, last = span
    return {(side, i) for i in range(first, last + 1)}


def _outside(chart: Chart) -> Iterable[Span]:
    """Weeks outside the limits; neighbours on one side are one."""
    sides: list[Side | None] = []
    for value, low, high in zip(chart.values, chart.lower, chart.upper, strict=True):
        if value is None or low is None or high is None:
            sides.append(None)
        elif value > high:
            sides.append(Side.ABOVE)
        else:
            sides.append(Side.BELOW if value < low else None)
    return _spans(list(enumerate(sides)), at_least=1)


def _runs(chart: Chart) -> Iterable[Span]:
    """Eight weeks with data or more on one side; a week on the line ends a run, a gap does not.

    One week far out pulls the mean away from all others, which then seem to be a run. So sides
    are judged by the mean without such spikes.
    """
    known = [(i, value) for i, value in enumerate(chart.values) if value is not None]
    spikes = _spikes(chart, known)
    level = fmean(value for i, value in known if i not in spikes)
    return _spans([(i, _side(value, level)) for i, value in known], at_least=RUN)


def _spikes(chart: Chart, known: Sequence[tuple[int, float]]) -> set[int]:
    """One or two weeks outside the limits whose neighbours are on the other side."""
    sides = [(i, _side(value, chart.centre)) for i, value in known]
    found: set[int] = set()
    for side, first, last in _outside(chart):
        before = [one for i, one in sides if i < first][-1:]
        after = [one for i, one in sides if i > last][:1]
        if last - first < SPIKE and side not in before + after:
            found |= set(range(first, last + 1))
    return found


def _side(value: float, centre: float) -> Side | None:
    if value == centre:
        return None
    return Side.ABOVE if value > centre else Side.BELOW


def _spans(sides: Sequence[tuple[int, Side | None]], *, at_least: int) -> Iterable[Span]:
    for side, group in groupby(sides, key=lambda one: one[1]):
        weeks = [i for i, _side in group]
        if side is not None and len(weeks) >= at_least:
            yield side, weeks[0], weeks[-1]


def _is_rare_sum(run: Span, counts: Sequence[int | None], centre: float) -> bool:
    _side, first, last = run
    inside = [count for count in counts[first : last + 1] if count is not None]
    expected = centre * len(inside)
    return abs(sum(inside) - expected) > OF_RUN * sqrt(expected)


def _is_rare_share(
    run: Span,
    weeks: Sequence[tuple[int, int] | None],
    centre: float,
    wider: float,
) -> bool:
    _side, first, last = run
    inside = [week for week in weeks[first : last + 1] if week is not None]
    k, n = sum(k for k, _n in inside), sum(n for _k, n in inside)
    return abs(k / n - centre) > OF_RUN * wider * sqrt(centre * (1 - centre) / n)


def _strength(
    chart: Chart, deviations: Sequence[float | None], first: int, last: int, *, is_run: bool
) -> float:
    """Return the distance from the centre in deviations: of a run's mean, of the furthest week."""
    distances = [
        abs(value - chart.centre) / deviation
        for value, deviation in zip(
            chart.values[first : last + 1], deviations[first : last + 1], strict=True
        )
        if value is not None and deviation
    ]
    if not distances:
        return 0.0
    return fmean(distances) * sqrt(len(distances)) if is_run else max(distances)

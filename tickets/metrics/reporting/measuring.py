"""Measure metrics over a period: exact at any moment, from rolled-up days where there are such."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil, floor, sqrt

from helpdesk.accounts.models import Agent
from tickets.metrics.reporting.cells import BUSINESS, Cell, cells_of
from tickets.metrics.reporting.cutting import Cut, Dimension, Filters
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.metric import Metric, Shape
from tickets.metrics.reporting.periods import Period, Step

# Fewer values than this are shown one by one.
FEW = 10
_SCORES = (Shape.CSAT, Shape.CES, Shape.NPS)
_HALF_Z, _P90 = 0.98, 0.9


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a report. Empty (n 0) is "no data", never 0.

    `total` are the hits of a share. Times are in seconds of the clock asked for; `low` and `high`
    are the ends of the median's 95 % order-statistic interval, from ten values on. `values` are
    all of them where they are few, or scores. Of one agent's few values only their n is known
    (`is_withheld`): so few say nothing of a person.
    """

    metric: Metric
    n: int = 0
    total: float = 0
    median: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    values: tuple[float, ...] = ()
    is_withheld: bool = False

    @property
    def hits(self) -> int:
        return round(self.total)


@dataclass(frozen=True)
class Report:
    """Figures by metric: of the whole period, and of its parts or of each key of a dimension.

    A part is named by its first day (ISO), a key as text; one without facts has no figure.
    """

    period: Period
    clock: str
    whole: dict[str, Figure]
    parts: dict[str, dict[str, Figure]] = field(default_factory=dict)

    def part(self, metric: str, name: str) -> Figure:
        return self.parts[metric].get(name) or Figure(metric=METRICS[metric])


def measure(
    metrics: Sequence[str],
    period: Period,
    *,
    agent: Agent,
    at: datetime,
    filters: Filters | None = None,
    by: Step | Dimension | None = None,
    clock: str = BUSINESS,
) -> Report:
    """Measure these metrics over a period, by its days, weeks or months, or by a dimension.

    Counts only what `agent` may see (Cut.of); what cannot be cut so has no figure. Costs at most
    two statements, over rolled-up days where no more than one dimension is asked for. Raises
    KeyError for a metric there is not.
    """
    asked = [METRICS[key] for key in metrics]
    cut = Cut.of(filters or Filters(), agent)
    asked = [metric for metric in asked if metric.may_be_cut_by(cut.keys)]
    cells = cells_of(asked, period, cut, by, at=at, clock=clock)
    found = {place: _figure(METRICS[place[0]], cell) for place, cell in cells.items()}
    if by == Dimension.AGENT:
        found = {place: _fair(figure) if place[1] else figure for place, figure in found.items()}
    parts: dict[str, dict[str, Figure]] = {key: {} for key in metrics}
    dimensions = [by] if isinstance(by, Dimension) else []
    for (key, part), figure in found.items():
        if part is not None and METRICS[key].may_be_cut_by(dimensions):
            parts[key][part] = figure
    whole = {key: found.get((key, None)) or Figure(metric=METRICS[key]) for key in metrics}
    return Report(period=period, clock=clock, whole=whole, parts=parts)


def _figure(metric: Metric, cell: Cell) -> Figure:
    known = Figure(metric=metric, n=cell.n, total=cell.total)
    values, count = cell.values, len(cell.values)
    if not values:
        return known
    low = high = None
    if count >= FEW:
        # The ends of the median's interval are order statistics: n/2 less and more 1.96 √n / 2.
        low = values[max(1, floor(count / 2 - _HALF_Z * sqrt(count))) - 1]
        high = values[min(count, ceil(1 + count / 2 + _HALF_Z * sqrt(count))) - 1]
    place = _P90 * (count - 1)
    below, above = values[floor(place)], values[min(count - 1, floor(place) + 1)]
    return replace(
        known,
        median=(values[(count - 1) // 2] + values[count // 2]) / 2,
        p90=below + (place - floor(place)) * (above - below),
        low=low,
        high=high,
        values=tuple(values) if count < FEW or metric.shape in _SCORES else (),
    )


def _fair(figure: Figure) -> Figure:
    if figure.n >= FEW or figure.metric.shape == Shape.COUNT:
        return figure
    return Figure(metric=figure.metric, n=figure.n, is_withheld=True)


def by_part(report: Report, metric: str, step: Step) -> Iterator[tuple[Period, Figure]]:
    """Yield every day, week or month of a report in order, those without facts too."""
    known: Mapping[str, Figure] = report.parts[metric]
    for part in report.period.parts(step):
        yield part, known.get(part.first.isoformat()) or Figure(metric=METRICS[metric])

"""Metrics as pages show them: the number, its weeks, its rows, and a change where it is flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from helpdesk.lib.signals import Signal, strongest
from helpdesk.web import AgentRequest
from tickets.desk.insights.asking import Asked
from tickets.desk.insights.series import Series, say_signal, series_of
from tickets.metrics.reporting.cutting import Dimension
from tickets.metrics.reporting.measuring import Report, measure
from tickets.metrics.reporting.metric import Metric
from tickets.metrics.reporting.showing import Shown, show


@dataclass(frozen=True)
class Line:
    """One metric as it is shown: its number, its weeks, and a change where it is flagged."""

    metric: Metric
    shown: Shown
    series: Series
    url: str
    rows: str
    signal: Signal | None = None

    @property
    def change(self) -> str:
        return say_signal(self.series, self.signal) if self.signal else ""

    @property
    def band(self) -> tuple[float | None, float | None]:
        return self.series.band or (None, None)


def measured(
    keys: Sequence[str],
    asked: Asked,
    request: AgentRequest,
    at: datetime,
    *,
    by: Dimension | None = None,
) -> Report:
    """Measure what a page is asked for, by its weeks or months or by a dimension."""
    return measure(
        keys, asked.period, agent=request.user, at=at,
        filters=asked.filters, by=by or asked.step, clock=asked.clock,
    )  # fmt: skip


def lines_of(report: Report, asked: Asked, at: datetime) -> dict[str, Line]:
    """Every metric of a report; only the strongest changes keep their flag."""
    series = {key: series_of(report, key, asked.step, at=at) for key in report.whole}
    flagged = strongest({key: one.signal for key, one in series.items()})
    return {
        key: Line(
            metric=figure.metric,
            shown=show(figure),
            series=series[key],
            url=f"{reverse('desk:cx-metric', args=[key])}{asked.query()}",
            rows=asked.rows_url(key),
            signal=flagged.get(key),
        )
        for key, figure in report.whole.items()
    }

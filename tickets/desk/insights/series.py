"""A metric over weeks: its line, its limits, and whether it has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.template.defaultfilters import date as format_date
from django.utils.translation import gettext as _

from helpdesk.lib.plots import LinePlot, Mark, Words, line_plot
from helpdesk.lib.signals import (
    Chart,
    Side,
    Signal,
    chart_of_counts,
    chart_of_shares,
    chart_of_times,
    chart_of_values,
)
from tickets.desk.insights.asking import Asked
from tickets.desk.insights.figures import SHARES, hits_of, say_value, value_of
from tickets.metrics.reporting.measuring import Figure, Report, by_part
from tickets.metrics.reporting.metric import Metric, Shape
from tickets.metrics.reporting.periods import Period, Step, following
from tickets.metrics.reporting.showing import show


@dataclass(frozen=True)
class Series:
    """The parts of a period with their figures. `chart` knows only those that are over."""

    metric: Metric
    step: Step
    parts: tuple[tuple[Period, Figure], ...]
    is_partial: tuple[bool, ...]
    chart: Chart | None

    @property
    def values(self) -> list[float | None]:
        """The values of the weeks that are over, for a sparkline."""
        known = zip(self.parts, self.is_partial, strict=True)
        return [value_of(figure) for (_part, figure), is_partial in known if not is_partial]

    def labelled(self) -> list[tuple[str, bool]]:
        """Each part's name, and whether it is not over yet."""
        known = zip(self.parts, self.is_partial, strict=True)
        return [(_label(part, self.step), is_partial) for (part, _figure), is_partial in known]

    @property
    def band(self) -> tuple[float, float] | None:
        """What is normal, where all weeks have one band; else in the middle of theirs."""
        if self.chart is None:
            return None
        low = [one for one in self.chart.lower if one is not None]
        high = [one for one in self.chart.upper if one is not None]
        return median(low), median(high)

    @property
    def signal(self) -> Signal | None:
        return self.chart.signal if self.chart else None


def series_of(report: Report, key: str, step: Step, *, at: datetime) -> Series:
    """Read a metric by week or month, and judge those that are over."""
    parts = tuple(by_part(report, key, step))
    metric = report.whole[key].metric
    today = at.astimezone(ZoneInfo(report.period.zone)).date()
    ripe = today - timedelta(days=metric.unfinished_days)
    is_partial = tuple(following(part.first, step) > ripe for part, _figure in parts)
    over = [figure for (_p, figure), cut in zip(parts, is_partial, strict=True) if not cut]
    return Series(metric, step, parts, is_partial, _chart(metric, over))


def _chart(metric: Metric, figures: list[Figure]) -> Chart | None:
    if metric.shape == Shape.COUNT:
        return chart_of_counts([figure.n or None for figure in figures])
    if metric.shape in SHARES:
        return chart_of_shares([(hits_of(figure), figure.n) for figure in figures])
    chart_of = chart_of_times if metric.shape == Shape.TIME else chart_of_values
    return chart_of([value_of(figure) for figure in figures])


def say_signal(series: Series, signal: Signal) -> str:
    """Say what has changed, since when, and whether that is good."""
    first, _figure = series.parts[signal.first]
    is_up = signal.side == Side.ABOVE
    words = {
        "n": signal.last - signal.first + 1,
        "week": format_date(first.first, "j M"),
        "verdict": _verdict(series.metric, is_up=is_up),
    }
    if signal.is_run:
        said = _("▲ %(n)s weeks above usual since %(week)s%(verdict)s")
        said = said if is_up else _("▼ %(n)s weeks below usual since %(week)s%(verdict)s")
    else:
        said = _("▲ above its limits in the week of %(week)s%(verdict)s")
        said = said if is_up else _("▼ below its limits in the week of %(week)s%(verdict)s")
    return said % words


def _verdict(metric: Metric, *, is_up: bool) -> str:
    """Volume is neither good nor bad."""
    if metric.shape == Shape.COUNT and not metric.is_lower_better:
        return ""
    return f": {_('worse')}" if is_up == metric.is_lower_better else f": {_('better')}"


def plot_of(
    series: Series, asked: Asked, *, changes: list[tuple[datetime, str]] | None = None
) -> LinePlot:
    """Draw a series; every point leads to the rows of its week."""
    metric = series.metric
    marks = [
        Mark(
            label=_label(part, series.step),
            value=value_of(figure),
            text=show(figure).main,
            note=show(figure).beside or _("n %(n)s") % {"n": figure.n},
            url=asked.rows_url(metric.key, part) if figure.n else "",
            is_partial=is_partial,
        )
        for (part, figure), is_partial in zip(series.parts, series.is_partial, strict=True)
    ]
    signal = series.signal
    desc = say_signal(series, signal) if signal else _("No change beyond what is usual.")
    return line_plot(
        metric.key,
        str(metric.label),
        desc if series.chart else _("Too few weeks with data to say what is usual."),
        marks,
        chart=series.chart,
        words=_words(series),
        changes=[(_index(series, at), text) for at, text in changes or []],
    )


def _label(part: Period, step: Step) -> str:
    return format_date(part.first, "M Y" if step == Step.MONTH else "j M")


def _words(series: Series) -> Words | None:
    band = series.band
    if series.chart is None or band is None:
        return None
    figure = series.parts[0][1]
    return Words(
        centre=_("usual %(value)s") % {"value": say_value(figure, series.chart.centre)},
        upper=_("upper limit %(value)s") % {"value": say_value(figure, band[1])},
        lower=_("lower limit %(value)s") % {"value": say_value(figure, band[0])},
    )


def _index(series: Series, at: datetime) -> int:
    """The week in which something was changed."""
    return next(
        (i for i, (part, _figure) in enumerate(series.parts) if part.ends_at > at),
        len(series.parts) - 1,
    )

"""The answer to a report's question: one table, which pages show, mails carry and files hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.cx.spreads import INTERVAL_FROM
from helpdesk.accounts.models import Agent
from tickets.feedback.numbers import (
    EASY,
    GOOD,
    good_of,
    mean_interval,
    nps_interval,
    sides_of,
)
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.measuring import Figure, Report, by_part, measure
from tickets.metrics.reporting.metric import Metric, Shape
from tickets.metrics.reporting.naming import names_of
from tickets.metrics.reporting.periods import Period, Step
from tickets.metrics.reporting.showing import interval, percent, rate
from tickets.reports.asking import Asked


@dataclass(frozen=True)
class Row:
    """A part of the period or a key of the dimension, with a figure of each metric asked for.

    `key` is the part's first day (ISO) or the key; `period` the days that the row covers.
    """

    key: str
    label: str
    period: Period
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Table:
    """A report as it stands at a moment: the rows, and below them the whole."""

    asked: Asked
    at: datetime
    metrics: tuple[Metric, ...]
    rows: tuple[Row, ...]
    whole: Row

    @property
    def period(self) -> Period:
        return self.whole.period


def answer(asked: Asked, *, agent: Agent, at: datetime) -> Table:
    """Measure what a report asks for, of what an agent may see."""
    period = asked.period(at)
    found = measure(
        asked.metrics,
        period,
        agent=agent,
        at=at,
        filters=asked.filters,
        by=asked.by,
        clock=asked.clock,
    )
    whole = tuple(found.whole[key] for key in asked.metrics)
    return Table(
        asked=asked,
        at=at,
        metrics=tuple(METRICS[key] for key in asked.metrics),
        rows=tuple(_rows(asked, found)),
        whole=Row("", _("Whole period"), period, whole),
    )


def plain(figure: Figure) -> dict[str, float | None]:
    """Return a figure's numbers by name, unrounded, as files and the API say them.

    Times are in seconds, shares in per cent; None where there is too little to say it.
    """
    shape, n = figure.metric.shape, figure.n
    if figure.is_withheld:
        return dict.fromkeys(names(shape)) | {"n": n}
    if shape == Shape.COUNT:
        return {"n": n}
    if shape == Shape.RATE:
        return {"n": n, "hits": figure.hits, "rate": rate(figure)}
    if shape == Shape.SHARE:
        low, high = interval(figure) or (None, None)
        return {
            "n": n, "hits": figure.hits, "percent": percent(figure), "low": low, "high": high,
        }  # fmt: skip
    if shape in {Shape.TIME, Shape.NUMBER}:
        return {
            "n": n, "median": figure.median, "p90": figure.p90,
            "low": figure.low, "high": figure.high,
        }  # fmt: skip
    return _scores(figure)


def names(shape: Shape) -> tuple[str, ...]:
    """Return the names of a figure's numbers of this shape, as `plain` gives them."""
    one = next(metric for metric in METRICS.values() if metric.shape == shape)
    return tuple(plain(Figure(metric=one)))


def _scores(figure: Figure) -> dict[str, float | None]:
    scores, n = [round(value) for value in figure.values], figure.n
    middle = low = high = None
    if figure.metric.shape == Shape.NPS:
        promoters, detractors = sides_of(scores)
        if n >= INTERVAL_FROM:
            middle, low, high = nps_interval(promoters, detractors, n)
        return {
            "n": n, "promoters": promoters, "detractors": detractors,
            "score": middle, "low": low, "high": high,
        }  # fmt: skip
    if n >= INTERVAL_FROM:
        middle, low, high = mean_interval(scores)
    good = EASY if figure.metric.shape == Shape.CES else GOOD
    return {
        "n": n, "good": good_of(scores, least=good),
        "mean": middle, "low": low, "high": high,
    }  # fmt: skip


def _rows(asked: Asked, found: Report) -> Iterator[Row]:
    if isinstance(asked.by, Step):
        parts = [list(by_part(found, key, asked.by)) for key in asked.metrics]
        for together in zip(*parts, strict=True):
            period = together[0][0]
            figures = tuple(figure for _period, figure in together)
            yield Row(period.first.isoformat(), _dates(period), period, figures)
    elif asked.by is not None:
        keys = {key for parts in found.parts.values() for key in parts}
        known = names_of(asked.by, keys)
        for key in sorted(keys, key=lambda key: (not key, (known.get(key) or key).lower())):
            figures = tuple(found.part(metric, key) for metric in asked.metrics)
            yield Row(key, known.get(key) or key or _("none"), found.period, figures)


def _dates(period: Period) -> str:
    first = date_format(period.first, "SHORT_DATE_FORMAT")
    if period.first == period.last:
        return first
    last = date_format(period.last, "SHORT_DATE_FORMAT")
    return _("%(first)s to %(last)s") % {"first": first, "last": last}

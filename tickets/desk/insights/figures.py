"""Where a figure stands on a line, beside how it is said (tickets.metrics.reporting.showing)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tickets.feedback.numbers import good_of, sides_of
from tickets.metrics.reporting.measuring import Figure
from tickets.metrics.reporting.metric import Shape
from tickets.metrics.reporting.showing import said

PERCENT = 100
SHARES = frozenset({Shape.SHARE, Shape.CSAT})


def value_of(figure: Figure) -> float | None:
    """Where a figure stands on a line, shares from 0 to 1; None without data."""
    if not figure.n:
        return None
    match figure.metric.shape:
        case Shape.COUNT:
            value: float | None = figure.n
        case Shape.RATE:
            value = figure.metric.per * figure.total / figure.n
        case Shape.SHARE | Shape.CSAT:
            value = hits_of(figure) / figure.n
        case Shape.CES:
            value = sum(figure.values) / figure.n
        case Shape.NPS:
            promoters, detractors = sides_of(figure.values)
            value = PERCENT * (promoters - detractors) / figure.n
        case _:
            value = figure.median
    return value


def say_value(figure: Figure, value: float) -> str:
    """A value on the line of a figure's metric: its centre, a limit."""
    if figure.metric.shape in SHARES:
        return _("%(share)s %%") % {"share": round(PERCENT * value)}
    return said(figure, value) if figure.metric.shape == Shape.TIME else f"{value:.1f}"


def hits_of(figure: Figure) -> int:
    """The hits of a share; of ratings those of 4 and 5."""
    if figure.metric.shape == Shape.CSAT:
        return good_of(figure.values)
    return figure.hits

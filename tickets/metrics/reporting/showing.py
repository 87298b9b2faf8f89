"""A figure in words no surer than its n allows (METRICS 5.5), the same on pages and in mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.cx.display import SUMMARY_FROM, show_share
from customers.cx.spreads import INTERVAL_FROM, wilson
from helpdesk.templatetags.desk import duration
from tickets.feedback.numbers import (
    EASY,
    good_of,
    mean_interval,
    nps_interval,
    sides_of,
    spread_of,
)
from tickets.metrics.reporting.measuring import Figure
from tickets.metrics.reporting.metric import Shape


@dataclass(frozen=True)
class Shown:
    """What is printed large, what beside it, and how much it rests on. No data has no `main`."""

    main: str
    beside: str
    n: int


def show(figure: Figure) -> Shown:
    """Say a figure: below five values each of them, below ten median and ends, then more."""
    if not figure.n:
        return Shown("", _("no data"), 0)
    if figure.is_withheld:
        return Shown("", _("too few to say, n %(n)s") % {"n": figure.n}, figure.n)
    return _BY_SHAPE.get(figure.metric.shape, _scores)(figure)


def _count(figure: Figure) -> Shown:
    return Shown(str(figure.n), "", figure.n)


def rate(figure: Figure) -> float | None:
    """Return the hits for so many as the metric is said per, where there are enough to say it."""
    enough = figure.n >= SUMMARY_FROM
    return figure.metric.per * figure.total / figure.n if enough else None


def percent(figure: Figure) -> float | None:
    """Return hits of all in per cent where there are enough to say it, as charts draw it."""
    return 100 * figure.total / figure.n if figure.n >= SUMMARY_FROM else None


def interval(figure: Figure) -> tuple[float, float] | None:
    """Return the 95 % Wilson interval of a share in per cent, from ten on."""
    if figure.metric.shape != Shape.SHARE or figure.n < INTERVAL_FROM:
        return None
    low, high = wilson(figure.hits, figure.n)
    return 100 * low, 100 * high


def _rate(figure: Figure) -> Shown:
    """Contacts come in clusters of a customer's, so an interval as of chance would be too sure."""
    words, known = {"hits": figure.hits, "n": figure.n}, rate(figure)
    said = _("%(hits)s for %(n)s") % words
    if known is None:
        return Shown(said, "", figure.n)
    return Shown(f"{known:.3g}", said, figure.n)


def _share(figure: Figure) -> Shown:
    ends = interval(figure)
    if ends is None:
        return Shown(show_share(figure.hits, figure.n, nothing=""), "", figure.n)
    low, high = ends
    main = _("%(share)s %%") % {"share": round(100 * figure.total / figure.n)}
    beside = _("%(low)s to %(high)s %%, n %(n)s") % {
        "low": round(low),
        "high": round(high),
        "n": figure.n,
    }
    return Shown(main, beside, figure.n)


def _spread(figure: Figure) -> Shown:
    if figure.n < SUMMARY_FROM:
        values = ", ".join(said(figure, value) for value in figure.values)
        return Shown(values, _("n %(n)s") % {"n": figure.n}, figure.n)
    main = said(figure, figure.median)
    if figure.n < INTERVAL_FROM:
        words = {"low": said(figure, figure.values[0]), "high": said(figure, figure.values[-1])}
        beside = _("from %(low)s to %(high)s") % words
    else:
        beside = _("9 of 10 within %(p90)s") % {"p90": said(figure, figure.p90)}
    return Shown(main, _("%(spread)s, n %(n)s") % {"spread": beside, "n": figure.n}, figure.n)


def said(figure: Figure, value: float | None) -> str:
    """Say one value of a figure in its unit."""
    if value is None:
        return ""
    return duration(value) if figure.metric.shape == Shape.TIME else f"{value:.4g}"


def _scores(figure: Figure) -> Shown:
    scores, n = [round(value) for value in figure.values], figure.n
    if n < SUMMARY_FROM:
        return Shown(", ".join(map(str, scores)), _("n %(n)s") % {"n": n}, n)
    if figure.metric.shape == Shape.CSAT:
        return _csat(scores)
    if n < INTERVAL_FROM:
        return Shown(", ".join(map(str, scores)), _("n %(n)s") % {"n": n}, n)
    return _ces(scores) if figure.metric.shape == Shape.CES else _nps(scores)


def _csat(scores: list[int]) -> Shown:
    n, good = len(scores), good_of(scores)
    words: dict[str, object] = {"good": good, "n": n}
    words["spread"] = spread_of(scores)
    if n < INTERVAL_FROM:
        return Shown(_("%(good)s of %(n)s") % words, _("4 or 5 (%(spread)s)") % words, n)
    low, high = wilson(good, n)
    words |= {"low": round(100 * low), "high": round(100 * high)}
    beside = _("%(low)s to %(high)s %% rated 4 or 5 (%(spread)s), n %(n)s") % words
    return Shown(_("%(share)s %%") % {"share": round(100 * good / n)}, beside, n)


def _ces(scores: list[int]) -> Shown:
    middle, low, high = mean_interval(scores)
    words = {"low": f"{max(1.0, low):.1f}", "high": f"{min(7.0, high):.1f}", "n": len(scores)}
    words["easy"] = good_of(scores, least=EASY)
    beside = _("%(low)s to %(high)s of 7, easy for %(easy)s, n %(n)s") % words
    return Shown(f"{middle:.1f}", beside, len(scores))


def _nps(scores: list[int]) -> Shown:
    n, (promoters, detractors) = len(scores), sides_of(scores)
    raw, low, high = nps_interval(promoters, detractors, n)
    words = {"low": f"{low:+.0f}", "high": f"{high:+.0f}", "p": promoters, "d": detractors, "n": n}
    beside = _("%(low)s to %(high)s, %(p)s promoters, %(d)s detractors, n %(n)s") % words
    return Shown(f"{raw:+.0f}", beside, n)


_BY_SHAPE: dict[Shape, Callable[[Figure], Shown]] = {
    Shape.COUNT: _count,
    Shape.RATE: _rate,
    Shape.SHARE: _share,
    Shape.TIME: _spread,
    Shape.NUMBER: _spread,
}

"""How a number is shown by how much there is of it: never more than the data can bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.cx.spreads import INTERVAL_FROM, SIGNAL_FROM, wilson
from helpdesk.templatetags.desk import duration

# From how many values on each way of showing is honest.
SUMMARY_FROM = 5
SPARKLINE_FROM = 12


@dataclass(frozen=True)
class Point:
    """One value behind a number: when, of which ticket, and its words."""

    at: datetime
    value: float
    text: str
    ticket_number: int | None


@dataclass(frozen=True)
class Cell:
    """One block of the summary, ready to print. `key` names the block its rows open by.

    `points` are to be shown one by one (fewer than five values); `trend` is for a sparkline.
    `change` says how it differs from the window before, where it truly does.
    """

    key: str
    label: str
    text: str
    n: int
    note: str = ""
    usual: str = ""
    change: str = ""
    points: tuple[Point, ...] = ()
    trend: tuple[float, ...] = ()


def show_times(spread: Mapping[str, Any], *, nothing: str) -> str:
    """Say a spread of seconds: each value, then median and ends, then median and middle half."""
    n = spread.get("n", 0)
    if n == 0:
        return nothing
    if n < SUMMARY_FROM:
        return ", ".join(duration(point["value"]) for point in spread["points"])
    low, high = ("min", "max") if n < INTERVAL_FROM else ("q1", "q3")
    words = {
        "median": duration(spread["median"]),
        "low": duration(spread[low]),
        "high": duration(spread[high]),
    }
    if n < INTERVAL_FROM:
        return _("%(median)s (all %(low)s to %(high)s)") % words
    return _("%(median)s (half of them %(low)s to %(high)s)") % words


def show_share(k: int, n: int, *, nothing: str) -> str:
    """Say k of n: a fraction, and from ten on a percentage with its interval."""
    if n == 0:
        return nothing
    if n < INTERVAL_FROM:
        return _("%(k)s of %(n)s") % {"k": k, "n": n}
    low, high = wilson(k, n)
    return _("%(share)s %% (%(low)s to %(high)s %%, n %(n)s)") % {
        "share": round(100 * k / n),
        "low": round(100 * low),
        "high": round(100 * high),
        "n": n,
    }


def show_change(block: Mapping[str, Any], n: int) -> str:
    """Say that a number of n values rose or fell; empty unless the data bears it out."""
    was, direction = block["was"], block["change"]
    if not direction:
        return ""
    if n >= SIGNAL_FROM:
        return (
            _("↑ higher of late than chance explains")
            if direction == "up"
            else _("↓ lower of late than chance explains")
        )
    if "k" in was:
        before = _("%(share)s %%") % {"share": round(100 * was["k"] / was["n"])}
    else:
        before = duration(was["median"])
    words = {"before": before, "n": was["n"]}
    if direction == "up":
        return _("↑ up from %(before)s in the year before (n %(n)s)") % words
    return _("↓ down from %(before)s in the year before (n %(n)s)") % words


def points_of(spread: Mapping[str, Any]) -> tuple[Point, ...]:
    """The single values of a spread of seconds, where they are few."""
    if not 0 < spread["n"] < SUMMARY_FROM:
        return ()
    return tuple(_point(point, duration(point["value"])) for point in spread["points"])


def yes_no(block: Mapping[str, Any]) -> tuple[Point, ...]:
    """The single answers of a share, where they are few."""
    if not 0 < block["n"] < SUMMARY_FROM:
        return ()
    return tuple(_point(p, _("yes") if p["value"] else _("no")) for p in block["points"])


def _point(point: Mapping[str, Any], text: str) -> Point:
    at = datetime.fromisoformat(point["at"])
    return Point(at, point["value"], text, point["ticket"])


def trend_of(spread: Mapping[str, Any]) -> tuple[float, ...]:
    """The values of a sparkline, where there are enough of them."""
    if spread["n"] < SPARKLINE_FROM:
        return ()
    return tuple(point["value"] for point in spread["points"])

"""How a number is shown by how much there is of it: never more than the data can bear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.cx.models import CXBaseline
from helpdesk.templatetags.desk import duration

# From how many values on each way of showing is honest.
SUMMARY_FROM, INTERVAL_FROM, ALL_FROM = 5, 10, 30
SPARKLINE_FROM = 12
Z = 1.96


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
    """

    key: str
    label: str
    text: str
    n: int
    note: str = ""
    usual: str = ""
    points: tuple[Point, ...] = ()
    trend: tuple[float, ...] = ()


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of k in n, as shares (METRICS 5.5)."""
    share = k / n
    spread = 1 + Z**2 / n
    centre = (share + Z**2 / (2 * n)) / spread
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / spread
    return max(0.0, centre - half), min(1.0, centre + half)


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


def cells(
    data: Mapping[str, Any], *, at: datetime, usual: Mapping[str, CXBaseline] | None = None
) -> list[Cell]:
    """Return the blocks of a stored summary in the order of the page.

    `usual` is what is usual in the workspace, by kind of fact (customers.cx.baseline).
    """
    usual = usual or {}
    return [
        _contacts(data["contacts"]),
        _tickets(data["tickets"]),
        _first_reply(data["first_reply"], usual.get("first_response")),
        _time_to_solve(data["time_to_solve"], usual.get("time_to_solve"), at),
        _waiting(data["waiting"]),
        _share_cell(
            "first_contact",
            _("Solved first time"),
            data["first_contact"],
            _("None decided yet"),
            usual.get("first_contact"),
        ),
        _came_back(data),
        _promises(data["promises"], usual.get("promise")),
        _ratings(data["ratings"]),
    ]


def _contacts(block: Mapping[str, Any]) -> Cell:
    was = _("was %(n)s in the 90 days before") % {"n": block["was"]}
    return Cell("contacts", _("Contacts"), str(block["n"]), block["n"], note=was)


def _tickets(block: Mapping[str, Any]) -> Cell:
    note = _("%(solved)s solved, %(repeated)s needed two contacts or more") % block
    return Cell("tickets", _("Tickets"), str(block["n"]), block["n"], note=note)


def _first_reply(block: Mapping[str, Any], usual: CXBaseline | None) -> Cell:
    spread = block["business"]
    return Cell(
        "first_reply",
        _("First reply"),
        show_times(spread, nothing=_("No first replies yet")),
        spread["n"],
        note=_("business time") if spread["n"] else "",
        usual=_usual_time(usual, spread["n"]),
        points=_points(spread),
        trend=_trend(spread),
    )


def _time_to_solve(block: Mapping[str, Any], usual: CXBaseline | None, at: datetime) -> Cell:
    spread = block["business"]
    notes = [_still_open(block["open"], at)] if block["open"] else []
    if spread["n"]:
        calendar = show_times(block["calendar"], nothing="")
        notes.insert(0, _("business time; by the calendar %(times)s") % {"times": calendar})
    return Cell(
        "time_to_solve",
        _("Time to solve"),
        show_times(spread, nothing=_("None solved yet")),
        spread["n"],
        note="; ".join(notes),
        usual=_usual_time(usual, spread["n"]),
        points=_points(spread),
        trend=_trend(spread),
    )


def _still_open(tickets: list[list[Any]], at: datetime) -> str:
    oldest = min(datetime.fromisoformat(opened) for _number, opened in tickets)
    words = {"n": len(tickets), "days": max(0, (at - oldest).days)}
    return (
        ngettext(
            "%(n)s still open, %(days)s d so far",
            "%(n)s still open, oldest %(days)s d",
            len(tickets),
        )
        % words
    )


def _waiting(block: Mapping[str, Any]) -> Cell:
    on_us, on_customer = block["on_us"], block["on_customer"]
    note = ""
    if on_customer["n"]:
        note = _("on the customer %(times)s") % {"times": show_times(on_customer, nothing="")}
    text = show_times(on_us, nothing=_("None solved yet"))
    return Cell("waiting", _("Waited on us"), text, on_us["n"], note=note, points=_points(on_us))


def _share_cell(
    key: str, label: str, block: Mapping[str, Any], nothing: str, usual: CXBaseline | None
) -> Cell:
    n = block["n"]
    text = show_share(block["k"], n, nothing=nothing)
    return Cell(key, label, text, n, usual=_usual_share(usual, n), points=_yes_no(block))


def _came_back(data: Mapping[str, Any]) -> Cell:
    note = ngettext("%(n)s transfer", "%(n)s transfers", data["transfers"]) % {
        "n": data["transfers"]
    }
    return Cell("reopens", _("Reopened"), str(data["reopens"]), data["reopens"], note=note)


def _promises(block: Mapping[str, Any], usual: CXBaseline | None) -> Cell:
    overdue = block["overdue"]
    # A summary that was made before moved ones were counted says nothing of them.
    moved = block.get("moved", 0)
    notes = []
    if overdue:
        notes.append(ngettext("%(n)s overdue", "%(n)s overdue", overdue) % {"n": overdue})
    if moved:
        words = ngettext("%(n)s moved and open", "%(n)s moved and open", moved)
        notes.append(words % {"n": moved})
    return Cell(
        "promises",
        _("Promises kept in time"),
        show_share(block["k"], block["n"], nothing=_("No promise fell due yet")),
        block["n"],
        note=", ".join(notes),
        usual=_usual_share(usual, block["n"]),
        points=_yes_no(block),
    )


def _ratings(block: Mapping[str, Any]) -> Cell:
    """The last ones one by one; a percentage of good ones only from ten on."""
    n = block["n"]
    text = ", ".join(str(one["score"]) for one in block["last"]) or _("No ratings yet")
    good = show_share(block["good"], n, nothing="")
    notes = [_("4 or 5: %(share)s") % {"share": good}] if n >= SUMMARY_FROM else []
    notes += _beside_ratings(block)
    points = tuple(
        Point(datetime.fromisoformat(one["at"]), one["score"], one["comment"], one["ticket"])
        for one in block["last"]
    )
    return Cell("ratings", _("Ratings"), text, n, note=", ".join(notes), points=points)


def _beside_ratings(block: Mapping[str, Any]) -> list[str]:
    """The last scores on the other scales, and how often they said that they had to repeat."""
    said = []
    if "last_nps" in block:
        said.append(_("last NPS® %(score)s of 10") % {"score": block["last_nps"]})
    if "last_ces" in block:
        said.append(_("last CES %(score)s of 7") % {"score": block["last_ces"]})
    if "repeated" in block:
        k, n = block["repeated"]
        said.append(_("had to repeat: %(share)s") % {"share": show_share(k, n, nothing="")})
    return said


def _points(spread: Mapping[str, Any]) -> tuple[Point, ...]:
    if not 0 < spread["n"] < SUMMARY_FROM:
        return ()
    return tuple(
        Point(datetime.fromisoformat(p["at"]), p["value"], duration(p["value"]), p["ticket"])
        for p in spread["points"]
    )


def _yes_no(block: Mapping[str, Any]) -> tuple[Point, ...]:
    if not 0 < block["n"] < SUMMARY_FROM:
        return ()
    return tuple(
        Point(
            datetime.fromisoformat(p["at"]),
            p["value"],
            _("yes") if p["value"] else _("no"),
            p["ticket"],
        )
        for p in block["points"]
    )


def _trend(spread: Mapping[str, Any]) -> tuple[float, ...]:
    if spread["n"] < SPARKLINE_FROM:
        return ()
    return tuple(point["value"] for point in spread["points"])


def _usual_time(usual: CXBaseline | None, n: int) -> str:
    """Compare only where the customer's own number is more than a list of values."""
    if usual is None or usual.median_business is None or n < SUMMARY_FROM:
        return ""
    words = {"median": duration(usual.median_business), "n": usual.n}
    return _("usual here %(median)s (n %(n)s)") % words


def _usual_share(usual: CXBaseline | None, n: int) -> str:
    if usual is None or usual.share is None or n < INTERVAL_FROM:
        return ""
    return _("usual here %(share)s %% (n %(n)s)") % {
        "share": round(100 * usual.share),
        "n": usual.n,
    }

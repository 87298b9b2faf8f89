"""The blocks of the CX summary as they are printed, each by how much data it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.cx.baseline import Usual
from customers.cx.cohorts import cohort_words
from customers.cx.display import (
    SUMMARY_FROM,
    Cell,
    Point,
    points_of,
    show_change,
    show_share,
    show_times,
    trend_of,
    yes_no,
)
from customers.cx.models import CXBaseline
from customers.cx.queries import USUAL_WINDOW
from customers.cx.spreads import INTERVAL_FROM
from helpdesk.templatetags.desk import channel_name, duration

Block = Mapping[str, Any]


def cells(
    data: Block, *, at: datetime, usual: Usual | None = None, window: str = USUAL_WINDOW
) -> list[Cell]:
    """Return the blocks of a summary in the order of the page.

    `usual` is what is usual in the cohort, by kind of fact (customers.cx.baseline); `window` is
    that of contacts and issues.
    """
    usual = usual or {}
    return [
        _contacts(data["contacts"], window),
        _issues(data["issues"], window),
        _first_reply(data["first_reply"], usual.get("first_response")),
        _time_to_solve(data["time_to_solve"], usual.get("time_to_solve"), at),
        _waiting(data["waiting"]),
        _first_contact(data["first_contact"], usual.get("first_contact")),
        _came_back(data),
        _promises(data["promises"], usual.get("promise")),
        _targets(data["targets"], usual.get("target")),
        _ratings(data["ratings"], usual.get("repeated")),
        _effort(data["effort"], usual.get("contacts")),
    ]


def _was(block: Block, window: str) -> str:
    """What it was in the window of equal length before; nothing where there is none."""
    if block["was"] is None:
        return ""
    before = {
        "30d": _("was %(n)s in the 30 days before"),
        "90d": _("was %(n)s in the 90 days before"),
        "12m": _("was %(n)s in the 12 months before"),
    }
    return before[window] % {"n": block["was"]}


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _contacts(block: Block, window: str) -> Cell:
    by_channel = sorted(block["channels"].items(), key=lambda pair: (-pair[1], pair[0]))
    said = ", ".join(f"{channel_name(channel)} {n}" for channel, n in by_channel)
    note = _joined(said, _was(block, window))
    return Cell("contacts", _("Contacts"), str(block["n"]), block["n"], note=note)


def _issues(block: Block, window: str) -> Cell:
    note = _("%(solved)s solved, %(repeated)s needed two contacts or more") % block
    note = _joined(note, _was(block, window))
    return Cell("issues", _("Issues"), str(block["n"]), block["n"], note=note)


def _first_reply(block: Block, usual: CXBaseline | None) -> Cell:
    spread = block["business"]
    return Cell(
        "first_reply",
        _("First reply"),
        show_times(spread, nothing=_("No first replies yet")),
        spread["n"],
        note=_joined(_("business time"), _was_median(block)) if spread["n"] else "",
        usual=_usual_time(usual, spread["n"]),
        change=show_change(block, spread["n"]),
        points=points_of(spread),
        trend=trend_of(spread),
    )


def _time_to_solve(block: Block, usual: CXBaseline | None, at: datetime) -> Cell:
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
        change=show_change(block, spread["n"]),
        points=points_of(spread),
        trend=trend_of(spread),
    )


def _was_median(block: Block) -> str:
    """The own median of the year before, where there are enough values for one."""
    was = block["was"]
    if was["n"] < SUMMARY_FROM or block["change"]:
        return ""
    words = {"before": duration(was["median"]), "n": was["n"]}
    return _("was %(before)s in the year before (n %(n)s)") % words


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


def _waiting(block: Block) -> Cell:
    on_us, on_customer = block["on_us"], block["on_customer"]
    note = ""
    if on_customer["n"]:
        note = _("on the customer %(times)s") % {"times": show_times(on_customer, nothing="")}
    text = show_times(on_us, nothing=_("None solved yet"))
    points = points_of(on_us)
    return Cell("waiting", _("Waited on us"), text, on_us["n"], note=note, points=points)


def _first_contact(block: Block, usual: CXBaseline | None) -> Cell:
    n = block["n"]
    return Cell(
        "first_contact",
        _("Solved first time"),
        show_share(block["k"], n, nothing=_("None decided yet")),
        n,
        usual=_usual_share(usual, n),
        change=show_change(block, block["n"]),
        points=yes_no(block),
    )


def _came_back(data: Block) -> Cell:
    n = data["transfers"]
    note = ngettext("%(n)s transfer", "%(n)s transfers", n) % {"n": n}
    return Cell("reopens", _("Reopened"), str(data["reopens"]), data["reopens"], note=note)


def _promises(block: Block, usual: CXBaseline | None) -> Cell:
    overdue, moved = block["overdue"], block["moved"]
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
        points=yes_no(block),
    )


def _targets(block: Block, usual: CXBaseline | None) -> Cell:
    labels = {
        "target_first_reply": _("first reply"),
        "target_next_reply": _("next reply"),
        "target_solving": _("solving"),
    }
    by = [
        f"{labels[kind]} {show_share(one['k'], one['n'], nothing='')}"
        for kind, one in block["by"].items()
        if one["n"]
    ]
    named = [labels[kind] for kind, one in block["by"].items() if one["n"]]
    return Cell(
        "targets",
        _("Targets met"),
        show_share(block["k"], block["n"], nothing=_("No target has applied yet")),
        block["n"],
        note=", ".join(by) if len(by) > 1 else "".join(named),
        usual=_usual_share(usual, block["n"]),
        change=show_change(block, block["n"]),
        points=yes_no(block),
    )


def _ratings(block: Block, usual: CXBaseline | None) -> Cell:
    """The last ones one by one; a percentage of good ones only from ten on."""
    n = block["n"]
    text = ", ".join(str(one["score"]) for one in block["last"]) or _no_ratings(block["asked"])
    good = show_share(block["good"], n, nothing="")
    notes = [_("4 or 5: %(share)s") % {"share": good}] if n >= SUMMARY_FROM else []
    notes += _beside_ratings(block, usual)
    points = tuple(
        Point(datetime.fromisoformat(one["at"]), one["score"], one["comment"], one["ticket"])
        for one in block["last"]
    )
    return Cell("ratings", _("Ratings"), text, n, note=", ".join(notes), points=points)


def _no_ratings(asked: int) -> str:
    if not asked:
        return _("No ratings yet (never asked)")
    times = {1: _("once"), 2: _("twice")}.get(asked) or _("%(n)s times") % {"n": asked}
    return _("No ratings yet (asked %(times)s)") % {"times": times}


def _beside_ratings(block: Block, usual: CXBaseline | None) -> list[str]:
    """Answered of asked, the last scores on other scales, and how often they had to repeat."""
    said = []
    if block["asked"]:
        said.append(_("%(answered)s of %(asked)s surveys answered") % block)
    if "last_nps" in block:
        said.append(_("last NPS® %(score)s of 10") % {"score": block["last_nps"]})
    if "last_ces" in block:
        said.append(_("last CES %(score)s of 7") % {"score": block["last_ces"]})
    if "repeated" in block:
        k, n = block["repeated"]
        told = _("had to repeat: %(share)s") % {"share": show_share(k, n, nothing="")}
        compared = _usual_share(usual, n)
        said.append(f"{told} ({compared})" if compared else told)
    return said


def _effort(block: Block, usual: CXBaseline | None) -> Cell:
    """Counts, not a score: contacts per issue, other channels, told again."""
    spread = block["contacts"]
    switches, reasked = block["switches"], block["reasked"]
    n = {"n": switches}
    notes = [ngettext("%(n)s channel switch", "%(n)s channel switches", switches) % n]
    again = ngettext("asked again %(n)s time", "asked again %(n)s times", reasked)
    notes.append(again % {"n": reasked})
    compared = ""
    if usual is not None and usual.median is not None and spread["n"]:
        compared = _compared(f"{usual.median:g}", usual)
    return Cell(
        "effort",
        _("Contacts per issue"),
        _show_counts(spread),
        spread["n"],
        note=", ".join(notes) if spread["n"] else "",
        usual=compared,
    )


def _show_counts(spread: Block) -> str:
    n = spread["n"]
    if not n:
        return _("No issues yet")
    if n < SUMMARY_FROM:
        return ", ".join(f"{point['value']:g}" for point in spread["points"])
    low, high = ("min", "max") if n < INTERVAL_FROM else ("q1", "q3")
    words = {name: f"{spread[key]:g}" for name, key in (("median", "median"), ("low", low))}
    words["high"] = f"{spread[high]:g}"
    if n < INTERVAL_FROM:
        return _("%(median)s (all %(low)s to %(high)s)") % words
    return _("%(median)s (half of them %(low)s to %(high)s)") % words


def _usual_time(usual: CXBaseline | None, n: int) -> str:
    if usual is None or usual.median_business is None or not n:
        return ""
    return _compared(duration(usual.median_business), usual)


def _usual_share(usual: CXBaseline | None, n: int) -> str:
    if usual is None or usual.share is None or not n:
        return ""
    return _compared(_("%(share)s %%") % {"share": round(100 * usual.share)}, usual)


def _compared(value: str, usual: CXBaseline) -> str:
    words = {"value": value, "n": usual.n, "cohort": cohort_words(usual.cohort)}
    if usual.cohort:
        return _("typical %(value)s (%(cohort)s, n %(n)s)") % words
    return _("usual here %(value)s (n %(n)s)") % words

"""The blocks of the CX summary as they are printed, each by how much data it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.cx.baseline import Usual
from customers.cx.comparing import usual_share, usual_time
from customers.cx.display import (
    SUMMARY_FROM,
    Cell,
    points_of,
    show_change,
    show_share,
    show_times,
    trend_of,
    yes_no,
)
from customers.cx.models import CXBaseline
from customers.cx.queries import USUAL_WINDOW
from customers.cx.told_cells import effort_cell, ratings_cell, self_service_cell
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
    found = [
        _contacts(data["contacts"], window),
        _issues(data["issues"], window),
        _first_reply(data["first_reply"], usual.get("first_response")),
        _time_to_solve(data["time_to_solve"], usual.get("time_to_solve"), at),
        _waiting(data["waiting"]),
        _first_contact(data["first_contact"], usual.get("first_contact")),
        _came_back(data),
        _promises(data["promises"], usual.get("promise")),
        _targets(data["targets"], usual.get("target")),
        ratings_cell(data["ratings"], usual.get("repeated")),
        effort_cell(data["effort"], usual.get("contacts")),
    ]
    # Only where articles are read at all.
    return [*found, self_service_cell(served)] if (served := data["self_service"])["n"] else found


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
        usual=usual_time(usual, spread["n"]),
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
        usual=usual_time(usual, spread["n"]),
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
        usual=usual_share(usual, n),
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
        usual=usual_share(usual, block["n"]),
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
        usual=usual_share(usual, block["n"]),
        change=show_change(block, block["n"]),
        points=yes_no(block),
    )

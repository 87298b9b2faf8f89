"""The blocks of what customers told us, had to do, and did without us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.cx.comparing import compared_with, usual_share
from customers.cx.display import SUMMARY_FROM, Cell, Point, show_share, yes_no
from customers.cx.models import CXBaseline
from customers.cx.spreads import INTERVAL_FROM

Block = Mapping[str, Any]


def ratings_cell(block: Block, usual: CXBaseline | None) -> Cell:
    """Ratings, the last ones one by one; a percentage of good ones only from ten on."""
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
        compared = usual_share(usual, n)
        said.append(f"{told} ({compared})" if compared else told)
    return said


def effort_cell(block: Block, usual: CXBaseline | None) -> Cell:
    """Counts, not a score: contacts per issue, other channels, told again."""
    spread = block["contacts"]
    switches, reasked = block["switches"], block["reasked"]
    n = {"n": switches}
    notes = [ngettext("%(n)s channel switch", "%(n)s channel switches", switches) % n]
    again = ngettext("asked again %(n)s time", "asked again %(n)s times", reasked)
    notes.append(again % {"n": reasked})
    compared = ""
    if usual is not None and usual.median is not None and spread["n"]:
        compared = compared_with(f"{usual.median:g}", usual)
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


def self_service_cell(block: Block) -> Cell:
    """Articles read that spared them a contact; nobody is told a number of nothing."""
    return Cell(
        "self_service",
        _("Articles that served"),
        show_share(block["k"], block["n"], nothing=""),
        block["n"],
        note=_("read, and no contact in the 72 hours after"),
        points=yes_no(block),
    )

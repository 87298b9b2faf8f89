"""From the facts of one customer or organisation to their numbers (docs/metrics.md). Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from customers.cx.health import LEAVING_FOR, TARGETS, health
from customers.cx.issues import Issues, channel_switches
from customers.cx.seen import SHORT, YEAR, Seen, between, of_kind
from customers.cx.spreads import compare_shares, compare_times, point, share, spread, times

VERSION = 4
SHOWN_RATINGS = 5
KEPT_DUE = 12
GOOD = 4  # and 5, of 5
# An article has served if nobody turns to us so long after reading it.
SERVED_AFTER = timedelta(hours=72)

# Kinds whose facts count whatever their age.
LASTING = ("open", "rating", "ces", "nps", "invited", "issue")
# The year itself, and the one before, to compare with.
REACH = 2 * YEAR


def summarise(
    facts: Iterable[Seen], *, at: datetime, usual_days: int | None = None
) -> dict[str, Any]:
    """Return every block of the CX summary as of a moment, ready to store.

    Times are in seconds: `business` and `calendar` spreads with n, median, quartiles and the last
    points. A block whose n is 0 has no data; nothing is ever a 0 for want of data. `usual_days`
    is what the health word takes for the usual age of tickets.
    """
    known = sorted(facts, key=lambda fact: fact.at)
    year, before = between(known, at - YEAR, at), between(known, at - 2 * YEAR, at - YEAR)
    return {
        **counted(known, window=SHORT, at=at),
        "first_reply": _compared_times(year, before, "first_response"),
        "next_reply": times(year, "next_response"),
        "time_to_solve": _compared_times(year, before, "time_to_solve") | _still_open(known),
        "waiting": {
            "on_us": spread(of_kind(year, "time_to_solve"), lambda fact: fact.data["on_us"]),
            "on_customer": spread(
                of_kind(year, "time_to_solve"), lambda fact: fact.data["on_customer"]
            ),
        },
        "first_contact": _compared_share(year, before, "first_contact"),
        "one_touch": share(of_kind(year, "one_touch")),
        "reopens": len(of_kind(year, "reopened")),
        "transfers": len(of_kind(year, "transfer")),
        "promises": _promises(known, year, at),
        "targets": _compared_share(year, before, *TARGETS)
        | {"by": {kind: share(of_kind(year, kind)) for kind in TARGETS}},
        "ratings": _ratings(known),
        "effort": _effort(year, Issues(known)),
        "self_service": _self_service(known, at),
        "main_channel": _main_channel(year),
        **_imported(year),
        "usual_days": usual_days,
        "health": health(known, at=at, usual_days=usual_days),
    }


def counted(known: Sequence[Seen], *, window: timedelta | None, at: datetime) -> dict[str, Any]:
    """Return the blocks `contacts` and `issues` of one window; None for all time.

    `was` is the same count in the window of equal length before, where there is one.
    """
    now = [fact for fact in known if fact.at <= at]
    before = None
    if window is not None:
        now = between(known, at - window, at)
        before = between(known, at - 2 * window, at - window)
    issues = Issues(known)
    touched = issues.touched(of_kind(now, "contact"))
    channels = Counter(str(f.data.get("channel", "")) for f in of_kind(now, "contact"))
    return {
        "contacts": {
            "n": len(of_kind(now, "contact")),
            "was": None if before is None else len(of_kind(before, "contact")),
            "channels": dict(sorted(channels.items())),
        },
        "issues": {
            "n": len(touched),
            "was": None if before is None else len(issues.touched(of_kind(before, "contact"))),
            "solved": len(issues.solved(now, known)),
            "repeated": sum(len(contacts) > 1 for contacts in touched.values()),
        },
    }


def stale_at(
    facts: Iterable[Seen], *, at: datetime, usual_days: int | None = None
) -> datetime | None:
    """Return when time alone next changes the numbers: a window's edge, a promise falling due."""
    edges = (edge for fact in facts for edge in _edges(fact, usual_days) if edge > at)
    return min(edges, default=None)


def _edges(fact: Seen, usual_days: int | None) -> list[datetime]:
    edges = [fact.at, fact.at + SHORT, fact.at + 2 * SHORT, fact.at + YEAR, fact.at + 2 * YEAR]
    if fact.kind == "promise" and fact.value is None:
        # Five working days have passed after seven to nine days.
        edges += [fact.at + timedelta(days=days) for days in (7, 8, 9)]
    if fact.kind == "article":
        edges.append(fact.at + SERVED_AFTER)
    if fact.kind == "leaving":
        edges.append(fact.at + LEAVING_FOR)
    if fact.kind == "open" and usual_days is not None:
        edges.append(fact.at + timedelta(days=usual_days, seconds=1))
    return edges


def _compared_times(year: Sequence[Seen], before: Sequence[Seen], kind: str) -> dict[str, Any]:
    now, were = times(year, kind), times(before, kind)
    was = were["business"]
    return now | {
        "was": {"n": was["n"], "median": was.get("median")},
        "change": compare_times(of_kind(year, kind), now["business"], was),
    }


def _compared_share(year: Sequence[Seen], before: Sequence[Seen], *kinds: str) -> dict[str, Any]:
    facts = of_kind(year, *kinds)
    now, was = share(facts), share(of_kind(before, *kinds))
    change = compare_shares(facts, now, was)
    return now | {"was": {"k": was["k"], "n": was["n"]}, "change": change}


def _still_open(facts: Sequence[Seen]) -> dict[str, Any]:
    return {"open": [[f.ticket_number, f.at.isoformat()] for f in of_kind(facts, "open")]}


def _promises(known: Sequence[Seen], year: Sequence[Seen], at: datetime) -> dict[str, Any]:
    """Kept in time of those that fell due, or were closed before they did."""
    early = [fact for fact in of_kind(known, "promise") if fact.at > at and fact.value is not None]
    due = [*of_kind(year, "promise"), *early]
    still_open = [fact for fact in of_kind(known, "promise") if fact.value is None]
    return {
        "k": sum(fact.value == 1 for fact in due),
        "n": len(due),
        "late": sum(fact.data.get("status") == "kept_late" for fact in due),
        "broken": sum(fact.data.get("status") == "broken" for fact in due),
        "overdue": sum(fact.value is None for fact in due),
        "open": len(still_open),
        "moved": sum(bool(fact.data.get("moves")) for fact in still_open),
        "points": [point(fact, fact.value) for fact in due[-KEPT_DUE:]],
    }


def _ratings(facts: Sequence[Seen]) -> dict[str, Any]:
    """The CSAT ratings, the last score given on each other scale, and how often we asked."""
    found = of_kind(facts, "rating")
    others = {kind: of_kind(facts, kind)[-1:] for kind in ("ces", "nps")}
    repeated = [fact.data["repeated"] for fact in facts if fact.data.get("repeated")]
    invited = of_kind(facts, "invited")
    return {
        **{f"last_{kind}": int(last[0].value or 0) for kind, last in others.items() if last},
        **({"repeated": [sum(r != "no" for r in repeated), len(repeated)]} if repeated else {}),
        "n": len(found),
        "good": sum((fact.value or 0) >= GOOD for fact in found),
        "asked": len(invited),
        "answered": sum(fact.value == 1 for fact in invited),
        "last": [
            {
                "at": fact.at.isoformat(),
                "score": int(fact.value or 0),
                "comment": fact.data.get("comment", ""),
                "ticket": fact.ticket_number,
            }
            for fact in reversed(found[-SHOWN_RATINGS:])
        ],
    }


def _effort(year: Sequence[Seen], issues: Issues) -> dict[str, Any]:
    """What they had to do, as counts: contacts per issue, other channels, told again."""
    touched = issues.touched(of_kind(year, "contact"))
    lengths = [
        Seen("contacts", contacts[-1].at, len(contacts), contacts[-1].ticket_number)
        for contacts in touched.values()
    ]
    return {
        "contacts": spread(sorted(lengths, key=lambda one: one.at), lambda one: one.value),
        "switches": sum(channel_switches(contacts) for contacts in touched.values()),
        "reasked": len(of_kind(year, "reasked")),
    }


def _self_service(known: Sequence[Seen], at: datetime) -> dict[str, Any]:
    """Articles read that no contact followed, of those of which that is known."""
    contacts = [fact.at for fact in of_kind(known, "contact") if fact.at <= at]

    def served(read: Seen) -> float | None:
        later = contacts[bisect_right(contacts, read.at) :]
        if later and later[0] <= read.at + SERVED_AFTER:
            return 0.0
        return 1.0 if read.at + SERVED_AFTER <= at else None

    read = between(of_kind(known, "article"), at - SHORT, at)
    return share([replace(fact, value=served(fact)) for fact in read])


def _main_channel(year: Sequence[Seen]) -> str:
    """The channel of most contacts; of several, the first by name."""
    channels = Counter(str(fact.data.get("channel", "")) for fact in of_kind(year, "contact"))
    return min(channels, key=lambda channel: (-channels[channel], channel), default="")


def _imported(year: Sequence[Seen]) -> dict[str, int]:
    """Tickets from another system, and those of them whose history tells no times."""
    imported = {fact.ticket_number for fact in year if fact.data.get("imported")}
    timed = {f.ticket_number for f in of_kind(year, "first_response", "time_to_solve", "open")}
    return {"imported": len(imported), "untimed": len(imported - timed)}

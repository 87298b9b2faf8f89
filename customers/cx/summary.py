"""From the facts of one customer or organisation to their numbers (docs/metrics.md). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

from customers.cx.health import health

VERSION = 2
SHORT = timedelta(days=90)
YEAR = timedelta(days=365)
KEPT_POINTS = 12
SHOWN_RATINGS = 5
MIDDLE_FROM = 2

# Kinds whose facts count whatever their age.
LASTING = ("open", "rating", "ces", "nps")


@dataclass(frozen=True)
class Seen:
    """A fact as the summary reads it."""

    kind: str
    at: datetime
    value: float | None = None
    ticket_number: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def summarise(facts: Iterable[Seen], *, at: datetime) -> dict[str, Any]:
    """Return every block of the CX summary as of a moment, ready to store.

    Times are in seconds: `business` and `calendar` spreads with n, median, quartiles and the last
    points. A block whose n is 0 has no data; nothing is ever a 0 for want of data.
    """
    known = sorted(facts, key=lambda fact: fact.at)
    short = _within(known, at - SHORT, at)
    before = _within(known, at - 2 * SHORT, at - SHORT)
    year = _within(known, at - YEAR, at)
    return {
        "contacts": _contacts(short, before),
        "tickets": _tickets(short, before),
        "first_reply": _times(year, "first_response"),
        "next_reply": _times(year, "next_response"),
        "time_to_solve": _times(year, "time_to_solve") | _still_open(known),
        "waiting": {
            "on_us": _spread(year, "time_to_solve", lambda fact: fact.data["on_us"]),
            "on_customer": _spread(year, "time_to_solve", lambda fact: fact.data["on_customer"]),
        },
        "first_contact": _share(year, "first_contact"),
        "one_touch": _share(year, "one_touch"),
        "reopens": len(_of(year, "reopened")),
        "transfers": len(_of(year, "transfer")),
        "promises": _promises(known, year, at),
        "ratings": _ratings(known),
        "imported": len({fact.ticket_number for fact in year if fact.data.get("imported")}),
        "health": health(known, at=at),
    }


def stale_at(facts: Iterable[Seen], *, at: datetime) -> datetime | None:
    """Return when time alone next changes the numbers: a window's edge, a promise falling due."""
    return min((edge for fact in facts for edge in _edges(fact) if edge > at), default=None)


def _edges(fact: Seen) -> list[datetime]:
    edges = [fact.at, fact.at + SHORT, fact.at + 2 * SHORT, fact.at + YEAR]
    if fact.kind == "promise" and fact.value is None:
        # Five working days have passed after seven to nine days.
        edges += [fact.at + timedelta(days=days) for days in (7, 8, 9)]
    return edges


def _within(facts: Sequence[Seen], after: datetime, until: datetime) -> list[Seen]:
    return [fact for fact in facts if after < fact.at <= until]


def _of(facts: Iterable[Seen], kind: str) -> list[Seen]:
    return [fact for fact in facts if fact.kind == kind]


def _contacts(now: Sequence[Seen], before: Sequence[Seen]) -> dict[str, Any]:
    contacts = _of(now, "contact")
    channels = Counter(str(fact.data.get("channel", "")) for fact in contacts)
    return {
        "n": len(contacts),
        "was": len(_of(before, "contact")),
        "channels": dict(sorted(channels.items())),
    }


def _tickets(now: Sequence[Seen], before: Sequence[Seen]) -> dict[str, Any]:
    contacts = Counter(fact.ticket_number for fact in _of(now, "contact"))
    return {
        "n": len(contacts),
        "was": len({fact.ticket_number for fact in _of(before, "contact")}),
        "solved": len({fact.ticket_number for fact in _of(now, "time_to_solve")}),
        "repeated": sum(n > 1 for n in contacts.values()),
    }


def _times(facts: Sequence[Seen], kind: str) -> dict[str, Any]:
    return {
        "business": _spread(facts, kind, lambda fact: fact.data["business"]),
        "calendar": _spread(facts, kind, lambda fact: fact.value),
    }


def _spread(
    facts: Sequence[Seen], kind: str, read: Callable[[Seen], float | None]
) -> dict[str, Any]:
    """Describe values without a mean: n, median, ends, middle half, and the last points."""
    read_values = ((fact, read(fact)) for fact in _of(facts, kind))
    pairs = [(fact, value) for fact, value in read_values if value is not None]
    values = sorted(value for _, value in pairs)
    if not values:
        return {"n": 0}
    enough = len(values) >= MIDDLE_FROM
    low, _, high = quantiles(values, n=4, method="inclusive") if enough else values * 3
    return {
        "n": len(values),
        "median": median(values),
        "min": values[0],
        "max": values[-1],
        "q1": low,
        "q3": high,
        "points": [
            {"at": fact.at.isoformat(), "value": value, "ticket": fact.ticket_number}
            for fact, value in pairs[-KEPT_POINTS:]
        ],
    }


def _still_open(facts: Sequence[Seen]) -> dict[str, Any]:
    return {"open": [[fact.ticket_number, fact.at.isoformat()] for fact in _of(facts, "open")]}


def _share(facts: Sequence[Seen], kind: str) -> dict[str, Any]:
    found = _of(facts, kind)
    return {
        "k": sum(fact.value == 1 for fact in found),
        "n": len(found),
        "points": [
            {"at": fact.at.isoformat(), "value": fact.value, "ticket": fact.ticket_number}
            for fact in found[-KEPT_POINTS:]
        ],
    }


def _promises(known: Sequence[Seen], year: Sequence[Seen], at: datetime) -> dict[str, Any]:
    """Kept in time of those that fell due, or were closed before they did."""
    early = [fact for fact in _of(known, "promise") if fact.at > at and fact.value is not None]
    due = [*_of(year, "promise"), *early]
    return {
        "k": sum(fact.value == 1 for fact in due),
        "n": len(due),
        "late": sum(fact.data.get("status") == "kept_late" for fact in due),
        "broken": sum(fact.data.get("status") == "broken" for fact in due),
        "overdue": sum(fact.value is None for fact in due),
        "open": sum(fact.value is None for fact in _of(known, "promise")),
        "moved": sum(
            fact.value is None and bool(fact.data.get("moves")) for fact in _of(known, "promise")
        ),
        "points": [
            {"at": fact.at.isoformat(), "value": fact.value or 0.0, "ticket": fact.ticket_number}
            for fact in due[-KEPT_POINTS:]
        ],
    }


def _ratings(facts: Sequence[Seen]) -> dict[str, Any]:
    """The CSAT ratings, and the last score given on each other scale, where one was."""
    found = _of(facts, "rating")
    others = {kind: _of(facts, kind)[-1:] for kind in ("ces", "nps")}
    repeated = [fact.data["repeated"] for fact in facts if fact.data.get("repeated")]
    return {
        **{f"last_{kind}": int(last[0].value or 0) for kind, last in others.items() if last},
        **({"repeated": [sum(r != "no" for r in repeated), len(repeated)]} if repeated else {}),
        "n": len(found),
        "good": sum((fact.value or 0) >= 4 for fact in found),  # noqa: PLR2004  4 and 5 of 5
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

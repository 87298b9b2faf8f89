"""The health word: At risk, Watch, Steady or Not enough history, always with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

AT_RISK, WATCH, STEADY, UNKNOWN = "at_risk", "watch", "steady", "unknown"

BAD_RATING = 2
MANY_CONTACTS = 3
MANY_REOPENS = 2
ENOUGH_SOLVED = 3
OVERDUE_DAYS = 5
SATURDAY = 5


class Fact(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def value(self) -> float | None: ...
    @property
    def ticket_number(self) -> int | None: ...


def health(facts: Sequence[Fact], *, at: datetime) -> dict[str, Any]:
    """Return the word and its reasons, each with how many and the tickets it rests on.

    `facts` are in order of time. Reasons we cannot know yet (a cue of leaving, missed response
    targets, an age beyond what is usual) are not looked for, so the word never rests on them.
    """
    risks = [*_long_overdue(facts, at), *_bad_ratings(facts)]
    if risks:
        return {"word": AT_RISK, "reasons": risks}
    watch = [*_overdue(facts, at), *_repeated(facts), *_last_rating(facts), *_reopens(facts, at)]
    if watch:
        return {"word": WATCH, "reasons": watch}
    solved = _recent(facts, "time_to_solve", at - timedelta(days=365))
    if len(solved) >= ENOUGH_SOLVED:
        return {"word": STEADY, "reasons": [_reason("solved", solved)]}
    return {"word": UNKNOWN, "reasons": []}


def working_days_between(start: datetime, end: datetime) -> int:
    """Return how many times a weekday (Monday to Friday) has ended between two moments."""
    days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days))
    return sum(day.weekday() < SATURDAY for day in days)


def _open_promises(facts: Sequence[Fact], at: datetime) -> list[Fact]:
    return [
        fact for fact in facts if fact.kind == "promise" and fact.value is None and fact.at < at
    ]


def _long_overdue(facts: Sequence[Fact], at: datetime) -> list[dict[str, Any]]:
    late = [
        fact
        for fact in _open_promises(facts, at)
        if working_days_between(fact.at, at) > OVERDUE_DAYS
    ]
    return [_reason("promise_long_overdue", late)] if late else []


def _overdue(facts: Sequence[Fact], at: datetime) -> list[dict[str, Any]]:
    late = _open_promises(facts, at)
    return [_reason("promise_overdue", late)] if late else []


def _bad_ratings(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    last = [fact for fact in facts if fact.kind == "rating"][-3:]
    bad = [fact for fact in last if (fact.value or 0) <= BAD_RATING]
    return [_reason("bad_ratings", bad)] if len(bad) > 1 else []


def _last_rating(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    last = [fact for fact in facts if fact.kind == "rating"][-1:]
    bad = [fact for fact in last if (fact.value or 0) <= BAD_RATING]
    return [_reason("last_rating", bad)] if bad else []


def _repeated(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """An open ticket carries how often its customer has turned to us about it."""
    many = [f for f in facts if f.kind == "open" and (f.value or 0) >= MANY_CONTACTS]
    return [_reason("many_contacts", many)] if many else []


def _reopens(facts: Sequence[Fact], at: datetime) -> list[dict[str, Any]]:
    reopened = _recent(facts, "reopened", at - timedelta(days=90))
    return [_reason("reopened", reopened)] if len(reopened) >= MANY_REOPENS else []


def _recent(facts: Sequence[Fact], kind: str, since: datetime) -> list[Fact]:
    return [fact for fact in facts if fact.kind == kind and fact.at > since]


def _reason(code: str, facts: Sequence[Fact]) -> dict[str, Any]:
    tickets = sorted({fact.ticket_number for fact in facts if fact.ticket_number is not None})
    since = min(fact.at for fact in facts).isoformat()
    return {"code": code, "n": len(facts), "since": since, "tickets": tickets}

"""The health word: At risk, Watch, Steady or Not enough history, always with its reasons.

BRIEFING 3.9. The word never rests on a score, only on facts that can be named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customers.cx.issues import Issues
from customers.cx.seen import SHORT, YEAR, Seen, of_kind, since

AT_RISK, WATCH, STEADY, UNKNOWN = "at_risk", "watch", "steady", "unknown"

BAD_RATING = 2
LAST_RATINGS, BAD_OF_LAST = 3, 2
MANY_CONTACTS = 3
MANY_REOPENS = 2
ENOUGH_SOLVED = 3
OVERDUE_DAYS = 5
SATURDAY = 5
LEAVING_FOR = timedelta(days=30)
TARGETS = ("target_first_reply", "target_next_reply", "target_solving")


@dataclass(frozen=True)
class Reason:
    """Why the word is what it is. `n` counts what the sentence names: promises, issues, ratings."""

    code: str
    n: int
    facts: tuple[Seen, ...]

    def as_row(self) -> dict[str, Any]:
        tickets = {fact.ticket_number for fact in self.facts if fact.ticket_number is not None}
        since_at = min(fact.at for fact in self.facts).isoformat()
        return {"code": self.code, "n": self.n, "since": since_at, "tickets": sorted(tickets)}


@dataclass(frozen=True)
class _Known:
    """What the conditions look at. `usual_days`: how old an open ticket may be, if we know."""

    facts: Sequence[Seen]
    at: datetime
    usual_days: int | None


def judge(
    facts: Sequence[Seen], *, at: datetime, usual_days: int | None = None
) -> tuple[str, list[Reason]]:
    """Return the word and the reasons it rests on; `facts` are in order of time.

    `usual_days` is the age under which nine of ten tickets of the cohort are solved, in calendar
    days; where it is not known, no ticket counts as old.
    """
    known = _Known(facts, at, usual_days)
    for word, conditions in ((AT_RISK, _RISKS), (WATCH, _WATCHES), (STEADY, (_steady,))):
        if reasons := [reason for condition in conditions if (reason := condition(known))]:
            return word, reasons
    return UNKNOWN, []


def health(facts: Sequence[Seen], *, at: datetime, usual_days: int | None = None) -> dict[str, Any]:
    """Return the word and its reasons, each with how many and the tickets it rests on."""
    word, reasons = judge(facts, at=at, usual_days=usual_days)
    return {"word": word, "reasons": [reason.as_row() for reason in reasons]}


def working_days_between(start: datetime, end: datetime) -> int:
    """Return how many times a weekday (Monday to Friday) has ended between two moments."""
    days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days))
    return sum(day.weekday() < SATURDAY for day in days)


def _reason(code: str, facts: Sequence[Seen], n: int | None = None) -> Reason | None:
    return Reason(code, len(facts) if n is None else n, tuple(facts)) if facts else None


def _leaving(known: _Known) -> Reason | None:
    return _reason("leaving", since(known.facts, "leaving", known.at - LEAVING_FOR))


def _overdue_promises(known: _Known) -> list[Seen]:
    promises = of_kind(known.facts, "promise")
    return [fact for fact in promises if fact.value is None and fact.at < known.at]


def _long_overdue(known: _Known) -> Reason | None:
    late = _overdue_promises(known)
    long = [fact for fact in late if working_days_between(fact.at, known.at) > OVERDUE_DAYS]
    return _reason("promise_long_overdue", long)


def _overdue(known: _Known) -> Reason | None:
    return _reason("promise_overdue", _overdue_promises(known))


def _bad(ratings: Sequence[Seen]) -> list[Seen]:
    return [fact for fact in ratings if fact.value is not None and fact.value <= BAD_RATING]


def _bad_ratings(known: _Known) -> Reason | None:
    bad = _bad(of_kind(known.facts, "rating")[-LAST_RATINGS:])
    return _reason("bad_ratings", bad) if len(bad) >= BAD_OF_LAST else None


def _last_rating(known: _Known) -> Reason | None:
    return _reason("last_rating", _bad(of_kind(known.facts, "rating")[-1:]))


def _laboured(known: _Known) -> list[list[Seen]]:
    """The contacts about each open issue that took three or more."""
    about = Issues(known.facts).contacts_of_open(known.facts)
    return [contacts for contacts in about.values() if len(contacts) >= MANY_CONTACTS]


def _many_contacts(known: _Known) -> Reason | None:
    many = _laboured(known)
    return _reason("many_contacts", [fact for contacts in many for fact in contacts], len(many))


def _contacts_and_missed(known: _Known) -> Reason | None:
    """Three contacts or more on an open issue, and a target missed about the same issue."""
    issues = Issues(known.facts)
    missed = [fact for fact in of_kind(known.facts, *TARGETS) if fact.value == 0]
    missed_of = issues.touched(missed)
    both = [c for c in _laboured(known) if missed_of.get(issues.of(c[0].ticket_number))]
    facts = [f for c in both for f in (*c, *missed_of[issues.of(c[0].ticket_number)])]
    return _reason("contacts_and_missed", facts, len(both))


def _old(known: _Known) -> Reason | None:
    if known.usual_days is None:
        return None
    before = known.at - timedelta(days=known.usual_days)
    return _reason("old_ticket", [f for f in of_kind(known.facts, "open") if f.at < before])


def _reopened(known: _Known) -> Reason | None:
    reopened = since(known.facts, "reopened", known.at - SHORT)
    return _reason("reopened", reopened) if len(reopened) >= MANY_REOPENS else None


def _steady(known: _Known) -> Reason | None:
    solved = since(known.facts, "time_to_solve", known.at - YEAR)
    issues = Issues(known.facts)
    whole = issues.solved(solved, known.facts)
    if len(whole) < ENOUGH_SOLVED:
        return None
    return _reason("solved", [f for f in solved if issues.of(f.ticket_number) in whole], len(whole))


_Condition = Callable[[_Known], Reason | None]
_RISKS: tuple[_Condition, ...] = (_leaving, _long_overdue, _bad_ratings, _contacts_and_missed)
_WATCHES: tuple[_Condition, ...] = (_overdue, _many_contacts, _last_rating, _old, _reopened)

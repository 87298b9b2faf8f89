"""What the profile's numbers are, and the rows each of them opens to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from customers.cx.health import TARGETS, judge
from customers.cx.models import CXFact, CXSummary
from customers.cx.refreshing import facts_of
from customers.cx.seen import SHORT, YEAR, Seen
from customers.cx.summary import VERSION, counted, summarise
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Agent

Subject = Customer | Organisation

SHOWN_ROWS = 200
# The windows contacts and issues can be counted in, by the word in the address; None: all time.
USUAL_WINDOW = "90d"
WINDOWS: dict[str, timedelta | None] = {
    "30d": timedelta(days=30),
    "90d": SHORT,
    "12m": YEAR,
    "all": None,
}

# Which facts a block counts, and over which window; None: all time.
BLOCKS: dict[str, tuple[tuple[str, ...], timedelta | None]] = {
    "contacts": (("contact",), SHORT),
    "issues": (("contact", "time_to_solve"), SHORT),
    "first_reply": (("first_response",), YEAR),
    "next_reply": (("next_response",), YEAR),
    "time_to_solve": (("time_to_solve", "open"), YEAR),
    "waiting": (("time_to_solve",), YEAR),
    "first_contact": (("first_contact",), YEAR),
    "one_touch": (("one_touch",), YEAR),
    "reopens": (("reopened", "transfer"), YEAR),
    "promises": (("promise",), YEAR),
    "targets": (TARGETS, YEAR),
    "ratings": (("rating", "ces", "nps", "invited"), None),
    "effort": (("contact", "reasked"), YEAR),
    "self_service": (("article",), SHORT),
}
SWITCHED = ("contacts", "issues")
# What the reasons of the health word rest on opens under their own names.
REASONS = (
    "leaving",
    "promise_long_overdue",
    "bad_ratings",
    "contacts_and_missed",
    "promise_overdue",
    "many_contacts",
    "last_rating",
    "old_ticket",
    "reopened",
    "solved",
)


@dataclass(frozen=True)
class Behind:
    """The facts behind a number, newest first, and how many of them this agent may not see."""

    facts: list[CXFact]
    hidden: int
    is_cut: bool


def summary_of(subject: Subject) -> CXSummary | None:
    """Return the stored summary of a customer or an organisation."""
    return CXSummary.objects.filter(**about(subject)).first()


def numbers_of(subject: Subject, summary: CXSummary, *, window: str) -> dict[str, Any]:
    """Return the blocks of a stored summary as of its time; contacts and issues in this window.

    What is stored serves as it is. Another window, or a summary by an earlier definition that
    nobody has computed anew yet, costs one query.
    """
    data: dict[str, Any] = summary.data
    at = summary.computed_at
    if summary.version != VERSION:
        facts = _facts(subject, at=at)
        data = summarise(facts, at=at, usual_days=data.get("usual_days"))
    if window == USUAL_WINDOW:
        return data
    reach = WINDOWS[window]
    facts = _facts(subject, at=at, reach=reach and 2 * reach)
    return data | counted(facts, window=reach, at=at)


def rows_behind(
    subject: Subject, block: str, *, window: str = USUAL_WINDOW, agent: Agent, at: datetime
) -> Behind:
    """Return the facts a block's number, or a reason of the health word, is made of.

    `window` is heeded by contacts and issues. Raises KeyError for a block there is not.
    """
    if block in REASONS:
        facts = CXFact.objects.filter(pk__in=_pks_of_reason(subject, block, at=at))
    else:
        facts = _facts_of_block(subject, block, window=window, at=at)
    seen = facts.visible_to(agent)
    rows = list(seen.select_related("customer").order_by("-at", "-id")[: SHOWN_ROWS + 1])
    hidden = facts.count() - seen.count()
    return Behind(rows[:SHOWN_ROWS], hidden, is_cut=len(rows) > SHOWN_ROWS)


def _facts_of_block(subject: Subject, block: str, *, window: str, at: datetime) -> Any:
    kinds, reach = BLOCKS[block]
    if block in SWITCHED:
        reach = WINDOWS[window]
    facts = CXFact.objects.filter(kind__in=kinds, **about(subject, "customer__"))
    if reach is not None:
        # What is open counts however old; a promise closed before its time however far ahead.
        facts = facts.filter(Q(at__gt=at - reach) | Q(kind="open"))
    early = Q(kind="promise", value__isnull=False)
    return facts.filter(Q(at__lte=at) | early)


def _pks_of_reason(subject: Subject, code: str, *, at: datetime) -> list[int]:
    summary = summary_of(subject)
    usual_days = summary.data.get("usual_days") if summary else None
    _word, reasons = judge(_facts(subject, at=at), at=at, usual_days=usual_days)
    found: Iterable[Seen] = (f for reason in reasons if reason.code == code for f in reason.facts)
    return [fact.pk for fact in found if fact.pk is not None]


def _facts(subject: Subject, *, at: datetime, reach: timedelta | None = 2 * YEAR) -> list[Seen]:
    path = "customer" if isinstance(subject, Customer) else "customer__organisation"
    return facts_of(path, [subject.pk], at=at, reach=reach)[subject.pk]


def about(subject: Subject, path: str = "") -> dict[str, Any]:
    """The lookup of rows about somebody; `path` leads to the customer from a row of theirs."""
    if isinstance(subject, Customer):
        return {"customer": subject}
    return {f"{path}organisation": subject}

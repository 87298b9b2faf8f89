"""What is new about somebody's experience since a moment: few things, each with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from customers.cx.health import TARGETS
from customers.cx.models import CXFact, HealthChange
from customers.cx.queries import Subject, about
from helpdesk.accounts.models import Agent

SHOWN = 5
HISTORY = 10
# Which rows say that something has really changed.
_NEWS = (
    Q(kind__in=("rating", "ces", "nps", "reopened", "leaving"))
    | Q(kind__in=TARGETS, value=0)
    | Q(kind="promise", value=None)
)


@dataclass(frozen=True)
class Change:
    """One new thing, by its kind: a fact's, or `health` with the words it went from and to."""

    at: datetime
    kind: str
    value: float | None = None
    text: str = ""
    ticket_number: int | None = None
    from_word: str = ""
    to_word: str = ""


def changes_of(
    subject: Subject,
    history: list[HealthChange],
    *,
    since: datetime,
    agent: Agent,
    at: datetime,
) -> list[Change]:
    """Return what has changed in (since, at], the newest first: promises that fell overdue,
    ratings, targets missed, reopenings, words of leaving, the health word. One query.

    Only what this agent may see.
    """
    facts = CXFact.objects.filter(_NEWS, **about(subject, "customer__"), at__gt=since, at__lte=at)
    newest = facts.visible_to(agent).order_by("-at", "-id")[:SHOWN]
    found = [
        Change(fact.at, fact.kind, fact.value, fact.data.get("text", ""), fact.ticket_number)
        for fact in newest
    ]
    found += [
        Change(row.at, "health", from_word=row.from_word, to_word=row.to_word)
        for row in history
        if since < row.at <= at
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)[:SHOWN]


def health_history(subject: Subject) -> list[HealthChange]:
    """Return how the health word has changed, the newest first."""
    rows = HealthChange.objects.filter(**about(subject))
    return list(rows.order_by("-at", "-id")[:HISTORY])

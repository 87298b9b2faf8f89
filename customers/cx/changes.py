"""What is new about somebody's experience since a moment: few things, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from customers.cx.baseline import Usual, by_kind, usual_in
from customers.cx.health import TARGETS
from customers.cx.models import CXBaseline, CXFact, CXSummary, HealthChange
from customers.cx.queries import Subject, about
from customers.queries import json_rows
from helpdesk.accounts.models import Agent, Rights
from helpdesk.lib.compiled import Compiled

SHOWN = 5
HISTORY = 10
# Which rows say that something has really changed.
_NEWS = (
    Q(kind__in=("rating", "ces", "nps", "reopened", "leaving"))
    | Q(kind__in=TARGETS, value=0)
    | Q(kind="promise", value=None)
)
_BASELINE = ("kind", "cohort", "customers", "n", "median", "median_business", "p90", "share")


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


@dataclass(frozen=True)
class Beside:
    """What stands beside a summary: how its health word changed and what else did, the newest
    first, and what is usual in its cohort."""

    history: list[HealthChange]
    changes: list[Change]
    usual: Usual


def beside(
    subject: Subject, summary: CXSummary, *, since: datetime, agent: Agent, at: datetime
) -> Beside:
    """Return what stands beside a summary, in one query; `changes` are those in (since, at].

    Promises that fell overdue, ratings, targets missed, reopenings, words of leaving, the health
    word. Only what this agent may see.
    """
    [row] = _beside(
        type(subject),
        agent.rights,
        subject=subject.pk,
        summary=summary.pk,
        agent=agent.pk,
        since=since,
        at=at,
    )
    changed = [HealthChange(**one | {"at": _moment(one)}) for one in row["history"]]
    return Beside(
        history=changed,
        changes=_changes(row["news"], changed, since=since, at=at),
        usual=by_kind(CXBaseline(**one) for one in row["usual"]),
    )


@Compiled
def _beside(
    kind: type[Subject],
    rights: Rights,
    *,
    subject: int,
    summary: int,
    agent: int,
    since: datetime,
    at: datetime,
) -> QuerySet[Any, Any]:
    whose = kind(pk=subject)
    news = CXFact.objects.filter(_NEWS, **about(whose, "customer__"), at__gt=since, at__lte=at)
    newest = news.visible_to(Agent.of_rights(rights, pk=agent)).order_by("-at", "-id")[:SHOWN]
    history = HealthChange.objects.filter(**about(whose)).order_by("-at", "-id")[:HISTORY]
    found: QuerySet[Any, Any] = CXSummary.objects.filter(pk=summary).annotate(
        news=json_rows(newest, "at", "kind", "value", "ticket_number", text="data__text"),
        history=json_rows(history, "at", "from_word", "to_word", "reasons"),
        usual=json_rows(usual_in(OuterRef("cohort")), *_BASELINE),
    )
    return found.values("news", "history", "usual")


def _moment(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])


def _changes(
    news: Iterable[Mapping[str, Any]],
    history: Iterable[HealthChange],
    *,
    since: datetime,
    at: datetime,
) -> list[Change]:
    found = [
        Change(_moment(one), one["kind"], one["value"], one["text"] or "", one["ticket_number"])
        for one in news
    ]
    found += [
        Change(row.at, "health", from_word=row.from_word, to_word=row.to_word)
        for row in history
        if since < row.at <= at
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)[:SHOWN]

"""What the workspace shows of macros, suggested promises and hand-overs, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from customers.models import Promise
from helpdesk.accounts.models import Agent, Rights
from helpdesk.lib.compiled import Compiled
from tickets.macros.models import Macro
from tickets.models import Ticket
from tickets.speech.models import HandOver, PromiseSuggestion

MACROS, SUGGESTIONS, PROMISES = 200, 3, 3
BOARD = 100


@dataclass(frozen=True, kw_only=True)
class Speech:
    """Rows as dicts of what is shown: macros to insert, promises to say yes or no to, open ones
    they may replace, and the newest hand-over nobody has acknowledged.
    """

    macros: list[dict[str, Any]]
    suggestions: list[dict[str, Any]]
    replaceable: list[dict[str, Any]]
    handed_over: dict[str, Any] | None


def speech_around(ticket: Ticket, *, agent: Agent) -> Speech:
    """Read it in one query."""
    [row] = _around(agent.rights, agent=agent.pk, ticket=ticket.pk, customer=ticket.customer_id)
    return Speech(
        macros=row["macros"],
        suggestions=[_dated(one, "due_at") for one in row["suggestions"]],
        replaceable=[_dated(one, "due_at") for one in row["replaceable"]],
        handed_over=_dated(row["given"][0], "at") if row["given"] else None,
    )


@Compiled
def _around(rights: Rights, *, agent: int, ticket: int, customer: int) -> QuerySet[Any, Any]:
    reader = Agent.of_rights(rights, pk=agent)
    macros = Macro.objects.active().visible_to(reader).order_by("name")
    suggestions = PromiseSuggestion.objects.filter(
        ticket=OuterRef("pk"),
        status=PromiseSuggestion.Status.OFFERED,
        message__withdrawn_at=None,
    ).order_by("-at", "pk")
    promises = Promise.objects.visible_to(reader).filter(
        customer=customer, status=Promise.Status.OPEN
    )
    given = HandOver.objects.filter(ticket=OuterRef("pk"), acknowledged_at=None).order_by("-at")
    return Ticket.objects.filter(pk=ticket).values(
        macros=_rows(
            macros[:MACROS], "id", "name", "topic_id", "purpose", "asks_for", "tried_step"
        ),
        suggestions=_rows(suggestions[:SUGGESTIONS], "id", "text", "due_at"),
        replaceable=_rows(promises.order_by("due_at")[:PROMISES], "id", "text", "due_at"),
        given=_rows(
            given[:1], "id", "wants", "tried", "next_step", "promised", "at",
            by_name="by_agent__name", to_name="to_agent__name", team_name="to_team__name",
        ),
    )  # fmt: skip


def promise_board(agent: Agent, *, owner: int | None, kept: bool, at: datetime) -> list[Promise]:
    """The promises an agent may see, of one owner or all: open ones, next due first; or those
    closed, newest first. At most BOARD and one.
    """
    promises = Promise.objects.visible_to(agent).select_related("customer", "owner")
    if owner is not None:
        promises = promises.filter(owner=owner)
    if kept:
        chosen = promises.exclude(status=Promise.Status.OPEN).order_by("-closed_at", "-pk")
    else:
        chosen = promises.filter(status=Promise.Status.OPEN).order_by("due_at", "pk")
    return list(chosen[: BOARD + 1])


def promises_due(agent: Agent, *, until: datetime, limit: int) -> list[Promise]:
    """An agent's own open promises that are late or fall due before `until`, the latest first."""
    promises = Promise.objects.visible_to(agent).select_related("customer", "owner")
    due = promises.filter(owner=agent, status=Promise.Status.OPEN, due_at__lt=until)
    return list(due.order_by("due_at", "pk")[:limit])


def hand_overs_to(agent: Agent, *, limit: int) -> list[HandOver]:
    """What was handed to an agent or their teams and nobody has acknowledged, the newest first."""
    given = HandOver.objects.filter(acknowledged_at=None).filter(
        Q(to_agent=agent) | Q(to_agent=None, to_team__members=agent)
    )
    seen = given.filter(ticket__in=Ticket.objects.visible_to(agent).unfinished())
    return list(seen.select_related("ticket__customer", "by_agent").order_by("-at")[:limit])


def _rows(queryset: QuerySet[Any], *fields: str, **named: str) -> ArraySubquery:
    shown: dict[str, Any] = {name: name for name in fields}
    return ArraySubquery(
        queryset.values(row=JSONObject(**shown, **{name: F(path) for name, path in named.items()}))
    )


def _dated(row: dict[str, Any], name: str) -> dict[str, Any]:
    return row | {name: parse_datetime(row[name])}

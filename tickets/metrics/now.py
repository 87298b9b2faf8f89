"""What the desk has on its hands at this moment, by team; read from unfinished tickets alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Aggregate,
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import TruncHour

from customers.models import Promise
from helpdesk.accounts.models import Agent, Team
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.queues import COUNTED, CountOf

SOON = timedelta(hours=1)
MANY_CONTACTS = 3
DECISIONS = 12
DAYS = 7


class Gauge(StrEnum):
    """A count of tickets now; each opens to exactly its tickets."""

    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    SOON = "soon"
    WAITING = "waiting"
    OPEN = "open"


class MedianOf(Aggregate):
    """The median of a measure; rows without a value count for nothing."""

    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class TeamNow:
    """What one team, or no team yet (`team_id` None), has on its hands."""

    team_id: int | None
    name: str
    open: int = 0
    unassigned: int = 0
    overdue: int = 0
    soon: int = 0
    waiting: int = 0
    median_wait: timedelta | None = None
    longest_wait: timedelta | None = None


@dataclass(frozen=True)
class Incoming:
    """Tickets opened today until now, by hour, and on the same weekday of weeks before until the
    same time of day, the newest first.
    """

    by_hour: list[int]
    before: list[int]

    @property
    def today(self) -> int:
        return sum(self.by_hour)


def tickets_now(agent: Agent, *, team: Team | None) -> TicketQuerySet:
    """Unfinished tickets an agent may see, of one team or of all of theirs."""
    tickets = Ticket.objects.visible_to(agent).unfinished()
    return tickets.filter(team=team) if team else tickets


def in_gauge(gauge: Gauge, at: datetime) -> Q:
    """Which unfinished tickets a gauge counts."""
    return {
        Gauge.UNASSIGNED: Q(assignee=None),
        Gauge.OVERDUE: Q(reply_due_at__lt=at),
        Gauge.SOON: Q(reply_due_at__gte=at, reply_due_at__lt=at + SOON),
        Gauge.WAITING: Q(waiting_since__isnull=False),
        Gauge.OPEN: Q(),
    }[gauge]


def teams_now(tickets: TicketQuerySet, *, at: datetime) -> list[TeamNow]:
    """Return what each team has, by name, those without a team last. One query."""
    wait = ExpressionWrapper(Value(at) - F("waiting_since"), output_field=DurationField())
    counts: dict[str, Any] = {
        gauge.value: Count("pk", filter=in_gauge(gauge, at))
        for gauge in Gauge
        if gauge is not Gauge.OPEN
    }
    rows: Any = (
        tickets.order_by()
        .values("team_id", "team__name")
        .annotate(open=Count("pk"), median_wait=MedianOf(wait), longest_wait=Max(wait), **counts)
    )
    measured = [field.name for field in fields(TeamNow) if field.name != "name"]
    found = [
        TeamNow(name=row["team__name"] or "", **{name: row[name] for name in measured})
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.team_id is None, row.name.casefold()))


def total_of(teams: Iterable[TeamNow]) -> dict[Gauge, int]:
    """Every gauge over some teams."""
    rows = list(teams)
    return {gauge: sum(getattr(row, gauge.value) for row in rows) for gauge in Gauge}


def longest_waiting(tickets: TicketQuerySet) -> Ticket | None:
    """The ticket whose customer has waited longest for our answer."""
    waiting = tickets.filter(waiting_since__isnull=False).order_by("waiting_since", "pk")
    return waiting.only("number", "waiting_since").first()


def decisions(tickets: TicketQuerySet, *, at: datetime) -> list[Ticket]:
    """The tickets somebody should decide something about, the most pressing first; one more than
    DECISIONS where there are more.

    Weighed: a reply that is overdue 4, one due within the hour that nobody owns 3, an overdue
    promise to the customer 3, a third contact that waits for us 2, a waiting one whose owner is
    away 2.
    """
    away = Q(assignee__is_away=True) | Q(assignee__is_active=False)
    is_waiting = Q(waiting_since__isnull=False)
    # Of the few promises that are late, not of all customers.
    owed = Promise.objects.filter(status=Promise.Status.OPEN, due_at__lt=at).values("customer")
    weights = [
        (in_gauge(Gauge.OVERDUE, at), 4),
        (in_gauge(Gauge.SOON, at) & Q(assignee=None), 3),
        (Q(customer__in=owed), 3),
        (Q(contact_number__gte=MANY_CONTACTS) & is_waiting, 2),
        (away & is_waiting, 2),
    ]
    weight = sum(
        (
            Case(When(condition, then=Value(points)), default=0, output_field=IntegerField())
            for condition, points in weights
        ),
        Value(0),
    )
    found = (
        tickets.annotate(weight=weight)
        .filter(weight__gt=0)
        .select_related("assignee", "team")
        .prefetch_related("customer")
        .order_by("-weight", "queue_at", "pk")
    )
    return list(found[: DECISIONS + 1])


def overdue_promises(agent: Agent, *, team: Team | None, at: datetime) -> Any:
    """Open promises past their time that an agent may see, of one team or of all of theirs."""
    promises = Promise.objects.visible_to(agent).filter(status=Promise.Status.OPEN, due_at__lt=at)
    return promises.filter(team=team) if team else promises


def people(agent: Agent, *, team: Team | None) -> list[Agent]:
    """Active agents of the teams somebody sees, by name, with `open_count` and `team_ids`.

    `open_count` counts the unfinished tickets of theirs that `agent` may see.
    """
    own = tickets_now(agent, team=None).filter(assignee=OuterRef("pk"))
    members = Team.members.through.objects.filter(agent=OuterRef("pk"))
    found = Agent.objects.filter(is_active=True).annotate(
        open_count=CountOf(own.order_by().values("pk")[: COUNTED + 1]),
        team_ids=ArraySubquery(members.order_by("team").values("team")),
    )
    if team is not None:
        found = found.filter(Exists(members.filter(team=team)))
    return list(found.order_by("name", "pk"))


def incoming(agent: Agent, *, team: Team | None, now: datetime, weeks: int) -> Incoming:
    """Count what came in today and on the same weekday of `weeks` weeks before, until this time.

    Days begin at midnight where `now` is. One query over as many short spans.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = [
        (midnight - timedelta(weeks=back), now - timedelta(weeks=back)) for back in range(weeks + 1)
    ]
    tickets = Ticket.objects.visible_to(agent)
    tickets = tickets.filter(team=team) if team else tickets
    within = Q()
    for start, end in spans:
        within |= Q(opened_at__gte=start, opened_at__lte=end)
    hours = tickets.filter(within).order_by().values(hour=TruncHour("opened_at", tzinfo=now.tzinfo))
    by_hour = [0] * (now.hour + 1)
    before = [0] * weeks
    for row in hours.annotate(n=Count("pk")):
        back = (midnight.date() - row["hour"].date()).days // DAYS
        if back:
            before[back - 1] += row["n"]
        else:
            by_hour[row["hour"].hour] += row["n"]
    return Incoming(by_hour=by_hour, before=_since_first(before))


def _since_first(before: list[int]) -> list[int]:
    """Weeks before the first ticket are no data, and not weeks without tickets."""
    while before and not before[-1]:
        before.pop()
    return before

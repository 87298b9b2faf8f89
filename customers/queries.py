"""What pages about customers read, each in a fixed number of queries.

Every function that returns rows from tickets takes the agent and leaves out what belongs to teams
they are not in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q, QuerySet
from django.db.models.functions import JSONObject

from customers.models import (
    Customer,
    Duplicate,
    Fact,
    Organisation,
    Promise,
    Touchpoint,
)
from helpdesk.accounts.models import Agent, Rights
from helpdesk.lib.compiled import Compiled

PAGE = 50
# Words are looked for in this many of a customer's newest touchpoints: one bounded index scan.
SEARCHED = 5_000
DUPLICATES = 3
FACTS, PROMISES = 40, 20
LAST, AGREEING = 6, 4


def json_rows(rows: QuerySet[Any], *fields: str, **named: Any) -> ArraySubquery:
    """Rows of a sub-select as a list of dicts; `named` are columns or expressions."""
    columns = {**{field: field for field in fields}, **named}
    return ArraySubquery(rows.values(row=JSONObject(**columns)))


def observed_channel(channels: Sequence[str]) -> tuple[str, int, int] | None:
    """Return the channel most of somebody's last six contacts came by, how many, and of how many.

    None where fewer than four agree (BRIEFING 3.2, Who).
    """
    found = Counter(channels[:LAST]).most_common(1)
    if not found or found[0][1] < AGREEING:
        return None
    channel, times = found[0]
    return channel, times, len(channels[:LAST])


def duplicates_of(customer: Any) -> ArraySubquery:
    """Whom a customer (an id, or a reference to one) may be, the likeliest first."""
    pairs = Duplicate.objects.filter(
        Q(first=customer) | Q(second=customer), state=Duplicate.State.SUGGESTED
    )
    return json_rows(
        pairs.order_by("-score", "pk")[:DUPLICATES],
        "reasons",
        first="first_id",
        second="second_id",
        first_name="first__name",
        second_name="second__name",
    )


def known_facts(customer: Customer, *, agent: Agent, at: datetime) -> list[Fact]:
    """Return what we know about a customer and when we learned it, the newest first."""
    return _facts(agent.rights, customer=customer.pk, agent=agent.pk, at=at)


@Compiled
def _facts(rights: Rights, *, customer: int, agent: int, at: datetime) -> QuerySet[Fact]:
    facts = Fact.objects.filter(customer=customer).known(at)
    reader = Agent.of_rights(rights, pk=agent)
    return facts.visible_to(reader).order_by("-at", "-pk")[:FACTS]


def promises_to(customer: Customer, *, agent: Agent) -> list[Promise]:
    """Return the promises made to a customer: what is due first, then what is done."""
    return _promises(agent.rights, customer=customer.pk, agent=agent.pk)


@Compiled
def _promises(rights: Rights, *, customer: int, agent: int) -> QuerySet[Any, Any]:
    reader = Agent.of_rights(rights, pk=agent)
    promises: QuerySet[Any, Any] = (
        Promise.objects.filter(customer=customer)
        .visible_to(reader)
        .annotate(is_done=~Q(status=Promise.Status.OPEN))
        .select_related("owner")
        .order_by("is_done", F("due_at").asc(), "pk")
    )
    return promises[:PROMISES]


@dataclass(frozen=True)
class Place:
    """A place in a timeline, as the last row of a page; written into links."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat()}~{self.pk}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """Return the place a link names, or None when it names none."""
        at, _, pk = text.partition("~")
        try:
            moment = datetime.fromisoformat(at)
            return cls(moment, int(pk)) if moment.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True)
class TimelinePage:
    """Some touchpoints of one customer, newest first, and where the next page begins."""

    touchpoints: list[Touchpoint]
    older: Place | None


def timeline_of(
    customer: Customer,
    *,
    agent: Agent,
    kinds: Iterable[str] = (),
    channel: str = "",
    tickets: Iterable[int] | None = None,
    words: str = "",
    year: int | None = None,
    before: Place | None = None,
    size: int = PAGE,
) -> TimelinePage:
    """Read one page of a customer's life, newest first: one index scan, whatever its length.

    `words` must all occur in title or text of one of the newest SEARCHED touchpoints; accents
    and case do not matter. `year` is a year in UTC, as the counts are. `tickets` are the numbers
    of tickets to which alone the moments may belong; a queryset of them costs no query of its own.
    """
    rows = Touchpoint.objects.filter(customer=customer)
    if words:
        newest = rows.order_by("-at", "-pk").values("pk")[:SEARCHED]
        rows = rows.filter(pk__in=newest)
        for word in words.split()[:8]:
            rows = rows.filter(
                Q(title__unaccent__icontains=word) | Q(text__unaccent__icontains=word)
            )
    if kinds:
        rows = rows.filter(kind__in=tuple(kinds))
    if channel:
        rows = rows.filter(channel=channel)
    if tickets is not None:
        rows = rows.filter(ticket_number__in=tickets)
    if year is not None:
        rows = rows.filter(
            at__gte=datetime(year, 1, 1, tzinfo=UTC), at__lt=datetime(year + 1, 1, 1, tzinfo=UTC)
        )
    if before is not None:
        rows = rows.filter(at__lte=before.at).exclude(at=before.at, pk__gte=before.pk)
    found = list(rows.visible_to(agent).select_related("agent").order_by("-at", "-pk")[: size + 1])
    shown = found[:size]
    more = len(found) > size
    return TimelinePage(shown, Place(shown[-1].at, shown[-1].pk) if more else None)


def people_of(organisation: Organisation, *, agent: Agent) -> list[Customer]:
    """Return an organisation's people, those who wrote last first; at most 200."""
    people = Customer.objects.visible_to(agent).filter(organisation=organisation)
    return list(people.order_by(F("last_contact_at").desc(nulls_last=True), "pk")[:200])


def newest_customers(*, agent: Agent, before: Place | None = None) -> list[Customer]:
    """Return the customers who turned to us last, a page and one."""
    people = Customer.objects.visible_to(agent).exclude(last_contact_at=None)
    if before is not None:
        people = people.filter(last_contact_at__lte=before.at).exclude(
            last_contact_at=before.at, pk__gte=before.pk
        )
    return list(
        people.select_related("organisation").order_by("-last_contact_at", "-pk")[: PAGE + 1]
    )

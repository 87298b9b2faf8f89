"""What the customer's pages read: the profile and the timeline, each in a fixed number of queries.

Every function that returns rows from tickets takes the agent and leaves out what belongs to teams
they are not in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.aggregates import Count, Max
from django.db.models.expressions import Subquery
from django.db.models.functions import Coalesce, JSONObject

from customers.models import (
    Attribute,
    Consent,
    Customer,
    Duplicate,
    Fact,
    Identity,
    IdentityEvent,
    Membership,
    Organisation,
    OutsideEvent,
    Promise,
    Relationship,
    Touchpoint,
    TouchpointYear,
    Viewing,
)
from helpdesk.accounts.models import Agent

PAGE = 50
# Words are looked for in this many of a customer's newest touchpoints: one bounded index scan.
SEARCHED = 5_000
COLLEAGUES = 6
VIEWERS, DUPLICATES, LEDGER = 20, 3, 30
FACTS = 40
PROMISES = 20
EVENTS = 10
LAST, AGREEING = 6, 4
KNOWN_FOR = timedelta(days=365)


def profile_of(pk: int, *, agent: Agent, at: datetime) -> Customer:
    """Return a customer with all that the page's head and margin show, in one query.

    Adds `shown_identities`, `shown_years`, `colleagues`, `shown_events`, `relations_to`,
    `relations_from`, `agreements`, `known_by`, `attribute_kinds` (lists of dicts),
    `last_channels`, those of the newest contacts, and `seen_contacts`, how many contacts this
    agent may see; `looked_at`, when they looked before. Raises Customer.DoesNotExist.
    """
    mine = OuterRef("pk")
    identities = Identity.objects.filter(customer=mine).order_by("kind", "pk")
    years = TouchpointYear.objects.filter(customer=mine).order_by("-year")
    same_group = Customer.objects.standing().filter(organisation=OuterRef("organisation"))
    others = same_group.exclude(pk=mine)
    contacts = Touchpoint.objects.filter(customer=mine, is_contact=True).visible_to(agent)
    counted = contacts.order_by().values("customer").annotate(n=Count("*")).values("n")
    return (
        Customer.objects.visible_to(agent)
        .select_related("organisation", "cx_summary", "account_owner")
        .annotate(
            shown_identities=_rows(
                identities,
                "kind",
                "shown",
                "evidence",
                "verified_at",
                "undeliverable_since",
                "last_seen_at",
                "is_shared",
                "id",
            ),
            shown_viewers=_viewers(mine),
            looked_at=_looked_at(mine, agent, at),
            shown_duplicates=duplicates_of(mine),
            shown_ledger=_rows(
                IdentityEvent.objects.filter(customer=mine).order_by("-at", "-pk")[:LEDGER],
                "kind",
                "value",
                "at",
                agent="agent__name",
            ),
            shown_memberships=_rows(
                Membership.objects.filter(customer=mine).order_by("organisation__name"),
                "role",
                id="organisation_id",
                name="organisation__name",
            ),
            shown_years=_rows(years, "year", "touchpoints"),
            colleagues=_rows(
                others.order_by(F("last_contact_at").desc(nulls_last=True), "pk")[:COLLEAGUES],
                "pk",
                "name",
            ),
            shown_events=_rows(
                OutsideEvent.objects.filter(customer=mine).order_by("-at", "-pk")[:EVENTS],
                *("title", "at", "status", "url", "fields", "may_cause_contact"),
                label="kind__label",
                icon="kind__icon",
            ),
            attribute_kinds=_rows(
                Attribute.objects.filter(subject=Attribute.Subject.CUSTOMER), "key", "label", "kind"
            ),
            relations_to=_related(Relationship.objects.filter(customer=mine), "other"),
            relations_from=_related(Relationship.objects.filter(other=mine), "customer"),
            agreements=_rows(
                Consent.objects.filter(customer=mine, withdrawn_at=None).order_by("purpose"),
                *("purpose", "given_at", "evidence"),
            ),
            refused_surveys=Exists(
                Consent.objects.filter(
                    customer=mine, purpose=Consent.Purpose.SURVEYS, withdrawn_at__isnull=False
                )
            ),
            known_by=_rows(_answerers(mine, agent, at)[:1], "agent", "agent__name", "replies"),
            last_channels=ArraySubquery(
                contacts.exclude(channel="").order_by("-at", "-pk").values("channel")[:LAST]
            ),
            seen_contacts=Coalesce(Subquery(counted), Value(0), output_field=IntegerField()),
        )
        .get(pk=pk)
    )


def _rows(rows: QuerySet[Any], *fields: str, **named: str) -> ArraySubquery:
    columns = {**{field: field for field in fields}, **named}
    return ArraySubquery(rows.values(row=JSONObject(**columns)))


def _related(rows: QuerySet[Relationship], who: str) -> ArraySubquery:
    others = rows.exclude(customer=F("other")).order_by("kind", "pk")
    return _rows(others, "id", "kind", person=f"{who}_id", name=f"{who}__name")


def _answerers(customer: OuterRef, agent: Agent, at: datetime) -> QuerySet[Any]:
    """Agents at work by how often they answered a customer in the last year, the most first."""
    replies = Touchpoint.objects.filter(
        customer=customer, kind=Touchpoint.Kind.REPLY, at__gt=at - KNOWN_FOR, at__lte=at
    ).visible_to(agent)
    counted: QuerySet[Any] = replies.filter(agent__is_active=True).order_by()
    by_agent = counted.values("agent", "agent__name").annotate(replies=Count("*"))
    ordered: QuerySet[Any] = by_agent.order_by("-replies", "agent")
    return ordered


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
    return _rows(
        pairs.order_by("-score", "pk")[:DUPLICATES],
        "reasons",
        first="first_id",
        second="second_id",
        first_name="first__name",
        second_name="second__name",
    )


def _looked_at(customer: OuterRef, agent: Agent, at: datetime) -> Subquery:
    """When this agent looked before the hour that runs; looks are kept by the hour."""
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    looks = Viewing.objects.filter(customer=customer, agent=agent, hour__lt=hour)
    return Subquery(looks.order_by("-hour").values("hour")[:1])


def _viewers(customer: OuterRef) -> ArraySubquery:
    """Who looked at a customer, each with when last, the newest first."""
    seen = Viewing.objects.filter(customer=customer).order_by().values("agent")
    last = seen.annotate(last=Max("hour")).order_by("-last")[:VIEWERS]
    return ArraySubquery(last.values(row=JSONObject(name="agent__name", at="last")))


def known_facts(customer: Customer, *, agent: Agent, at: datetime) -> list[Fact]:
    """Return what we know about a customer and when we learned it, the newest first."""
    facts = Fact.objects.filter(customer=customer).known(at)
    return list(facts.visible_to(agent).order_by("-at", "-pk")[:FACTS])


def promises_to(customer: Customer, *, agent: Agent) -> list[Promise]:
    """Return the promises made to a customer: what is due first, then what is done."""
    promises = Promise.objects.filter(customer=customer).visible_to(agent)
    return list(
        promises.annotate(is_done=~Q(status=Promise.Status.OPEN))
        .select_related("owner")
        .order_by("is_done", F("due_at").asc(), "pk")[:PROMISES]
    )


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

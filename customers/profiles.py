"""The head and margin of a customer's page, in one query."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Value
from django.db.models.aggregates import Count, Max
from django.db.models.expressions import Subquery
from django.db.models.functions import Coalesce, JSONObject

from customers.models import (
    Attribute,
    Consent,
    Customer,
    Identity,
    IdentityEvent,
    Membership,
    OutsideEvent,
    Relationship,
    Touchpoint,
    TouchpointYear,
    Viewing,
)
from customers.queries import LAST, duplicates_of, json_rows
from helpdesk.accounts.models import Agent, Rights
from helpdesk.lib.compiled import Compiled

COLLEAGUES, EVENTS = 6, 10
VIEWERS, LEDGER = 20, 30
KNOWN_FOR = timedelta(days=365)


def profile_of(pk: int, *, agent: Agent, at: datetime) -> Customer:
    """Return a customer with all that the page's head and margin show, in one query.

    Adds `shown_identities`, `shown_years`, `colleagues`, `shown_events`, `relations_to`,
    `relations_from`, `agreements`, `known_by`, `attribute_kinds` (lists of dicts),
    `last_channels`, those of the newest contacts, and `seen_contacts`, how many contacts this
    agent may see; `looked_at`, when they looked before. Raises Customer.DoesNotExist.
    """
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    found = _profiles(
        agent.rights, pk=pk, agent=agent.pk, at=at, hour=hour, known_since=at - KNOWN_FOR
    )
    if not found:
        raise Customer.DoesNotExist
    return found[0]


@Compiled
def _profiles(
    rights: Rights, *, pk: int, agent: int, at: datetime, hour: datetime, known_since: datetime
) -> QuerySet[Customer]:
    reader = Agent.of_rights(rights, pk=agent)
    mine = OuterRef("pk")
    identities = Identity.objects.filter(customer=mine).order_by("kind", "pk")
    years = TouchpointYear.objects.filter(customer=mine).order_by("-year")
    same_group = Customer.objects.standing().filter(organisation=OuterRef("organisation"))
    others = same_group.exclude(pk=mine)
    contacts = Touchpoint.objects.filter(customer=mine, is_contact=True).visible_to(reader)
    counted = contacts.order_by().values("customer").annotate(n=Count("*")).values("n")
    return (
        Customer.objects.visible_to(reader)
        .filter(pk=pk)
        .select_related("organisation", "cx_summary", "account_owner")
        .annotate(
            shown_identities=json_rows(
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
            looked_at=_looked_at(mine, reader, hour),
            shown_duplicates=duplicates_of(mine),
            shown_ledger=json_rows(
                IdentityEvent.objects.filter(customer=mine).order_by("-at", "-pk")[:LEDGER],
                "kind",
                "value",
                "at",
                agent="agent__name",
            ),
            shown_memberships=json_rows(
                Membership.objects.filter(customer=mine).order_by("organisation__name"),
                "role",
                id="organisation_id",
                name="organisation__name",
            ),
            shown_years=json_rows(years, "year", "touchpoints"),
            colleagues=json_rows(
                others.order_by(F("last_contact_at").desc(nulls_last=True), "pk")[:COLLEAGUES],
                "pk",
                "name",
            ),
            shown_events=json_rows(
                OutsideEvent.objects.filter(customer=mine).order_by("-at", "-pk")[:EVENTS],
                *("title", "at", "status", "url", "fields", "may_cause_contact"),
                label="kind__label",
                icon="kind__icon",
            ),
            attribute_kinds=json_rows(
                Attribute.objects.filter(subject=Attribute.Subject.CUSTOMER), "key", "label", "kind"
            ),
            relations_to=_related(Relationship.objects.filter(customer=mine), "other"),
            relations_from=_related(Relationship.objects.filter(other=mine), "customer"),
            agreements=json_rows(
                Consent.objects.filter(customer=mine, withdrawn_at=None).order_by("purpose"),
                *("purpose", "given_at", "evidence"),
            ),
            refused_surveys=Exists(
                Consent.objects.filter(
                    customer=mine, purpose=Consent.Purpose.SURVEYS, withdrawn_at__isnull=False
                )
            ),
            known_by=json_rows(
                _answerers(mine, reader, since=known_since, at=at)[:1],
                *("agent", "agent__name", "replies"),
            ),
            last_channels=ArraySubquery(
                contacts.exclude(channel="").order_by("-at", "-pk").values("channel")[:LAST]
            ),
            seen_contacts=Coalesce(Subquery(counted), Value(0), output_field=IntegerField()),
        )
    )


def _related(rows: QuerySet[Relationship], who: str) -> ArraySubquery:
    others = rows.exclude(customer=F("other")).order_by("kind", "pk")
    return json_rows(others, "id", "kind", person=f"{who}_id", name=f"{who}__name")


def _answerers(customer: OuterRef, agent: Agent, *, since: datetime, at: datetime) -> QuerySet[Any]:
    """Agents at work by how often they answered a customer since then, the most first."""
    replies = Touchpoint.objects.filter(
        customer=customer, kind=Touchpoint.Kind.REPLY, at__gt=since, at__lte=at
    ).visible_to(agent)
    counted: QuerySet[Any] = replies.filter(agent__is_active=True).order_by()
    by_agent = counted.values("agent", "agent__name").annotate(replies=Count("*"))
    ordered: QuerySet[Any] = by_agent.order_by("-replies", "agent")
    return ordered


def _looked_at(customer: OuterRef, agent: Agent, hour: datetime) -> Subquery:
    """When this agent looked before the hour that runs; looks are kept by the hour."""
    looks = Viewing.objects.filter(customer=customer, agent=agent, hour__lt=hour)
    return Subquery(looks.order_by("-hour").values("hour")[:1])


def _viewers(customer: OuterRef) -> ArraySubquery:
    """Who looked at a customer, each with when last, the newest first."""
    seen = Viewing.objects.filter(customer=customer).order_by().values("agent")
    last = seen.annotate(last=Max("hour")).order_by("-last")[:VIEWERS]
    return ArraySubquery(last.values(row=JSONObject(name="agent__name", at="last")))

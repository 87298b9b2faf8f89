"""What the customer's page shows, gathered in a fixed number of queries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from customers.buying import buying_of
from customers.local_time import is_night, zone_of
from customers.models import Consent, Customer, Order
from customers.operations import note_viewing
from customers.profiles import profile_of
from customers.queries import (
    Place,
    known_facts,
    observed_channel,
    promises_to,
    timeline_of,
)
from helpdesk.accounts.models import Agent
from helpdesk.lib.text import id_in
from helpdesk.web import AgentRequest
from tickets.desk.cx import cx_block, window_in
from tickets.desk.identity import identity_of
from tickets.desk.person_forms import ConsentForm, JoinForm, RelationForm
from tickets.desk.person_words import attribute_words, buying_words, relation_words
from tickets.desk.timeline import CHANNELS, FILTERS, entries_of, years_of
from tickets.models import Ticket

ORDERS, NOTES, OPEN_OF_COLLEAGUES = 200, 20, 30
FIRST_YEAR, LAST_YEAR = 1970, 9998


def profile(request: AgentRequest, pk: int, **extra: Any) -> dict[str, Any]:
    """Gather the page of one customer; `?kind`, `?channel`, `?topic`, `?issue`, `?open`, `?q`,
    `?year` and `?before` choose what its timeline shows. Raises Http404.
    """
    agent, now = request.user, timezone.now()
    try:
        person: Any = profile_of(pk, agent=agent, at=now)
    except Customer.DoesNotExist as error:
        raise Http404 from error
    note_viewing(person.pk, agent_id=agent.pk, at=now)
    notes = list(person.notes.select_related("author").order_by("-is_pinned", "-at")[:NOTES])
    orders = list(Order.objects.filter(customer=person).order_by("-placed_at")[:ORDERS])
    return {
        "customer": person,
        "section": "customers",
        "local": local_time(person, now),
        "observed": observed_channel(person.last_channels),
        "related": relation_words(person),
        "attributes": attribute_words(person.attribute_kinds, person.attributes),
        "events": [row | {"at": parse_datetime(row["at"])} for row in person.shown_events],
        "consents": [_consent(row) for row in person.agreements],
        "no_surveys": person.refused_surveys
        and all(row["purpose"] != Consent.Purpose.SURVEYS for row in person.agreements),
        "relation_form": RelationForm(agent=agent),
        "consent_form": ConsentForm(),
        "join_form": JoinForm(),
        "pinned": [note for note in notes if note.is_pinned],
        "notes": notes,
        **identity_of(person, agent=agent),
        "cx": cx_block(
            person,
            agent=agent,
            at=now,
            window=window_in(request.GET.get("window", "")),
            looked_at=person.looked_at,
            orders=orders if len(orders) < ORDERS else None,
        ),
        "facts": known_facts(person, agent=agent, at=now),
        "promises": promises_to(person, agent=agent),
        "orders": orders,
        "buying": buying_words(buying_of(orders)),
        "colleagues": _colleagues(person, agent),
        "hidden": max(0, person.contacts_count - person.seen_contacts),
        "now": now,
        **_timeline(request, person, agent),
        **extra,
    }


def _timeline(request: AgentRequest, person: Customer, agent: Agent) -> dict[str, Any]:
    asked = request.GET
    kind, words = asked.get("kind", ""), asked.get("q", "").replace("\0", "").strip()[:100]
    channel = asked.get("channel", "") if asked.get("channel") in CHANNELS else ""
    year, topic = id_in(asked.get("year", "")), id_in(asked.get("topic", ""))
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    issue = id_in(asked.get("issue", ""))
    kinds = FILTERS[kind][1] if kind in FILTERS else ()
    theirs = Ticket.objects.visible_to(agent).filter(customer=person)
    is_open = bool(asked.get("open"))
    page = timeline_of(
        person,
        agent=agent,
        kinds=kinds,
        channel=channel,
        tickets=_numbers(theirs, topic, issue, is_open=is_open),
        words=words,
        year=year,
        before=Place.read(asked.get("before", "")),
    )
    entries = entries_of(page.touchpoints, agent=agent)
    years = years_of(person, page, entries, only=year)
    narrowed = (kinds, channel, topic, issue, is_open, words, "before" in asked)
    is_filtered = any(narrowed)
    older = None
    if page.older:
        query = asked.copy()
        query["before"] = str(page.older)
        older = f"?{query.urlencode()}#timeline"
    topics = theirs.exclude(topic=None).order_by("topic__name").values_list("topic", "topic__name")
    return {
        "years": [y for y in years if y.entries] if is_filtered else years,
        "entries": entries,
        "older": older,
        "filters": [(key, label) for key, (label, _kinds) in FILTERS.items()],
        "channels": CHANNELS.items(),
        "topics": list(topics.distinct()),
        "kind": kind,
        "channel": channel,
        "topic": topic,
        "issue": issue,
        "issue_name": next((e.issue_name for e in entries if issue and e.issue == issue), ""),
        "is_open": is_open,
        "words": words,
        "year": year,
        "is_filtered": is_filtered or year is not None,
    }


def _numbers(theirs: Any, topic: int | None, issue: int | None, *, is_open: bool) -> Any:
    """The numbers of the customer's tickets that are asked for, as a query; None for all."""
    if topic is None and issue is None and not is_open:
        return None
    if issue is not None:
        theirs = theirs.filter(in_issue__issue=issue)
    if topic is not None:
        theirs = theirs.filter(Q(topic=topic) | Q(topic__parent=topic))
    return (theirs.unfinished() if is_open else theirs).order_by().values("number")


def _colleagues(person: Any, agent: Agent) -> list[dict[str, Any]]:
    """The customer's colleagues, each with the tickets of theirs that are open."""
    if not person.colleagues:
        return []
    unfinished = Ticket.objects.visible_to(agent).unfinished().select_related("status")
    theirs = unfinished.filter(customer__in=[row["pk"] for row in person.colleagues])
    tickets: dict[int, list[Ticket]] = {}
    for ticket in theirs.order_by("-updated_at", "-id")[:OPEN_OF_COLLEAGUES]:
        tickets.setdefault(ticket.customer_id, []).append(ticket)
    return [row | {"tickets": tickets.get(row["pk"], [])} for row in person.colleagues]


def _consent(row: dict[str, Any]) -> dict[str, Any]:
    label = Consent.Purpose(row["purpose"]).label
    return row | {"label": label, "at": parse_datetime(row["given_at"])}


def local_time(person: Customer, now: datetime) -> dict[str, Any] | None:
    """The time where the customer is, whether people sleep there, and may be called."""
    zone = zone_of(person)
    if zone is None:
        return None
    local = now.astimezone(zone)
    return {
        "at": f"{local:%H:%M}",
        "place": person.place or zone.key.rpartition("/")[2].replace("_", " "),
        "is_night": is_night(local),
        "may_call": _is_in_window(person, local),
    }


def _is_in_window(person: Customer, local: datetime) -> bool | None:
    """Whether now is a time the customer wants to be called at; None where they said nothing."""
    begins, ends = person.contact_from, person.contact_until
    if begins is None or ends is None:
        return None
    moment = local.time()
    if begins <= ends:
        return begins <= moment < ends
    return moment >= begins or moment < ends

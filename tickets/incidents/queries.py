"""What the incidents' pages read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Min, Q

from customers.models import Customer
from helpdesk.accounts.models import Agent
from tickets.incidents.models import Incident, IncidentTicket
from tickets.models import Ticket, Topic

AFFECTED = 500
SPIKE_HOURS = timedelta(hours=4)
USUAL_WEEKS = 8
FEWEST, TIMES_USUAL = 4, 3


@dataclass(frozen=True, kw_only=True)
class Affected:
    """A customer an incident reached: their tickets of it, and why they are left out, if so."""

    customer: Customer
    tickets: list[Ticket]
    excluded: str = ""


@dataclass(frozen=True, kw_only=True)
class AffectedList:
    """Who an incident reached. `hidden` counts linked tickets in teams the reader cannot see."""

    people: list[Affected]
    excluded: list[Affected]
    tickets: int
    hidden: int


@dataclass(frozen=True, kw_only=True)
class Spike:
    """A topic many more tickets came about in the last hours than is usual at this time of week."""

    topic: Topic
    count: int
    people: int
    usual: tuple[int, int]
    since: datetime


def incidents_shown(*, resolved: bool = False) -> list[Incident]:
    """Return incidents with `tickets_count`, the number of tickets linked; 100 at most."""
    status = Incident.Status.RESOLVED if resolved else Incident.Status.OPEN
    counted = Incident.objects.filter(status=status).annotate(
        tickets_count=Count("links", filter=Q(links__is_part=True))
    )
    return list(counted.select_related("topic").order_by("-began_at", "-pk")[:100])


def affected_by(incident: Incident, *, agent: Agent) -> AffectedList:
    """Return who an incident reached, by the tickets that agents linked; 500 tickets at most."""
    links = IncidentTicket.objects.filter(incident=incident, is_part=True)
    seen = Ticket.objects.visible_to(agent).filter(pk__in=links.values("ticket"))
    rows = seen.select_related("customer__organisation", "status").order_by("-opened_at", "-id")
    reasons = dict(incident.exclusions.values_list("customer", "reason"))
    tickets: dict[Customer, list[Ticket]] = {}
    for ticket in rows[:AFFECTED]:
        tickets.setdefault(ticket.customer, []).append(ticket)
    everybody = [
        Affected(customer=customer, tickets=theirs, excluded=reasons.get(customer.pk, ""))
        for customer, theirs in tickets.items()
    ]
    return AffectedList(
        people=[one for one in everybody if not one.excluded],
        excluded=[one for one in everybody if one.excluded],
        tickets=sum(len(one.tickets) for one in everybody),
        hidden=links.count() - seen.count(),
    )


def spikes(*, agent: Agent, at: datetime) -> list[Spike]:
    """Return topics of the last four hours with far more tickets than the same hours bring.

    Compared with those four hours of the weekday in each of the eight weeks before: at least
    four tickets of at least three people, and three times the median of those weeks. Topics with
    an incident open need no suggestion.
    """
    since = at - SPIKE_HOURS
    seen = Ticket.objects.visible_to(agent).exclude(topic=None)
    now = (
        seen.filter(opened_at__gt=since, opened_at__lte=at)
        .exclude(topic__in=Incident.objects.active(at).values("topic"))
        .order_by()
        .values("topic")
        .annotate(n=Count("pk"), people=Count("customer", distinct=True), first=Min("opened_at"))
        .filter(n__gte=FEWEST, people__gte=FEWEST - 1)
    )
    counted = {row["topic"]: row for row in now}
    before = _before(list(counted), agent=agent, at=at)
    topics = Topic.objects.select_related("parent").in_bulk(counted)
    found = [
        Spike(
            topic=topics[pk],
            count=row["n"],
            people=row["people"],
            usual=(min(before[pk]), max(before[pk])),
            since=row["first"],
        )
        for pk, row in counted.items()
        if row["n"] >= TIMES_USUAL * max(1, median(before[pk]))
    ]
    return sorted(found, key=lambda spike: (-spike.count, spike.topic.name))


def _before(topics: list[int], *, agent: Agent, at: datetime) -> dict[int, list[int]]:
    """How many tickets each topic brought in the same hours of the eight weeks before."""
    counts = {topic: [0] * USUAL_WEEKS for topic in topics}
    windows = [
        (at - SPIKE_HOURS - timedelta(weeks=n), at - timedelta(weeks=n))
        for n in range(1, USUAL_WEEKS + 1)
    ]
    same_hours = Q()
    for begin, end in windows:
        same_hours |= Q(opened_at__gt=begin, opened_at__lte=end)
    rows = Ticket.objects.visible_to(agent).filter(same_hours, topic__in=topics)
    for topic, opened_at in rows.values_list("topic", "opened_at"):
        for week, (begin, end) in enumerate(windows):
            if topic is not None and begin < opened_at <= end:
                counts[topic][week] += 1
    return counts

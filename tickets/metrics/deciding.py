"""Decide first-contact resolution: misses at once, successes when their window has closed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.db import transaction
from django.db.models import Q

from customers.cx.facts import NewFact, keep_facts
from customers.cx.models import CountingChoices, CXFact
from customers.cx.refreshing import refresh_summaries
from customers.models import Customer
from helpdesk.lib.rows import is_within, update_rows
from tickets.metrics.counting import uncounted
from tickets.metrics.deriving import first_contact_fact
from tickets.metrics.first_contact import (
    Attempt,
    FirstContact,
    FurtherContact,
    judge,
)
from tickets.metrics.models import Resolution
from tickets.metrics.repeating import issues_of
from tickets.models import NEVER, Ticket

DECIDED_AT_ONCE = 500
_FIELDS = ("is_first_contact", "first_contact_decided_at")
_READ = (
    "customer_id", "solved_at", "solved_by_id", "replies", "reopened_at", "is_eligible",
    "agent_transfers", "team_transfers", *_FIELDS,
    "ticket__number", "ticket__customer", "ticket__team", "ticket__channel", "ticket__topic",
    "ticket__is_imported",
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    resolutions: int = 0
    facts: int = 0


def decide(
    tickets: Sequence[Ticket], *, left_out: set[int], at: datetime, write: bool = True
) -> Decided:
    """Judge every first cycle that these tickets, or contacts on them, bear on.

    `left_out` are those of the tickets that count in no number.

    Counts rows that were not as judged; a success that fell due since nobody looked is none.
    The caller holds the locks of the tickets' customers.
    """
    window = CountingChoices.current().first_contact_window
    attempts = _attempts(tickets, window)
    further, issues = _further_contacts(attempts, window)
    changed: list[Resolution] = []
    drifted = 0
    facts: list[NewFact] = []
    others = {row.ticket_id for row in attempts} - {ticket.pk for ticket in tickets}
    left_out = left_out | (uncounted(others) if others else set())
    for row in attempts:
        contacts = _within(window, further[row.customer_id], row.solved_at)
        verdict = judge(_attempt(row, issues), contacts, window=window, at=at)
        is_due = row.first_contact_decided_at is None and verdict.is_solved is True
        if (row.is_first_contact, row.first_contact_decided_at) != _stored(verdict):
            row.is_first_contact, row.first_contact_decided_at = _stored(verdict)
            changed.append(row)
            drifted += not is_due
        if row.ticket_id not in left_out and (write or not is_due):
            facts += _fact_of(row, verdict)
    numbers = {ticket.number for ticket in tickets} | {row.ticket.number for row in attempts}
    stored = CXFact.objects.filter(ticket_number__in=numbers, kind="first_contact")
    if write:
        update_rows(changed, _FIELDS)
    return Decided(drifted, keep_facts(stored, facts, write=write))


def _fact_of(row: Resolution, verdict: FirstContact) -> list[NewFact]:
    if verdict.is_solved is None or verdict.decided_at is None:
        return []
    return [
        first_contact_fact(
            row.ticket,
            verdict.decided_at,
            is_solved=verdict.is_solved,
            agent=row.solved_by_id,
            transfers=row.agent_transfers + row.team_transfers,
        )
    ]


def decide_due(*, at: datetime, limit: int = DECIDED_AT_ONCE) -> int:
    """Decide the first contacts whose window has closed; return how many were taken up."""
    closed = at - CountingChoices.current().first_contact_window
    due = Resolution.objects.filter(
        cycle=1, is_eligible=True, first_contact_decided_at=None, solved_at__lte=closed
    ).order_by("solved_at")
    ticket_ids = list(due.values_list("ticket_id", flat=True)[:limit])
    for ticket_id in ticket_ids:
        _decide_one(ticket_id, at=at)
    return len(ticket_ids)


@transaction.atomic
def _decide_one(ticket_id: int, *, at: datetime) -> None:
    ticket = Ticket.objects.lock(ticket_id)
    Customer.objects.lock(ticket.customer_id)
    decide([ticket], left_out=uncounted([ticket_id]), at=at)
    refresh_summaries([ticket.customer_id], at=at)


def _attempts(tickets: Sequence[Ticket], window: timedelta) -> list[Resolution]:
    """First cycles of these tickets, and of others solved shortly before a contact on them."""
    near: dict[int, tuple[datetime, datetime]] = {}
    for ticket in tickets:
        since = ticket.opened_at - window - timedelta(days=1)
        near[ticket.customer_id] = min(near.get(ticket.customer_id, (since,))[0], since), NEVER
    own = Q(ticket__in=[ticket.pk for ticket in tickets])
    bearing = is_within(Resolution, near, owner="customer_id", moment="solved_at")
    rows = Resolution.objects.filter(own | bearing, cycle=1)
    return list(rows.select_related("ticket").only(*_READ).order_by("pk"))


def _further_contacts(
    attempts: Sequence[Resolution], window: timedelta
) -> tuple[dict[int, list[FurtherContact]], dict[int, int]]:
    """Later contacts by customer, oldest first, and the issues of all tickets concerned by
    number."""
    reach: dict[int, tuple[datetime, datetime]] = {}
    for row in attempts:
        closes_at = row.solved_at + window
        first, last = reach.get(row.customer_id, (row.solved_at, closes_at))
        reach[row.customer_id] = min(first, row.solved_at), max(last, closes_at)
    found: dict[int, list[FurtherContact]] = defaultdict(list)
    after = is_within(CXFact, reach, owner="customer_id", moment="at")
    contacts = CXFact.objects.filter(after, kind="contact").order_by("at")
    rows = contacts.values_list("customer_id", "at", "ticket_number", "topic_id")
    known = [(customer, at, n, topic) for customer, at, n, topic in rows if n is not None]
    issues = issues_of({row[2] for row in known} | {row.ticket.number for row in attempts})
    for customer_id, at, number, topic in known:
        found[customer_id].append(FurtherContact(at, number, topic, issues.get(number)))
    return found, issues


def _within(
    window: timedelta, contacts: Sequence[FurtherContact], solved_at: datetime
) -> Sequence[FurtherContact]:
    first = bisect_right(contacts, solved_at, key=_when)
    return contacts[first : bisect_right(contacts, solved_at + window, key=_when)]


_when = attrgetter("at")


def _attempt(row: Resolution, issues: Mapping[int, int]) -> Attempt:
    return Attempt(
        ticket_number=row.ticket.number,
        topic=row.ticket.topic_id,
        solved_at=row.solved_at,
        replies=row.replies,
        is_eligible=row.is_eligible,
        reopened_at=row.reopened_at,
        issue=issues.get(row.ticket.number),
    )


def _stored(verdict: FirstContact) -> tuple[bool | None, datetime | None]:
    return (verdict.is_solved, verdict.decided_at)

"""Keep which contacts repeat an earlier one: a ticket bears on the contacts around its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from customers.cx.facts import NewFact, keep_facts
from customers.cx.models import CXFact
from tickets.issues.models import IssueTicket
from tickets.metrics.clock import VERSION
from tickets.metrics.repeat_contact import REACH, Known, repeats
from tickets.models import Ticket

# By customer, from when until when.
_Reaches = dict[int, tuple[datetime, datetime]]


def keep_repeats(tickets: Sequence[Ticket], *, write: bool = True) -> int:
    """Derive the repeats among the contacts that these tickets bear on; return how many differed.

    The caller holds the locks of the tickets' customers and has kept the contacts.
    """
    reaches = _reaches(tickets)
    if not reaches:
        return 0
    contacts, solved = _read(reaches)
    numbers = {ticket.number for ticket in tickets}
    wanted = list(_facts(contacts, solved, reaches, numbers))
    within = Q(ticket_number__in=numbers) | _within(reaches)
    stored = CXFact.objects.filter(within, kind="repeat", customer__in=reaches)
    return keep_facts(stored, wanted, write=write)


def _reaches(tickets: Sequence[Ticket]) -> _Reaches:
    """From when until when contacts of a customer may repeat, or be repeated by, these tickets'."""
    reaches: _Reaches = {}
    for ticket in tickets:
        begin, end = ticket.opened_at, max(ticket.updated_at, ticket.opened_at)
        known = reaches.get(ticket.customer_id, (begin, end))
        reaches[ticket.customer_id] = min(known[0], begin), max(known[1], end)
    return reaches


def _within(reaches: _Reaches) -> Q:
    """The contacts whose being a repeat may have changed."""
    found = Q(pk__in=[])
    for customer_id, (begin, end) in reaches.items():
        found |= Q(customer=customer_id, at__gte=begin, at__lte=end + REACH)
    return found


def _read(reaches: _Reaches) -> tuple[dict[int, list[CXFact]], dict[int, list[datetime]]]:
    around = Q(pk__in=[])
    for customer_id, (begin, end) in reaches.items():
        around |= Q(customer=customer_id, at__gte=begin - REACH, at__lte=end + REACH)
    facts = CXFact.objects.filter(around, kind__in=("contact", "solved")).order_by("at", "pk")
    contacts: dict[int, list[CXFact]] = defaultdict(list)
    solved: dict[int, list[datetime]] = defaultdict(list)
    for fact in facts:
        if fact.kind == "contact":
            contacts[fact.customer_id].append(fact)
        elif fact.ticket_number is not None:
            solved[fact.ticket_number].append(fact.at)
    return contacts, solved


def _facts(
    contacts: dict[int, list[CXFact]],
    solved: dict[int, list[datetime]],
    reaches: _Reaches,
    own: Collection[int],
) -> Iterator[NewFact]:
    numbers = {f.ticket_number for facts in contacts.values() for f in facts if f.ticket_number}
    issues = issues_of(numbers)
    for customer_id, facts in contacts.items():
        for fact, gap in _of_customer(facts, issues, solved):
            if reaches[customer_id][0] <= fact.at or fact.ticket_number in own:
                yield _repeat(fact, gap)


def _repeat(contact: CXFact, gap: timedelta) -> NewFact:
    return NewFact(
        customer_id=contact.customer_id,
        kind="repeat",
        ref=contact.ref,
        at=contact.at,
        value=gap.total_seconds(),
        version=VERSION,
        ticket_number=contact.ticket_number,
        team_id=contact.team_id,
        channel=contact.channel,
        topic_id=contact.topic_id,
        data={"imported": True} if contact.data.get("imported") else {},
    )


def _of_customer(
    facts: Sequence[CXFact], issues: dict[int, int], solved: dict[int, list[datetime]]
) -> Iterator[tuple[CXFact, timedelta]]:
    by_ref = {fact.ref: fact for fact in facts}
    known = [
        Known(fact.at, fact.ref, number, fact.topic_id, issues.get(number))
        for fact in facts
        if (number := fact.ticket_number) is not None
    ]
    for contact, gap in repeats(known, solved):
        yield by_ref[contact.ref], gap


def issues_of(ticket_numbers: Collection[int]) -> dict[int, int]:
    """Return the issue of each of these tickets that certainly belongs to one, by number."""
    rows = IssueTicket.objects.filter(ticket__number__in=ticket_numbers)
    return dict(rows.values_list("ticket__number", "issue_id"))

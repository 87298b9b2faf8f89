"""Keep which contacts repeat an earlier one: a ticket bears on the contacts around its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from customers.cx.facts import NewFact, keep_facts
from customers.cx.models import CXFact
from helpdesk.lib.rows import Spans, is_within
from tickets.issues.models import IssueTicket
from tickets.metrics.clock import VERSION
from tickets.metrics.repeat_contact import REACH, Known, repeats
from tickets.models import Ticket

_READ = (
    "customer_id", "ref", "at", "ticket_number", "team_id", "channel", "topic_id", "data__imported",
)  # fmt: skip


class _Contact(NamedTuple):
    """A fact of a contact, or of a solving, as far as repeats care."""

    customer_id: int
    ref: str
    at: datetime
    ticket_number: int | None
    team_id: int | None
    channel: str
    topic_id: int | None
    is_imported: bool | None


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
    # The contacts whose being a repeat may have changed.
    after = {one: (begin, end + REACH) for one, (begin, end) in reaches.items()}
    within = is_within(CXFact, after, owner="customer_id", moment="at")
    touched = within | Q(ticket_number__in=numbers)
    stored = CXFact.objects.filter(touched, kind="repeat", customer__in=reaches)
    return keep_facts(stored, wanted, write=write)


def _reaches(tickets: Sequence[Ticket]) -> Spans:
    """From when until when contacts of a customer may repeat, or be repeated by, these tickets'."""
    reaches: dict[int, tuple[datetime, datetime]] = {}
    for ticket in tickets:
        begin, end = ticket.opened_at, max(ticket.updated_at, ticket.opened_at)
        known = reaches.get(ticket.customer_id, (begin, end))
        reaches[ticket.customer_id] = min(known[0], begin), max(known[1], end)
    return reaches


def _read(reaches: Spans) -> tuple[dict[int, list[_Contact]], dict[int, list[datetime]]]:
    """Contacts by customer and solvings by ticket around these reaches, oldest first."""
    around = {one: (begin - REACH, end + REACH) for one, (begin, end) in reaches.items()}
    near = is_within(CXFact, around, owner="customer_id", moment="at")
    facts = CXFact.objects.filter(near, kind__in=("contact", "solved"))
    contacts: dict[int, list[_Contact]] = defaultdict(list)
    solved: dict[int, list[datetime]] = defaultdict(list)
    for kind, *fact in facts.order_by("at", "pk").values_list("kind", *_READ):
        contact = _Contact(*fact)
        if kind == "contact":
            contacts[contact.customer_id].append(contact)
        elif contact.ticket_number is not None:
            solved[contact.ticket_number].append(contact.at)
    return contacts, solved


def _facts(
    contacts: dict[int, list[_Contact]],
    solved: dict[int, list[datetime]],
    reaches: Spans,
    own: Collection[int],
) -> Iterator[NewFact]:
    numbers = {f.ticket_number for facts in contacts.values() for f in facts if f.ticket_number}
    issues = issues_of(numbers)
    for customer_id, facts in contacts.items():
        for fact, gap in _of_customer(facts, issues, solved):
            if reaches[customer_id][0] <= fact.at or fact.ticket_number in own:
                yield _repeat(fact, gap)


def _repeat(contact: _Contact, gap: timedelta) -> NewFact:
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
        data={"imported": True} if contact.is_imported else {},
    )


def _of_customer(
    facts: Sequence[_Contact], issues: dict[int, int], solved: dict[int, list[datetime]]
) -> Iterator[tuple[_Contact, timedelta]]:
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

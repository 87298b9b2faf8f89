"""Play a set of labelled tickets through matching as they came, in a transaction that is undone."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from customers.models import Customer
from tickets.issues.entities import active_masks, entities_in, numbers_quoted
from tickets.issues.frequencies import newest_snapshot, take_snapshot
from tickets.issues.knowing import decisions_on, tickets_known
from tickets.issues.linking import Decisions
from tickets.issues.models import TicketTerms
from tickets.issues.similar import like, recency
from tickets.issues.standing import Standing, standing_of
from tickets.issues.terms import terms_of
from tickets.models import Category, Ticket, TicketStatus, Topic

RANKED = 10
SNAPSHOT_EVERY = 1_000
# Topics of this name say that nobody chose one.
NO_TOPIC = frozenset({"", "undefined"})


@dataclass(frozen=True)
class Query:
    """A ticket of the set with what people said it belongs to: ids with grade, own and others'."""

    id: str
    own: frozenset[str]
    others: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """What matching said of one query when it came.

    `own` are the customer's earlier tickets with their tier ("" for none); `ranked` the ids of
    related tickets, best first: the customer's own, then other people's; `strangers` only those.
    """

    query: Query
    own: dict[str, str]
    ranked: list[str]
    strangers: list[str]


def read_tickets(folder: Path) -> list[dict[str, Any]]:
    """Return the tickets of a set, oldest first."""
    rows = _rows(folder / "tickets.jsonl.gz")
    return sorted(rows, key=lambda row: (row["at"], row["id"]))


def read_queries(folder: Path) -> dict[str, Query]:
    """Return what is labelled, by the id of the later ticket."""
    rows = _rows(folder / "queries.jsonl.gz")
    return {
        row["query_id"]: Query(
            row["query_id"],
            frozenset(r["id"] for r in row["relevant"] if r["same_customer"]),
            frozenset(r["id"] for r in row["relevant"] if not r["same_customer"]),
        )
        for row in rows
    }


def play(tickets: Sequence[dict[str, Any]], queries: dict[str, Query]) -> Iterator[Answer]:
    """Let the tickets come in one after the other, and answer each query when it has come.

    Writes customers, tickets and terms: call it in a transaction that is rolled back.
    """
    stock = _Stock(tickets)
    batches = groupby(enumerate(tickets), key=_batches_until(tickets, queries))
    for _number, batch in batches:
        rows = [row for _at, row in batch]
        stock.add(rows)
        if query := queries.get(rows[-1]["id"]):
            yield stock.answer(query, rows[-1])


def _batches_until(tickets: Sequence[dict[str, Any]], queries: dict[str, Query]) -> Any:
    """Number the tickets so that each batch ends with a query."""
    numbers, number = [], 0
    for row in tickets:
        numbers.append(number)
        number += row["id"] in queries
    return lambda pair: numbers[pair[0]]


class _Stock:
    """The tickets that have come so far, as rows of the desk."""

    def __init__(self, tickets: Sequence[dict[str, Any]]) -> None:
        self.masks = active_masks()
        self.status = TicketStatus.objects.get(category=Category.OPEN, is_default=True)
        self.solved = TicketStatus.objects.get(category=Category.SOLVED, is_default=True)
        names = {row["customer_id"] for row in tickets}
        made = Customer.objects.bulk_create(
            Customer(name=name, created_at=_at(tickets[0])) for name in sorted(names)
        )
        self.customers = {customer.name: customer.pk for customer in made}
        self.topics = {
            name: Topic.objects.create(name=f"set: {name}"[:80])
            for name in sorted({row["topic"] for row in tickets} - NO_TOPIC)
        }
        self.ids: dict[int, str] = {}
        self.own: dict[str, list[str]] = {}
        self.last_snapshot = 0

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Store tickets as they would be: nobody knows how the earlier ones ended."""
        tickets = Ticket.objects.bulk_create(self._ticket(row) for row in rows)
        TicketTerms.objects.bulk_create(
            self._terms(ticket, row) for ticket, row in zip(tickets, rows, strict=True)
        )
        for ticket, row in zip(tickets, rows, strict=True):
            self.ids[ticket.pk] = row["id"]
            self.own.setdefault(row["customer_id"], []).append(row["id"])
        if len(self.ids) - self.last_snapshot >= SNAPSHOT_EVERY or not self.last_snapshot:
            take_snapshot(at=_at(rows[-1]))
            self.last_snapshot = len(self.ids)

    def answer(self, query: Query, row: dict[str, Any]) -> Answer:
        """Say what belongs to the newest ticket."""
        snapshot = newest_snapshot()
        ticket = Ticket.objects.get(pk=max(pk for pk, name in self.ids.items() if name == query.id))
        known = tickets_known(Ticket.objects.filter(customer=ticket.customer_id), snapshot=snapshot)
        own = next(k for k in known if k.id == ticket.pk)
        standing = standing_of(own, known, _decided(known))
        strangers = self._strangers(ticket, row, snapshot)
        first = [self.ids[pk] for pk in _own_in_order(standing)]
        return Answer(
            query,
            self._tiers(standing, row["customer_id"]),
            [*first, *strangers][:RANKED],
            strangers[:RANKED],
        )

    def _strangers(self, ticket: Ticket, row: dict[str, Any], snapshot: Any) -> list[str]:
        counts = terms_of(row["subject"], row["body"], language=row["locale"])
        found, _weights = like(counts, besides=ticket.pk, snapshot=snapshot)
        opened = dict(
            Ticket.objects.filter(pk__in=[pk for pk, _text in found])
            .exclude(customer=ticket.customer_id)
            .values_list("pk", "opened_at")
        )
        rank = {
            pk: text * recency(ticket.opened_at - opened[pk]) for pk, text in found if pk in opened
        }
        return [self.ids[pk] for pk in sorted(rank, key=lambda pk: (-rank[pk], pk))]

    def _tiers(self, standing: Standing, customer: str) -> dict[str, str]:
        tiers = dict.fromkeys(self.own[customer], "")
        tiers |= {self.ids[c.ticket]: "possible" for c in standing.candidates}
        tiers |= {self.ids[t.id]: "possible" for t in standing.joined}
        tiers |= {self.ids[t.id]: "strong" for t in standing.members}
        tiers.pop(self.ids[standing.ticket.id])
        return tiers

    def _ticket(self, row: dict[str, Any]) -> Ticket:
        at = _at(row)
        number = 900_000_000 + len(self.ids) + int(row["id"].lstrip("S") or 0)
        return Ticket(
            number=number,
            subject=row["subject"][:300] or "(none)",
            customer_id=self.customers[row["customer_id"]],
            topic=self.topics.get(row["topic"]),
            status=self.solved,
            category=Category.SOLVED,
            channel="form",
            opened_at=at,
            updated_at=at,
            solved_at=at,
        )

    def _terms(self, ticket: Ticket, row: dict[str, Any]) -> TicketTerms:
        counts = terms_of(row["subject"], row["body"], language=row["locale"])
        whole = f"{row['subject']}\n{row['body']}"
        return TicketTerms(
            ticket=ticket,
            terms=list(counts),
            counts=list(counts.values()),
            entities=sorted({str(e) for e in entities_in(whole, self.masks)}),
            quoted=numbers_quoted(whole),
        )


def _own_in_order(standing: Standing) -> list[int]:
    """The customer's own tickets: those of the issue, newest first, then the possible ones."""
    sure = [t.id for t in reversed(standing.members) if t.id != standing.ticket.id]
    return [*sure, *(c.ticket for c in standing.candidates)]


def _decided(known: Sequence[Any]) -> Decisions:
    return decisions_on([ticket.id for ticket in known])


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _at(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])

"""Keep the facts of a source as it says they are now: add, correct, take back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import F, Q, QuerySet

from customers.cx.models import CountingChoices, CXFact
from customers.cx.purchases import spells
from customers.feedback.models import Rating
from customers.models import Order, Promise, Touchpoint
from helpdesk.lib.rows import keep_rows

VERSION = 1
PROMISE_VERSION = 2  # since those moved too late count
_KEY = ("customer_id", "kind", "ref")
_FIELDS = (
    "at", "value", "version", "ticket_number", "team_id", "agent_id", "channel", "topic_id", "data",
)  # fmt: skip

# Kinds that stand on the customer's own rows; all others stand on a ticket's events.
OF_CUSTOMER = ("promise", "rating", "ces", "nps", "order", "lost", "article")
# Scales are never mixed: each is a kind of its own.
OF_SCALE = {Rating.Scale.CSAT: "rating", Rating.Scale.CES: "ces", Rating.Scale.NPS: "nps"}


@dataclass(frozen=True, kw_only=True)
class NewFact:
    """A fact as its source tells it. `ref` is unique among the customer's facts of a kind."""

    customer_id: int
    kind: str
    ref: str
    at: datetime
    value: float | None = None
    version: int = VERSION
    ticket_number: int | None = None
    team_id: int | None = None
    agent_id: int | None = None
    channel: str = ""
    topic_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def keep_facts(stored: QuerySet[CXFact], facts: Iterable[NewFact], *, write: bool = True) -> int:
    """Make the stored rows equal to the facts; return how many differed.

    With `write` off it only counts. The caller holds the lock of whom they are about.
    """
    wanted = {(fact.customer_id, fact.kind, fact.ref): vars(fact) for fact in facts}
    return keep_rows(stored, wanted.values(), key=_KEY, fields=_FIELDS, write=write)


def keep_customer_facts(customer_ids: Iterable[int], *, write: bool = True) -> int:
    """Derive the facts that stand on customers' own rows; return how many differed."""
    ids = list(customer_ids)
    stored = CXFact.objects.filter(customer__in=ids, kind__in=OF_CUSTOMER)
    ratings = Rating.objects.filter(customer__in=ids)
    of_tickets = [*map(_promise, _promises(ids)), *map(_rating, ratings)]
    facts = [*_like_their_tickets(of_tickets), *_purchases(ids), *map(_article, _articles(ids))]
    return keep_facts(stored, facts, write=write)


def _like_their_tickets(facts: Sequence[NewFact]) -> list[NewFact]:
    """Put the channel and topic of its ticket on each, as the fact of its opening tells them."""
    numbers = {fact.ticket_number for fact in facts} - {None}
    opened = CXFact.objects.filter(kind="opened", ticket_number__in=numbers) if numbers else ()
    known = {row.ticket_number: row for row in opened}
    return [
        replace(fact, channel=ticket.channel, topic_id=ticket.topic_id)
        if (ticket := known.get(fact.ticket_number))
        else fact
        for fact in facts
    ]


def _promises(customer_ids: list[int]) -> Iterable[Promise]:
    in_time = Q(status=Promise.Status.REPLACED, closed_at__lte=F("due_at"))
    withdrawn = Q(status=Promise.Status.CANCELLED) | in_time
    return Promise.objects.filter(customer__in=customer_ids).exclude(withdrawn)


def _promise(promise: Promise) -> NewFact:
    """1 kept in time, none yet while it is open, else 0; dated when it was due.

    One that was moved after its time had passed was not kept, whatever became of the next.
    """
    values = {Promise.Status.KEPT: 1.0, Promise.Status.OPEN: None}
    return NewFact(
        customer_id=promise.customer_id,
        kind="promise",
        ref=str(promise.pk),
        at=promise.due_at,
        value=values.get(Promise.Status(promise.status), 0.0),
        version=PROMISE_VERSION,
        ticket_number=promise.ticket_number,
        team_id=promise.team_id,
        agent_id=promise.owner_id,
        data={"status": promise.status, "text": promise.text, "moves": promise.moves},
    )


def _rating(rating: Rating) -> NewFact:
    answered = {"solved": rating.solved, "repeated": rating.repeated}
    beside = {name: value for name, value in answered.items() if value}
    return NewFact(
        customer_id=rating.customer_id,
        kind=OF_SCALE[Rating.Scale(rating.scale)],
        ref=str(rating.pk),
        at=rating.at,
        value=float(rating.score),
        ticket_number=rating.ticket_number,
        team_id=rating.team_id,
        agent_id=rating.agent_id,
        data={"comment": rating.comment[:300]} | beside,
    )


def _articles(customer_ids: list[int]) -> Iterable[Touchpoint]:
    """What customers read by themselves; an article we sent is none."""
    read = Touchpoint.objects.filter(customer__in=customer_ids, kind=Touchpoint.Kind.ARTICLE)
    return read.exclude(direction=Touchpoint.Direction.OUTBOUND)


def _article(read: Touchpoint) -> NewFact:
    return NewFact(
        customer_id=read.customer_id,
        kind="article",
        ref=str(read.pk),
        at=read.at,
        channel=read.channel,
        data={"text": read.title},
    )


def _purchases(customer_ids: list[int]) -> Iterator[NewFact]:
    """Each order, and the day on which a spell of orders ends, which may lie ahead."""
    orders = Order.objects.filter(customer__in=customer_ids, kind=Order.Kind.SALE)
    bought: dict[int, list[Order]] = defaultdict(list)
    for order in orders.order_by("placed_at", "pk").only("customer_id", "placed_at", "number"):
        bought[order.customer_id].append(order)
    silent_days = CountingChoices.current().silent_days if bought else None
    for own in bought.values():
        yield from _spells(own, silent_days=silent_days)


def _spells(orders: Sequence[Order], *, silent_days: int | None) -> Iterator[NewFact]:
    """`first` and `back` mark the orders that begin a spell; its end knows `since` when it ran."""
    days = sorted({_day(order) for order in orders})
    found = {spell.begins_on: spell for spell in spells(days, silent_days=silent_days)}
    for index, order in enumerate(orders):
        spell = found.pop(_day(order), None)
        beginning = {"back" if index else "first": True} if spell else {}
        data = {"text": order.number} | beginning
        yield NewFact(
            customer_id=order.customer_id,
            kind="order",
            ref=str(order.pk),
            at=order.placed_at,
            data=data,
        )
        if spell is not None and spell.ends_on is not None:
            yield NewFact(
                customer_id=order.customer_id,
                kind="lost",
                ref=str(order.pk),
                at=datetime.combine(spell.ends_on, time(), tzinfo=UTC),
                data={"since": order.placed_at.isoformat()},
            )


def _day(order: Order) -> date:
    return order.placed_at.astimezone(UTC).date()

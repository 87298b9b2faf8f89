"""Keep the briefings of unfinished tickets ready, and what agents did with them."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from customers.operations import note_change
from helpdesk.accounts.models import Agent
from tickets.briefing.composing import RULESET, compose
from tickets.briefing.items import BriefingItem, attempt_in
from tickets.briefing.models import (
    BriefingLook,
    FrozenBriefing,
    ItemMark,
    StoredBriefing,
    Unbriefed,
)
from tickets.briefing.using import note_shown
from tickets.issues.frequencies import take_snapshot
from tickets.issues.grouping import lock_tickets_of, regroup_customer
from tickets.issues.noting import note_terms
from tickets.models import Message, Ticket
from tickets.models.ticket import TicketQuerySet

log = logging.getLogger(__name__)

BATCH = 20
AGAIN_AFTER = timedelta(minutes=10)
RENEWED = 100
NOTED = 500
_MARK = "INSERT INTO briefing_unbriefed (ticket_id, due_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"


def mark_unbriefed(ticket_id: int, *, at: datetime) -> bool:
    """Note that a ticket's briefing is to be made; True where that was not noted already."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [ticket_id, at])
        return bool(cursor.rowcount)


def brief_due(*, at: datetime) -> int:
    """Note terms, derive issues and make briefings for all that is noted; return of how many.

    A customer whose briefings cannot be made comes again ten minutes later and holds up no other.
    """
    total = 0
    while customers := _customers_due(at=at):
        for customer_id in customers:
            total += _brief_noted(customer_id, at=at)
    return total


def _customers_due(*, at: datetime) -> list[int]:
    found = Ticket.objects.filter(unbriefed__due_at__lte=at).order_by("customer").distinct()
    return list(found.values_list("customer_id", flat=True)[:BATCH])


def _brief_noted(customer_id: int, *, at: datetime) -> int:
    try:
        return _brief_due_of(customer_id, at=at)
    except Exception:
        log.exception("briefings for customer id %s could not be made", customer_id)
        _due_of(customer_id, at=at).update(due_at=at + AGAIN_AFTER)
        return 0


@transaction.atomic
def _brief_due_of(customer_id: int, *, at: datetime) -> int:
    """Take the notes of one customer, and do what they stand for.

    Tickets are locked first, as every operation does, and of one customer only: whoever locks
    those of several goes by their ids. What is noted meanwhile waits, and is asked for again.
    """
    noted = list(_due_of(customer_id, at=at).values_list("ticket_id", flat=True))
    lock_tickets_of(customer_id, *noted)
    taken, _of_each = Unbriefed.objects.filter(ticket__in=noted).delete()
    if taken:
        note_terms(noted)
        brief_customer(customer_id, at=at)
    return taken


def _due_of(customer_id: int, *, at: datetime) -> QuerySet[Unbriefed]:
    return Unbriefed.objects.filter(ticket__customer=customer_id, due_at__lte=at)


@transaction.atomic
def brief_customer(customer_id: int, *, at: datetime) -> None:
    """Derive a customer's issues and make the briefings of their unfinished tickets anew."""
    regroup_customer(customer_id, at=at)
    for ticket in _unfinished().filter(customer=customer_id):
        store_briefing(ticket, at=at)


def store_briefing(ticket: Ticket, *, at: datetime) -> StoredBriefing:
    """Make a ticket's briefing from all there is and keep it. The same inputs, the same bytes."""
    made = compose(ticket, agent=None, at=at)
    stored, _created = StoredBriefing.objects.update_or_create(
        ticket=ticket,
        defaults={
            "ruleset": RULESET,
            "inputs_hash": made.digest,
            "customer_revision": ticket.customer.revision,
            "computed_at": at,
            "valid_until": made.valid_until,
            "teams": made.teams,
            "items": [item.as_row() for item in made.items],
        },
    )
    return stored


def renew_aged(*, at: datetime) -> int:
    """Make anew what only time has changed, and what changed without an event of its ticket."""
    aged = (
        Q(stored_briefing=None)
        | Q(stored_briefing__valid_until__lte=at)
        | ~Q(stored_briefing__customer_revision=F("customer__revision"))
    )
    customers = _unfinished().filter(aged).order_by("queue_at").values_list("customer_id")
    renewed = dict.fromkeys(pk for (pk,) in customers[:RENEWED])
    for customer_id in renewed:
        brief_customer(customer_id, at=at)
    return len(renewed)


def note_missing_terms() -> int:
    """Note what a batch of tickets is about that nobody has noted: imported ones; newest first."""
    missing = Ticket.objects.filter(terms=None).order_by("-pk")
    found = list(missing.values_list("pk", flat=True)[:NOTED])
    note_terms(found)
    return len(found)


def prepare_all(*, at: datetime) -> None:
    """Note all terms that nobody has noted, count them, and make what briefings are missing: for
    the end of an import.
    """
    while note_missing_terms():
        pass
    take_snapshot(at=at)
    while renew_aged(at=at):
        pass


def _unfinished() -> TicketQuerySet:
    return Ticket.objects.filter(is_finished=False).select_related(
        "customer__organisation", "status", "topic"
    )


@transaction.atomic
def freeze_briefing(
    message: Message, items: Sequence[BriefingItem], *, at: datetime
) -> FrozenBriefing:
    """Keep what the agent could know when they sent this reply, and whether they had it before
    them. Once is enough."""
    frozen, _created = FrozenBriefing.objects.get_or_create(
        message=message,
        defaults={
            "ruleset": RULESET,
            "frozen_at": at,
            "items": [item.as_row() for item in items],
            "attempt": attempt_in(items),
            "was_seen": _was_seen(message),
        },
    )
    return frozen


def _was_seen(message: Message) -> bool:
    """Whether the writer looked at the briefing since the reply before this one."""
    replies = Message.objects.filter(ticket=message.ticket_id, kind=Message.Kind.REPLY)
    before = replies.filter(at__lt=message.at).exclude(pk=message.pk).order_by("-at")
    last = before.values_list("at", flat=True).first()
    looks = BriefingLook.objects.filter(ticket=message.ticket_id, agent=message.agent_id)
    return (looks.filter(at__gt=last) if last else looks).exists()


@transaction.atomic
def note_look(ticket: Ticket, *, agent: Agent, items: Sequence[BriefingItem], at: datetime) -> None:
    """Keep which items an agent has seen, so that what comes later is new to them, and count the
    new ones for their rules."""
    look = BriefingLook.objects.filter(ticket=ticket, agent=agent).first()
    known = set(look.keys) if look else set()
    note_shown([item for item in items if item.key not in known], at=at)
    BriefingLook.objects.update_or_create(
        ticket=ticket, agent=agent, defaults={"keys": [item.key for item in items], "at": at}
    )


@transaction.atomic
def mark_item(
    ticket: Ticket,
    *,
    agent: Agent,
    item: BriefingItem,
    is_useful: bool,
    reason: str = "",
    correction: str = "",
    at: datetime,
) -> ItemMark:
    """Keep what an agent thought of an item; their later opinion replaces the earlier one."""
    mark, _created = ItemMark.objects.update_or_create(
        ticket=ticket,
        agent=agent,
        item_key=item.key,
        defaults={
            "rule": item.rule,
            "is_useful": is_useful,
            "reason": reason.strip()[:200],
            "correction": correction,
            "at": at,
        },
    )
    note_change(ticket.customer_id)
    return mark

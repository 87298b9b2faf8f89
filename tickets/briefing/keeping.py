"""Keep the briefings of unfinished tickets ready, and what agents did with them."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import connection, transaction
from django.db.models import F, Q

from customers.operations import note_change
from helpdesk.accounts.models import Agent
from helpdesk.lib.slices import Slice
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
# Of a customer's other open tickets, with each that something happened to. Of the rest a page makes
# what it shows itself, until it is their turn.
OTHERS = 5
AGAIN_AFTER = timedelta(minutes=10)
RENEWED = 100
NOTED = 500
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_MARK = "INSERT INTO briefing_unbriefed (ticket_id, due_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"


def mark_unbriefed(ticket_id: int, *, at: datetime) -> None:
    """Note that a ticket's briefing is to be made."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [ticket_id, at])


def is_any_due(*, at: datetime) -> bool:
    """Whether any briefing is noted that is to be made by now."""
    return Unbriefed.objects.filter(due_at__lte=at).exists()


def brief_due(*, at: datetime, within: Slice | None = None) -> int:
    """Note terms, derive issues and make briefings for what is noted, as far as time allows; return
    how many were made.

    A customer whose briefings cannot be made comes again ten minutes later and holds up no other;
    one whom another process is at is left to it.
    """
    made = last = 0
    while customers := _customers_due(at=at, after=last):
        made += _brief_each(customers, at=at, within=within)
        if within and within.is_over:
            break
        last = customers[-1]
    return made


def _brief_each(customers: Iterable[int], *, at: datetime, within: Slice | None) -> int:
    in_time = takewhile(lambda _: not (within and within.is_over), customers)
    return sum(_brief_alone(customer_id, at=at) for customer_id in in_time)


def renew_aged(*, at: datetime, within: Slice | None = None) -> int:
    """Make anew what only time has changed, and what changed without an event of its ticket; of
    about RENEWED tickets, those that wait longest first. Returns how many were made.
    """
    aged = _unfinished().filter(_is_aged(at), unbriefed=None).order_by("queue_at")
    customers = dict.fromkeys(aged.values_list("customer_id", flat=True)[:RENEWED])
    return _brief_each(customers, at=at, within=within)


def _customers_due(*, at: datetime, after: int) -> list[int]:
    found = Ticket.objects.filter(unbriefed__due_at__lte=at, customer__gt=after)
    return list(found.order_by("customer").distinct().values_list("customer_id", flat=True)[:BATCH])


def _brief_alone(customer_id: int, *, at: datetime) -> int:
    """Make a customer's briefings in a transaction of their own; 0 where they cannot be made."""
    try:
        return _brief_unless_begun(customer_id, at=at)
    except Exception:
        log.exception("briefings for customer id %s could not be made", customer_id)
    tickets = Ticket.objects.filter(customer=customer_id).filter(
        Q(unbriefed__due_at__lte=at) | Q(is_finished=False)
    )
    Unbriefed.objects.bulk_create(
        [Unbriefed(ticket=ticket, due_at=at + AGAIN_AFTER) for ticket in tickets.only("pk")],
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=["due_at"],
    )
    return 0


@transaction.atomic
def _brief_unless_begun(customer_id: int, *, at: datetime) -> int:
    """Brief a customer, unless another process is at it. What is noted meanwhile waits for it.

    Tickets are locked before their notes are taken, and of one customer only: whoever locks those
    of several goes by their ids.
    """
    if not _is_ours(customer_id):
        return 0
    due = Unbriefed.objects.filter(ticket__customer=customer_id, due_at__lte=at)
    noted = list(due.values_list("ticket_id", flat=True))
    lock_tickets_of(customer_id, *noted)
    Unbriefed.objects.filter(ticket__in=noted).delete()
    note_terms(noted)
    return brief_customer(customer_id, at=at, noted=noted)


def _is_ours(customer_id: int) -> bool:
    """Whether no other process makes this customer's briefings; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"briefing {customer_id}"])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def brief_customer(customer_id: int, *, at: datetime, noted: Sequence[int] = ()) -> int:
    """Derive a customer's issues, and make anew the briefings of their unfinished tickets that are
    noted; return how many. Of the others that are not what they would be now, only the most
    pressing: who has many open tickets would have all of them made with each word they write.
    """
    regroup_customer(customer_id, at=at)
    own = _unfinished().filter(customer=customer_id)
    others = own.filter(_is_aged(at)).exclude(pk__in=noted).order_by("queue_at", "pk")
    stale = [*own.filter(pk__in=noted), *others[:OTHERS]]
    return len([store_briefing(ticket, at=at) for ticket in stale])


def _is_aged(at: datetime) -> Q:
    return (
        Q(stored_briefing=None)
        | Q(stored_briefing__valid_until__lte=at)
        | ~Q(stored_briefing__ruleset=RULESET)
        | ~Q(stored_briefing__customer_revision=F("customer__revision"))
    )


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

"""Derive numbers in the wake of events: many tickets at once, none forgotten.

Which tickets are still to be done is a row of each, so a worker that dies loses none.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import QuerySet

from customers.cx.refreshing import refresh_summaries
from helpdesk.lib.slices import Slice
from tickets.metrics.models import Unsettled
from tickets.metrics.resolving import resolve_tickets
from tickets.models import Ticket

log = logging.getLogger(__name__)

BATCH = 50
# A ticket whose numbers cannot be derived comes again after this time, and holds up no other.
AGAIN_AFTER = timedelta(minutes=10)

_ASKED = "metrics:settling-asked"
_ASKED_SECONDS = 5
_MARK = """
INSERT INTO metrics_unsettled (ticket_id, due_at) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""


def mark_unsettled(ticket_id: int, *, at: datetime) -> bool:
    """Note that a ticket's numbers are to be derived; True when somebody must ask for it now.

    False while that was asked a moment ago and has not begun. Raises redis.RedisError when Valkey
    is away; the note stands all the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [ticket_id, at])
    return cache.add(_ASKED, 1, _ASKED_SECONDS)


def begin_settling() -> None:
    """Let what is noted from now on be asked for anew."""
    cache.delete(_ASKED)


def settle_due(*, at: datetime, within: Slice | None = None) -> int:
    """Derive the numbers of tickets noted, in batches, as far as time allows; return how many were
    taken up.
    """
    total = 0
    while done := _settle_batch(at=at):
        total += done
        if within and within.is_over:
            break
    return total


def _settle_batch(*, at: datetime) -> int:
    try:
        return _settle(Unsettled.objects.filter(due_at__lte=at), at=at)
    except Exception:
        log.exception("numbers of a batch could not be derived; now one by one")
    return _settle_singly(at=at)


def _settle_singly(*, at: datetime) -> int:
    due = Unsettled.objects.filter(due_at__lte=at).order_by("ticket_id")[:BATCH]
    ticket_ids = list(due.values_list("ticket_id", flat=True))
    for ticket_id in ticket_ids:
        one = Unsettled.objects.filter(ticket=ticket_id)
        try:
            _settle(one, at=at)
        except Exception:
            log.exception("numbers of ticket id %s could not be derived", ticket_id)
            one.update(due_at=at + AGAIN_AFTER)
    return len(ticket_ids)


@transaction.atomic
def _settle(due: QuerySet[Unsettled], *, at: datetime) -> int:
    """Take up to BATCH rows that nobody else is at, and derive what they stand for."""
    rows = due.order_by("ticket_id").select_for_update(skip_locked=True)[:BATCH]
    ticket_ids = list(rows.values_list("ticket_id", flat=True))
    if not ticket_ids:
        return 0
    Unsettled.objects.filter(ticket__in=ticket_ids).delete()
    resolve_tickets(ticket_ids, at=at)
    refresh_summaries(_customers_of(ticket_ids), at=at)
    return len(ticket_ids)


def _customers_of(ticket_ids: Iterable[int]) -> list[int]:
    found = Ticket.objects.filter(pk__in=ticket_ids).order_by("customer").distinct()
    return list(found.values_list("customer_id", flat=True))

"""Kept before understood: raw arrivals are stored once, and only then acknowledged."""

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from helpdesk.lib.errors import DomainError
from tickets.channels.models import Arrival, Mailbox
from tickets.channels.tasks import read_arrival

log = logging.getLogger(__name__)

_INSERT = """
INSERT INTO channels_arrival (channel, key, source, mailbox_id, envelope_from, envelope_to, raw,
                              sha256, size, received_at, state, reason, attempts)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'stored', '', 0)
ON CONFLICT (channel, key) DO NOTHING RETURNING id
"""


class ArrivalFinished(DomainError):
    code = "arrival_finished"
    message = _("This arrival has become a message already.")


@transaction.atomic
def keep_arrival(
    *,
    channel: str,
    key: str,
    raw: bytes,
    source: str,
    envelope_from: str = "",
    envelope_to: Iterable[str] = (),
    mailbox: Mailbox | None = None,
    at: datetime,
) -> int | None:
    """Store what arrived, once per key, and have it read after commit.

    Returns the new arrival's id, or None when the key is known already: nothing is added then.
    When this returns, the bytes are safe and the sender may be told so.
    """
    values = [
        channel,
        key,
        source,
        mailbox.pk if mailbox else None,
        envelope_from[:320],
        [address[:320] for address in envelope_to][:100],
        raw,
        hashlib.sha256(raw).hexdigest(),
        len(raw),
        at,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        stored = cursor.fetchone()
    if stored is None:
        return None
    transaction.on_commit(partial(request_reading, stored[0]))
    return int(stored[0])


def request_reading(arrival_id: int) -> None:
    """Queue the task that reads an arrival; with the broker away the sweep does it later."""
    try:
        read_arrival.delay(arrival_id=arrival_id)
    except OperationalError as error:
        log.warning("broker away, arrival %s waits for the sweep: %s", arrival_id, error)


@transaction.atomic
def retry_arrival(arrival: Arrival) -> Arrival:
    """Read a parked or ignored arrival again. Raises ArrivalFinished when it is a message."""
    arrival = Arrival.objects.select_for_update().get(pk=arrival.pk)
    if arrival.state == Arrival.State.PROCESSED:
        raise ArrivalFinished
    arrival.state = Arrival.State.STORED
    arrival.attempts = 0
    arrival.finished_at = None
    arrival.save(update_fields=["state", "attempts", "finished_at"])
    transaction.on_commit(partial(request_reading, arrival.pk))
    return arrival


@transaction.atomic
def park_arrival(arrival_id: int, *, reason: str, at: datetime) -> None:
    """Put a stored arrival where agents can look at it, unread. Any other state stays as it is."""
    Arrival.objects.unread().filter(pk=arrival_id).update(
        state=Arrival.State.PARKED, reason=reason[:300], finished_at=at
    )


@transaction.atomic
def drop_arrival(arrival: Arrival, *, reason: str, at: datetime) -> Arrival:
    """Put a parked arrival away without a message; its bytes stay. Raises ArrivalFinished."""
    arrival = Arrival.objects.select_for_update().get(pk=arrival.pk)
    if arrival.state == Arrival.State.PROCESSED:
        raise ArrivalFinished
    arrival.state = Arrival.State.IGNORED
    arrival.reason = reason[:300]
    arrival.finished_at = at
    arrival.save(update_fields=["state", "reason", "finished_at"])
    return arrival

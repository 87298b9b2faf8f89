"""Kept before understood: raw arrivals are stored once, and only then acknowledged."""

import hashlib
import logging
import time
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from redis import RedisError

from helpdesk.lib.errors import DomainError
from helpdesk.lib.rates import count_within
from tickets.channels.models import Arrival, Mailbox
from tickets.channels.tasks import read_arrival

log = logging.getLogger(__name__)

MINUTE, MOST_A_MINUTE = 60, 60
_INSERT = """
INSERT INTO channels_arrival (channel, key, source, mailbox_id, envelope_from, envelope_to, raw,
                              sha256, size, received_at, state, reason, attempts, parked_for)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, '')
ON CONFLICT (channel, key) DO NOTHING RETURNING id
"""


class _Broker:
    """Asking a broker that is away takes seconds, in which a door keeps its sender waiting."""

    SECONDS = 5.0

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_given_rest(self) -> bool:
        """Whether it was away a moment ago; what is kept meanwhile waits for the sweep."""
        return time.monotonic() < self._until

    def rest(self) -> None:
        self._until = time.monotonic() + self.SECONDS


_broker = _Broker()


class ArrivalFinished(DomainError):
    code = "arrival_finished"
    message = _("This arrival has become a message already.")


class NotPutAway(DomainError):
    code = "not_put_away"
    message = _("Nobody has put this arrival away.")


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
    parked_for: str = "",
    at: datetime,
) -> int | None:
    """Store what arrived, once per key, and have it read after commit.

    With `parked_for`, a reason, nobody reads it: it goes straight to those who look at parked mail.

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
        Arrival.State.PARKED if parked_for else Arrival.State.STORED,
        parked_for[:300],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        stored = cursor.fetchone()
    if stored is None:
        return None
    if not parked_for:
        transaction.on_commit(partial(request_reading, stored[0], sender=envelope_from))
    return int(stored[0])


def request_reading(arrival_id: int, *, sender: str = "") -> None:
    """Queue the task that reads an arrival; with the broker away the sweep does it later.

    What one sender sends beyond MOST_A_MINUTE waits in a line of its own, so that a flood holds up
    nobody else's mail.
    """
    if _broker.is_given_rest:
        return
    try:
        queue = "bulk" if sender and _is_flooding(sender) else "intake"
        read_arrival.apply_async(kwargs={"arrival_id": arrival_id}, queue=queue)
    except (OperationalError, RedisError) as error:
        _broker.rest()
        log.warning("broker away, arrival %s waits for the sweep: %s", arrival_id, error)


def _is_flooding(sender: str) -> bool:
    digest = hashlib.sha256(sender.strip().lower().encode()).hexdigest()[:32]
    return count_within(f"intake:{digest}", MINUTE) > MOST_A_MINUTE


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
    if arrival.state != Arrival.State.IGNORED:
        arrival.parked_for = arrival.reason or str(_("It had not been read yet."))
    arrival.state = Arrival.State.IGNORED
    arrival.reason = reason[:300]
    arrival.finished_at = at
    arrival.save(update_fields=["state", "reason", "parked_for", "finished_at"])
    return arrival


@transaction.atomic
def restore_arrival(arrival: Arrival, *, at: datetime) -> Arrival:
    """Park again what somebody put away, for the reason it was parked for. Raises NotPutAway."""
    arrival = Arrival.objects.select_for_update().get(pk=arrival.pk)
    if arrival.state != Arrival.State.IGNORED or not arrival.parked_for:
        raise NotPutAway
    arrival.state = Arrival.State.PARKED
    arrival.reason, arrival.parked_for = arrival.parked_for, ""
    arrival.finished_at = at
    arrival.save(update_fields=["state", "reason", "parked_for", "finished_at"])
    return arrival

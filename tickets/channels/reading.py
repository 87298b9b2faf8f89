"""From a stored arrival to a message, exactly once, whatever dies on the way."""

import logging
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import F

from customers.errors import NotAnAddress
from helpdesk.lib.errors import DomainError, TransientError
from tickets.channels.base import Inbound, NotForUs, UnreadableArrival
from tickets.channels.inbound import receive
from tickets.channels.models import Arrival
from tickets.channels.registry import CHANNELS
from tickets.models import Message

log = logging.getLogger(__name__)

# A mail that makes its reader die or fail this often is parked, so that it blocks no other.
MAX_ATTEMPTS = 5


def read_one(arrival_id: int, *, at: datetime) -> Message | None:
    """Turn a stored arrival into a message, or park or ignore it with the reason.

    Safe to call any number of times, at once too: reading is claimed by the row's lock and the
    message and the arrival's new state are one commit. Returns the message, if it became one.
    """
    counted = Arrival.objects.unread().filter(pk=arrival_id).update(attempts=F("attempts") + 1)
    if not counted:
        return _message_of(arrival_id)
    arrival = Arrival.objects.select_related("mailbox").get(pk=arrival_id)
    if arrival.attempts > MAX_ATTEMPTS:
        return _finish(arrival, Arrival.State.PARKED, "Reading it failed too often.", at=at)
    try:
        inbound = CHANNELS[arrival.channel].read(arrival)
    except NotForUs as reason:
        return _finish(arrival, Arrival.State.IGNORED, str(reason), at=at)
    except UnreadableArrival as reason:
        return _finish(arrival, Arrival.State.PARKED, str(reason), at=at)
    return _receive(arrival, inbound, at=at)


def _receive(arrival: Arrival, inbound: Inbound, *, at: datetime) -> Message | None:
    try:
        with transaction.atomic():
            locked = Arrival.objects.unread().select_for_update().filter(pk=arrival.pk).first()
            if locked is None:
                return _message_of(arrival.pk)
            message = receive(inbound, mailbox=arrival.mailbox)
            _write(locked, Arrival.State.PROCESSED, "", message, at=at)
            return message
    except (DomainError, NotAnAddress, ValueError) as refusal:
        return _finish(arrival, Arrival.State.PARKED, str(refusal), at=at)
    except DatabaseError as error:
        log.warning("arrival %s could not be written: %s", arrival.pk, error)
        raise TransientError(str(error)) from error


@transaction.atomic
def _finish(arrival: Arrival, state: Arrival.State, reason: str, *, at: datetime) -> None:
    locked = Arrival.objects.unread().select_for_update().filter(pk=arrival.pk).first()
    if locked is not None:
        log.info("arrival %s is %s: %s", arrival.pk, state, reason)
        _write(locked, state, reason, None, at=at)


def _write(
    arrival: Arrival, state: Arrival.State, reason: str, message: Message | None, *, at: datetime
) -> None:
    arrival.state = state
    arrival.reason = reason[:300]
    arrival.message = message
    arrival.finished_at = at
    arrival.save(update_fields=["state", "reason", "message", "finished_at"])


def _message_of(arrival_id: int) -> Message | None:
    arrival = Arrival.objects.select_related("message__ticket").filter(pk=arrival_id).first()
    return arrival.message if arrival else None

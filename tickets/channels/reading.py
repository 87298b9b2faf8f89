"""From a stored arrival to a message, exactly once, whatever dies on the way."""

import logging
from datetime import datetime

from django.db import DataError, IntegrityError, transaction
from django.db import Error as DatabaseFault
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from customers.errors import NotAnAddress
from helpdesk.lib.errors import DomainError, TransientError
from tickets.channels.base import Inbound, NotForUs, UnreadableArrival
from tickets.channels.errors import NoAnswerInTime
from tickets.channels.inbound import receive
from tickets.channels.models import Arrival
from tickets.channels.registry import CHANNELS
from tickets.models import Message

log = logging.getLogger(__name__)

TRIES = 3
SUSPECT_AFTER = 20  # beginnings without an answer in time: then it is hardly the machine


def read_one(arrival_id: int, *, at: datetime) -> Message | None:
    """Turn a stored arrival into a message, or park or ignore it with the reason.

    Safe to call any number of times, at once too: reading is claimed by the row's lock and the
    message and the arrival's new state are one commit. Returns the message, if it became one.
    Raises TransientError, or a database error, when it stays stored and may be read later.
    """
    arrival = _begin(arrival_id)
    if arrival is None:
        return _message_of(arrival_id)
    try:
        inbound = _inbound(arrival)
    except NotForUs as refusal:
        return _finish(arrival, Arrival.State.IGNORED, str(refusal), at=at)
    except UnreadableArrival as refusal:
        return _finish(arrival, Arrival.State.PARKED, str(refusal), at=at)
    except TransientError:
        raise
    except Exception as error:  # a fault of ours: the mail behind it must not wait for its repair
        log.exception("arrival %s cannot be read", arrival_id)
        reason = _("Reading it failed (%(fault)s).") % {"fault": type(error).__name__}
        return _finish(arrival, Arrival.State.PARKED, reason, at=at)
    return _receive(arrival, inbound, at=at)


def _inbound(arrival: Arrival) -> Inbound:
    try:
        return CHANNELS[arrival.channel].read(arrival)
    except NoAnswerInTime as error:
        if arrival.attempts < SUSPECT_AFTER:
            raise
        raise UnreadableArrival(str(error)) from error
    except (OSError, DatabaseFault) as error:
        raise TransientError(f"{type(error).__name__}: {error}") from error


def _receive(arrival: Arrival, inbound: Inbound, *, at: datetime) -> Message | None:
    fault: DatabaseFault = IntegrityError()
    for _attempt in range(TRIES):
        try:
            return _receive_once(arrival, inbound, at=at) or _message_of(arrival.pk)
        except NotForUs as refusal:
            return _finish(arrival, Arrival.State.IGNORED, str(refusal), at=at)
        except (DomainError, NotAnAddress, ValueError) as refusal:
            return _finish(arrival, Arrival.State.PARKED, str(refusal), at=at)
        except DataError as error:
            reason = _("It holds something that cannot be stored: %(fault)s") % {"fault": error}
            return _finish(arrival, Arrival.State.PARKED, reason, at=at)
        except IntegrityError as error:
            fault = error  # it came by another way in the same instant: the next try finds it
        except DatabaseFault as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise TransientError(str(error)) from error
            fault = error  # two mails met the same people the other way round
    raise TransientError(str(fault)) from fault


@transaction.atomic
def _receive_once(arrival: Arrival, inbound: Inbound, *, at: datetime) -> Message | None:
    message = receive(inbound, mailbox=arrival.mailbox)
    if not _write(arrival, Arrival.State.PROCESSED, "", message, at=at):
        transaction.set_rollback(True)  # somebody else has just read it
        return None
    return message


def _finish(arrival: Arrival, state: Arrival.State, reason: str, *, at: datetime) -> Message | None:
    if _write(arrival, state, reason, None, at=at):
        log.info("arrival %s is %s: %s", arrival.pk, state.value, reason)
        return None
    return _message_of(arrival.pk)


def _write(
    arrival: Arrival, state: Arrival.State, reason: str, message: Message | None, *, at: datetime
) -> bool:
    """Write what became of an arrival, unless that stands already: of two readers one wins."""
    written = Arrival.objects.unread().filter(pk=arrival.pk)
    return bool(written.update(state=state, reason=reason[:300], message=message, finished_at=at))


def _begin(arrival_id: int) -> Arrival | None:
    """Count one more beginning on a stored arrival and return it; None when it is read."""
    begun = Arrival.objects.raw(
        "UPDATE channels_arrival SET attempts = attempts + 1"
        " WHERE id = %s AND state = 'stored' RETURNING *",
        [arrival_id],
    )
    return next(iter(begun), None)


def _message_of(arrival_id: int) -> Message | None:
    arrival = (
        Arrival.objects.select_related("message__ticket").defer("raw").filter(pk=arrival_id).first()
    )
    return arrival.message if arrival else None

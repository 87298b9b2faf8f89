from datetime import datetime

from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import TransientError
from tickets.channels.base import Undeliverable
from tickets.channels.models import DeliveryAttempt
from tickets.channels.registry import CHANNELS
from tickets.models import Message
from tickets.operations import (
    claim_delivery,
    confirm_delivery,
    fail_delivery,
    postpone_delivery,
)

_OUTCOME = DeliveryAttempt.Outcome


def deliver(message_id: int, *, at: datetime) -> bool:
    """Send a queued message through its channel; False if it is not ours to send now.

    Claim, talk with no lock held, confirm. A passing fault queues it again for later; when all
    tries are used up, or the outside says no for good, the message shows as failed.
    """
    message = claim_delivery(message_id, at=at)
    if message is None:
        return False
    by = Actor.system()
    try:
        answer = CHANNELS[message.channel].send(message)
    except TransientError as error:
        if postpone_delivery(message, note=str(error), at=at):
            _log(message, _OUTCOME.RETRY, str(error), at=at)
            return False
        _log(message, _OUTCOME.FAILED, str(error), at=at)
        fail_delivery(message, note=str(error), by=by, at=at)
        return False
    except Undeliverable as error:
        _log(message, _OUTCOME.FAILED, str(error), at=at)
        fail_delivery(message, note=str(error), by=by, at=at)
        return False
    _log(message, _OUTCOME.SENT, answer, at=at)
    confirm_delivery(message, by=by, at=at)
    return True


def _log(message: Message, outcome: str, answer: str, *, at: datetime) -> None:
    DeliveryAttempt.objects.create(
        message=message,
        at=at,
        recipients=[*message.recipients, *message.cc],
        outcome=outcome,
        answer=answer[:300],
    )

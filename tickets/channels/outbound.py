from datetime import datetime

from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import TransientError
from tickets.channels.base import CutOff, Undeliverable
from tickets.channels.models import DeliveryAttempt
from tickets.channels.registry import CHANNELS
from tickets.models import Delivery
from tickets.operations import (
    claim_delivery,
    confirm_delivery,
    doubt_delivery,
    fail_delivery,
    postpone_delivery,
    release_delivery,
)

_OUTCOME = DeliveryAttempt.Outcome


def deliver(delivery_id: int, *, at: datetime) -> bool:
    """Send one copy through its channel; False if it was not ours to send, or did not go out.

    Claim, talk with no lock held, confirm. A passing fault puts it off; where the talk was cut
    after the last byte it is sent again under the same id, and marked; cut there twice, a person
    decides. When all tries are used up, or the outside says no for good, the copy has failed.
    """
    delivery = claim_delivery(delivery_id, at=at)
    if delivery is None:
        return False
    try:
        answer = CHANNELS[delivery.message.channel].send(delivery)
    except CutOff as error:
        _put_off(delivery, _OUTCOME.UNKNOWN, str(error), at=at)
    except TransientError as error:
        _put_off(delivery, _OUTCOME.RETRY, str(error), at=at)
    except Undeliverable as error:
        _log(delivery, _OUTCOME.FAILED, str(error), at=at)
        fail_delivery(delivery, note=str(error), by=Actor.system(), at=at)
    else:
        _log(delivery, _OUTCOME.SENT, answer, at=at)
        confirm_delivery(delivery, by=Actor.system(), at=at)
        return True
    return False


def release(delivery: Delivery, *, at: datetime) -> None:
    """Put back what a dead worker was sending; what may have gone out twice is left to a person."""
    note = "The worker ended while sending."
    if release_delivery(delivery, note=note, at=at) is None:
        _give_up(delivery, note, at=at)


def _put_off(delivery: Delivery, outcome: str, note: str, *, at: datetime) -> None:
    put_off = doubt_delivery if outcome == _OUTCOME.UNKNOWN else postpone_delivery
    if put_off(delivery, note=note, at=at):
        _log(delivery, outcome, note, at=at)
        return
    _give_up(delivery, note, at=at)


def _give_up(delivery: Delivery, note: str, *, at: datetime) -> None:
    if delivery.may_be_double:
        note = f"Cut off twice after the last byte; it may have arrived. {note}"
    _log(delivery, _OUTCOME.FAILED, note, at=at)
    fail_delivery(delivery, note=note, by=Actor.system(), at=at)


def _log(delivery: Delivery, outcome: str, answer: str, *, at: datetime) -> None:
    DeliveryAttempt.objects.create(delivery=delivery, at=at, outcome=outcome, answer=answer[:300])

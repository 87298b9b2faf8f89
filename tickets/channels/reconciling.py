"""Whether what is in one place is in the next as well: journal, messages, outbox, sent mail.

Everything here is looked for long after the sweeps should have seen to it: what is found is an
alert. What can be asked for again without harm is.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from tickets.channels.journal import request_reading
from tickets.channels.models import Arrival, Discrepancy, Mailbox
from tickets.channels.tasks import deliver_copy
from tickets.models import Delivery, Message

log = logging.getLogger(__name__)

# Several rounds of every sweep are over by then, and the longest a worker may take.
LATE = timedelta(minutes=10)
# A message is missed for so long; older ones may have been erased with their people.
LOOKED_BACK = timedelta(days=7)
MOST = 500
Kind = Discrepancy.Kind
IN_DATABASE = (Kind.NOT_READ, Kind.NO_MESSAGE, Kind.NOT_SENT, Kind.NO_COPY)


@dataclass(frozen=True)
class Difference:
    """One thing that is missing where it should be."""

    kind: Kind
    key: str
    detail: str


def reconcile(*, at: datetime) -> list[Discrepancy]:
    """Compare journal, messages and outbox; return what has newly been found.

    Unread mail and unsent copies are queued again. An answer or a message that has gone is only
    told: nobody but a person knows whether it should come back.
    """
    unread, unsent = _unread(at), _unsent(at)
    found = [
        *(_of_arrival(Kind.NOT_READ, arrival) for arrival in unread),
        *(_of_arrival(Kind.NO_MESSAGE, arrival) for arrival in _without_message(at)),
        *(_of_copy(copy) for copy in unsent),
        *(_of_answer(answer) for answer in _without_copy(at)),
    ]
    new = record_differences(found, among=Discrepancy.objects.filter(kind__in=IN_DATABASE), at=at)
    for arrival in unread:
        request_reading(arrival.pk)
    for copy in unsent:
        deliver_copy.apply_async(kwargs={"delivery_id": copy.pk}, expires=60)
    return new


@transaction.atomic
def record_differences(
    found: Iterable[Difference],
    *,
    among: "Iterable[Discrepancy]",
    mailbox: Mailbox | None = None,
    at: datetime,
) -> list[Discrepancy]:
    """Write down what was found, once each, and close what is `among` it no longer.

    Returns the new ones; each is a line of the log.
    """
    wanted = {(difference.kind.value, difference.key): difference for difference in found}
    known = {(row.kind, row.key): row for row in among if row.mended_at is None}
    gone = [row.pk for name, row in known.items() if name not in wanted]
    Discrepancy.objects.filter(pk__in=gone).update(mended_at=at)
    new = [
        Discrepancy(
            kind=difference.kind,
            key=difference.key,
            mailbox=mailbox,
            detail=difference.detail[:300],
            found_at=at,
        )
        for name, difference in wanted.items()
        if name not in known
    ]
    Discrepancy.objects.bulk_create(new, ignore_conflicts=True)
    for row in new:
        log.error("discrepancy %s: %s", row, row.detail)
    return new


def _unread(at: datetime) -> list[Arrival]:
    late = Arrival.objects.overdue(at - LATE).defer("raw")
    return list(late.order_by("received_at")[:MOST])


def _without_message(at: datetime) -> list[Arrival]:
    gone = Arrival.objects.filter(state=Arrival.State.PROCESSED, message=None)
    recent = gone.filter(received_at__gt=at - LOOKED_BACK).defer("raw")
    return list(recent.order_by("-received_at")[:MOST])


def _unsent(at: datetime) -> list[Delivery]:
    late = at - LATE
    waits = Q(state__in=Delivery.WAITING) & (
        Q(next_attempt_at__lt=late) | Q(next_attempt_at=None, message__created_at__lt=late)
    )
    hangs = Q(state=Delivery.State.SENDING, claimed_at__lt=late)
    return list(Delivery.objects.filter(waits | hangs).order_by("pk")[:MOST])


def _without_copy(at: datetime) -> list[Message]:
    copies = Delivery.objects.filter(message=OuterRef("pk"))
    unfinished = ("queued", "sending", "deferred", "unknown")
    answers = Message.objects.filter(
        ~Exists(copies),
        delivery__in=unfinished,
        created_at__gt=at - LOOKED_BACK,
        created_at__lt=at - LATE,
    )
    return list(answers.select_related("ticket").order_by("-pk")[:MOST])


def _of_arrival(kind: Kind, arrival: Arrival) -> Difference:
    facts = {"id": arrival.pk, "at": f"{arrival.received_at:%Y-%m-%d %H:%M} UTC"}
    if kind == Kind.NOT_READ:
        text = _("Mail %(id)s came in at %(at)s and has not been read.")
    else:
        text = _("Mail %(id)s of %(at)s has become a message that is not there any more.")
    return Difference(kind, f"arrival:{arrival.pk}", text % facts)


def _of_copy(copy: Delivery) -> Difference:
    text = _("The copy of message %(message)s to %(address)s has not been sent.")
    facts = {"message": copy.message_id, "address": copy.address}
    return Difference(Kind.NOT_SENT, f"delivery:{copy.pk}", text % facts)


def _of_answer(answer: Message) -> Difference:
    text = _("Message %(message)s of ticket %(number)s is to be sent, but to nobody.")
    facts = {"message": answer.pk, "number": answer.ticket.number}
    return Difference(Kind.NO_COPY, f"message:{answer.pk}", text % facts)

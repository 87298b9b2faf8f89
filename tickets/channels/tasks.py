import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import Error as DatabaseFault
from django.utils import timezone

from helpdesk.lib.clock import database_now
from helpdesk.lib.errors import TransientError
from tickets.channels.models import Arrival
from tickets.channels.outbound import deliver, release
from tickets.channels.reading import read_one
from tickets.models import Delivery

log = logging.getLogger(__name__)

# How long a task may be late before its work is queued again.
LATE = timedelta(seconds=20)
SWEEP_SIZE = 1_000
SWEEP_SECONDS = 15


@shared_task
def read_arrival(*, arrival_id: int, **_: Any) -> None:
    """Read one arrival, however often we are called for it. What cannot be read now stays stored
    and the sweep calls again.
    """
    try:
        read_one(arrival_id, at=timezone.now())
    except (TransientError, DatabaseFault) as error:
        log.warning("arrival %s waits for the sweep: %s", arrival_id, error)


@shared_task
def deliver_message(*, message_id: int, **_: Any) -> None:
    """Send the copies of one message, however often we are called for it."""
    copies = Delivery.objects.filter(message_id=message_id, state__in=Delivery.WAITING)
    for delivery_id in copies.order_by("pk").values_list("pk", flat=True):
        deliver(delivery_id, at=database_now())


@shared_task
def deliver_copy(*, delivery_id: int, **_: Any) -> None:
    """Send one copy that is due again."""
    deliver(delivery_id, at=database_now())


@shared_task
def sweep_arrivals(**_: Any) -> None:
    """Queue again what was stored but never read: its task was lost with a broker or worker."""
    late = Arrival.objects.overdue(timezone.now() - LATE).order_by("received_at")
    for arrival_id in late.values_list("pk", flat=True)[:SWEEP_SIZE]:
        # Void when the next sweep comes: a long queue does not grow longer with each. Behind the
        # new mail: what is late may be a flood.
        read_arrival.apply_async(
            kwargs={"arrival_id": arrival_id}, expires=SWEEP_SECONDS, queue="bulk"
        )


@shared_task
def sweep_deliveries(**_: Any) -> None:
    """Send what is due for another try; put back what a dead worker was sending."""
    now = database_now()
    for delivery in Delivery.objects.stuck(now).select_related("message")[:SWEEP_SIZE]:
        release(delivery, at=now)
    due = Delivery.objects.due(now).order_by("next_attempt_at")
    for delivery_id in due.values_list("pk", flat=True)[:SWEEP_SIZE]:
        deliver_copy.apply_async(kwargs={"delivery_id": delivery_id}, expires=SWEEP_SECONDS)

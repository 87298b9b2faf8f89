from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from tickets.models import TicketEvent

SWEEP_AFTER = timedelta(seconds=30)
SWEEP_SIZE = 500


@shared_task(ignore_result=True)
def react_to_event(*, event_id: int, **_: Any) -> None:
    """Start every reaction that helpdesk.reactions lists for this event, once.

    Claimed by a conditional UPDATE, so that a sweep and a task never both react.
    """
    unreacted = TicketEvent.objects.filter(pk=event_id, reacted_at=None)
    if not unreacted.update(reacted_at=timezone.now()):
        return
    event = TicketEvent.objects.select_related("ticket", "message").get(pk=event_id)
    for react in import_string(settings.TICKET_REACTIONS).get(event.kind, ()):
        react(event)


@shared_task(ignore_result=True)
def sweep_events(**_: Any) -> None:
    """Take up events whose task was lost, because the broker was away or a worker died."""
    lost = TicketEvent.objects.filter(
        reacted_at=None, recorded_at__lt=timezone.now() - SWEEP_AFTER
    ).order_by("id")
    for event_id in lost.values_list("pk", flat=True)[:SWEEP_SIZE]:
        react_to_event.delay(event_id=event_id)

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from helpdesk.lib.blobs import clear_unfinished
from tickets.models import TicketEvent

SWEEP_AFTER = timedelta(seconds=30)
SWEEP_SIZE = 500
SWEEP_SECONDS = 15
# The small search index covers this share of all messages, and never fewer than RECENT_LEAST.
RECENT_SHARE = 0.05
RECENT_LEAST = 20_000
AGEING_BATCH = 5_000

_MESSAGES = "SELECT greatest(reltuples, 0) FROM pg_class WHERE relname = 'tickets_messagewords'"
_OLDEST_RECENT = """
SELECT at FROM tickets_messagewords WHERE is_recent ORDER BY at DESC, message_id DESC
OFFSET %s LIMIT 1
"""
_AGE = """
UPDATE tickets_messagewords SET is_recent = false WHERE message_id IN
    (SELECT message_id FROM tickets_messagewords WHERE is_recent AND at <= %s LIMIT %s)
"""


@shared_task(ignore_result=True)
def clear_unfinished_files(**_: Any) -> None:
    """Remove the half files of processes that were killed while they stored something."""
    clear_unfinished(older=timedelta(hours=1))


@shared_task(ignore_result=True)
def react_to_event(*, event_id: int, **_: Any) -> None:
    """Start every reaction that helpdesk.reactions lists for this event.

    Marked only afterwards, so that a worker killed in between loses none: a reaction may start
    twice, and each of them is harmless to repeat.
    """
    unreacted = TicketEvent.objects.filter(pk=event_id, reacted_at=None)
    event = unreacted.select_related("ticket", "message").first()
    if event is None:
        return
    for react in import_string(settings.TICKET_REACTIONS).get(event.kind, ()):
        react(event)
    unreacted.update(reacted_at=timezone.now())


@shared_task(ignore_result=True)
def sweep_events(**_: Any) -> None:
    """Take up events whose task was lost, because the broker was away or a worker died."""
    lost = TicketEvent.objects.filter(
        reacted_at=None, recorded_at__lt=timezone.now() - SWEEP_AFTER
    ).order_by("id")
    for event_id in lost.values_list("pk", flat=True)[:SWEEP_SIZE]:
        # Void when the next sweep comes: a long queue does not grow longer with each.
        react_to_event.apply_async(kwargs={"event_id": event_id}, expires=SWEEP_SECONDS)


@shared_task(ignore_result=True)
def age_searched_words(*, least: int = RECENT_LEAST, **_: Any) -> None:
    """Leave only the newest messages in the small search index, so that it stays small.

    That is a twentieth of all, and at least `least`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES)
        keep = max(least, int(cursor.fetchone()[0] * RECENT_SHARE))
        cursor.execute(_OLDEST_RECENT, [keep])
        if not (oldest := cursor.fetchone()):
            return
        cursor.execute(_AGE, [oldest[0], AGEING_BATCH])
        while cursor.rowcount:
            cursor.execute(_AGE, [oldest[0], AGEING_BATCH])

from typing import Any

from celery import shared_task
from django.utils import timezone

from helpdesk.lib.slices import AGAIN_SECONDS, Slice
from tickets.briefing.keeping import brief_due, note_missing_terms, renew_aged
from tickets.issues.frequencies import take_snapshot


@shared_task(ignore_result=True)
def brief_tickets(**_: Any) -> None:
    """Make the briefings of tickets that an event has touched, and have the rest made after it."""
    within = Slice()
    brief_due(at=timezone.now(), within=within)
    if within.is_over:
        brief_tickets.apply_async(countdown=AGAIN_SECONDS)


@shared_task(ignore_result=True)
def keep_briefings_current(**_: Any) -> None:
    """Make anew what time has changed, and what a lost task left."""
    within = Slice()
    brief_due(at=timezone.now(), within=within)
    renew_aged(at=timezone.now(), within=within)


@shared_task(ignore_result=True)
def note_imported(**_: Any) -> None:
    """Note what imported tickets are about, batch after batch, until none is left."""
    if note_missing_terms():
        note_imported.delay()


@shared_task(ignore_result=True)
def count_terms(**_: Any) -> None:
    """Count in how many tickets each term occurs: the weights of tomorrow's matching."""
    take_snapshot(at=timezone.now())

from typing import Any

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from helpdesk.lib.slices import AGAIN_SECONDS, Slice
from tickets.briefing.keeping import brief_due, is_any_due, note_missing_terms, renew_aged
from tickets.issues.frequencies import take_snapshot

ASKED = "briefing:asked"
# A task that was lost is asked for again after this.
ASKED_SECONDS = 20


@shared_task(ignore_result=True)
def brief_tickets(**_: Any) -> None:
    """Make the briefings of tickets that an event has touched; what is left, or came meanwhile, has
    its turn after others.

    One such task at a time waits or is at work, however many events there are: the rest of the
    workers read, send and settle.
    """
    brief_due(at=timezone.now(), within=Slice())
    cache.delete(ASKED)
    if is_any_due(at=timezone.now()):
        ask_for_briefings(countdown=AGAIN_SECONDS)


def ask_for_briefings(*, countdown: float) -> None:
    """Have what is noted made, unless that is asked for already."""
    if cache.add(ASKED, 1, ASKED_SECONDS):
        brief_tickets.apply_async(countdown=countdown)


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

"""What a link scanner does that no person does: it opens several answers of a mail at once.

Opening a link stores nothing about the customer. That it was opened is remembered for an hour in
the cache, by its moment alone, so that what a scanner sends afterwards is known for what it is.
"""

import logging

from django.core.cache import cache
from redis import RedisError

from tickets.feedback.models import Invitation
from tickets.feedback.wording import scores

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 3_600
WITHIN_SECONDS = 5.0
SEVERAL = 3


def note_opening(invitation: Invitation, score: int, *, at: float) -> None:
    """Remember for an hour that the link of a score was opened at a moment (POSIX seconds)."""
    try:
        cache.set(_key(invitation, score), at, REMEMBERED_SECONDS)
    except RedisError as error:
        log.warning("an opened survey link was not noted: %s", error)


def was_scanned(invitation: Invitation, *, opened_at: float) -> bool:
    """Whether a page was handed out while several links of its mail were opened within seconds."""
    keys = [_key(invitation, score) for score in scores(invitation.survey.scale)]
    try:
        opened = cache.get_many(keys).values()
    except RedisError as error:
        log.warning("survey links could not be looked up: %s", error)
        return False
    together = [at for at in opened if abs(at - opened_at) <= WITHIN_SECONDS]
    return len(together) >= SEVERAL


def _key(invitation: Invitation, score: int) -> str:
    return f"survey:opened:{invitation.pk}:{score}"

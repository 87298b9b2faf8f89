"""Briefings made on the spot, for readers of only some teams, kept for a while beside the database.

A page view writes nothing to the database; what it made is found again by the next view of anybody
with the same teams, as long as nothing has changed.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence

from django.core.cache import cache
from redis.exceptions import RedisError

from tickets.briefing.composing import RULESET
from tickets.briefing.items import BriefingItem
from tickets.models import Ticket

log = logging.getLogger(__name__)

KEPT_SECONDS = 600


def recall(ticket: Ticket, teams: Iterable[int]) -> list[BriefingItem] | None:
    """Return what was made for a reader of these teams since the last change, or None."""
    try:
        rows = cache.get(_key(ticket, teams))
    except RedisError as error:
        log.warning("briefings cannot be recalled: %s", error)
        return None
    return None if rows is None else [BriefingItem.from_row(row) for row in rows]


def keep(ticket: Ticket, teams: Iterable[int], items: Sequence[BriefingItem]) -> None:
    """Let the next reader of these teams find it, for KEPT_SECONDS at most."""
    try:
        cache.set(_key(ticket, teams), [item.as_row() for item in items], KEPT_SECONDS)
    except RedisError as error:
        log.warning("briefings cannot be kept: %s", error)


def _key(ticket: Ticket, teams: Iterable[int]) -> str:
    reader = ",".join(str(team) for team in sorted(teams))
    digest = hashlib.sha256(reader.encode()).hexdigest()[:16]
    return f"briefing:{RULESET}:{ticket.pk}:{ticket.customer.revision}:{digest}"

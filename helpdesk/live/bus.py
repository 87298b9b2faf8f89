"""Tell browsers that something changed. Only ids travel; pages fetch what they may see."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings

log = logging.getLogger(__name__)

STREAM = "beforehand:live"
KEPT_EVENTS = 1000


@lru_cache(maxsize=2)
def connect(url: str) -> redis.Redis:
    """One client (a pool of connections, safe for threads) for each address."""
    return redis.Redis.from_url(
        url, socket_connect_timeout=0.5, socket_timeout=2, decode_responses=True
    )


def publish(channels: Iterable[str], event: str, data: dict[str, Any]) -> None:
    """Send `event` to every page that listens on one of `channels`, such as `ticket:1192`.

    Call it after commit. `data` holds ids only: whoever reads it has no more than a token for the
    channel. When Valkey is away the event is lost with a warning in the log, and pages find the
    change by polling.
    """
    payload = json.dumps({"channels": sorted(set(channels)), "event": event, "data": data})
    try:
        connect(settings.VALKEY_URL).xadd(STREAM, {"e": payload}, maxlen=KEPT_EVENTS)
    except (redis.RedisError, OSError) as error:
        log.warning("live event %s was not sent: %s", event, error)

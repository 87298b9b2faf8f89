"""Who is looking at a page, who is writing, and who is at the desk at all: gone 45 seconds after
the last sign of life.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypedDict

from django.conf import settings

from helpdesk.live.bus import connect, publish
from helpdesk.live.tokens import Pass

GONE_AFTER_SECONDS = 45
_AT_DESK = "beforehand:at-desk"


class PresenceState(StrEnum):
    VIEWING = "viewing"
    AWAY = "away"
    WRITING_REPLY = "writing_reply"
    WRITING_NOTE = "writing_note"
    GONE = "gone"


class Person(TypedDict):
    id: int
    name: str
    state: str


def _seen_key(channel: str) -> str:
    return f"beforehand:presence:{channel}"


def _state_key(channel: str) -> str:
    return f"beforehand:presence-state:{channel}"


def show_presence(who: Pass, channel: str, state: PresenceState) -> list[Person]:
    """Note a sign of life and return everybody on the channel; others hear of a changed state.

    Raises redis.RedisError when Valkey is away.
    """
    client = connect(settings.VALKEY_URL)
    member, now = str(who.agent_id), time.time()
    entry = json.dumps({"id": who.agent_id, "name": who.name, "state": state.value})
    former = client.hget(_state_key(channel), member)
    with client.pipeline() as pipe:
        if state is PresenceState.GONE:
            pipe.zrem(_seen_key(channel), member)
            pipe.hdel(_state_key(channel), member)
        else:
            pipe.zadd(_seen_key(channel), {member: now + GONE_AFTER_SECONDS})
            pipe.hset(_state_key(channel), member, entry)
        pipe.expire(_seen_key(channel), GONE_AFTER_SECONDS)
        pipe.expire(_state_key(channel), GONE_AFTER_SECONDS)
        pipe.execute()
    if former != (None if state is PresenceState.GONE else entry):
        publish([channel], "presence", {"agent": who.agent_id})
    return present(channel)


def present(channel: str) -> list[Person]:
    """Everybody who showed a sign of life on the channel within 45 seconds."""
    client = connect(settings.VALKEY_URL)
    client.zremrangebyscore(_seen_key(channel), 0, time.time())
    members: Any = client.zrange(_seen_key(channel), 0, -1)
    if not members:
        return []
    entries = client.hmget(_state_key(channel), members)
    return [json.loads(entry) for entry in entries if entry]


def note_at_desk(agents: Iterable[int]) -> None:
    """Note that these agents have a live page open. Raises redis.RedisError without Valkey."""
    now = time.time()
    seen: Any = {str(agent): now + GONE_AFTER_SECONDS for agent in agents}
    client = connect(settings.VALKEY_URL)
    client.zadd(_AT_DESK, seen)
    client.expire(_AT_DESK, GONE_AFTER_SECONDS)


def at_desk() -> set[int]:
    """The agents who have a live page open: a queue, a ticket. Raises redis.RedisError."""
    client = connect(settings.VALKEY_URL)
    client.zremrangebyscore(_AT_DESK, 0, time.time())
    members: Any = client.zrange(_AT_DESK, 0, -1)
    return {int(member) for member in members}

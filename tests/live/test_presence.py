import json
import time

import pytest
import redis

from helpdesk.live.presence import GONE_AFTER_SECONDS, PresenceState, present, show_presence
from helpdesk.live.tokens import Pass, sign_pass
from tests.live.conftest import LiveServer

TICKET = "ticket:1192"
PRIYA = sign_pass(7, "Priya", [TICKET])
TOM = Pass(3, "Tom", frozenset({TICKET}))


def test_a_colleague_sees_who_is_writing(server: LiveServer) -> None:
    show_presence(TOM, TICKET, PresenceState.WRITING_NOTE)

    answer = server.post("/live/presence", t=PRIYA, channel=TICKET, state="viewing")

    here = [{"id": 3, "name": "Tom", "state": "writing_note"}]
    assert json.loads(answer.read()) == {"here": here}


def test_who_leaves_is_gone_at_once(valkey: redis.Redis) -> None:
    show_presence(TOM, TICKET, PresenceState.VIEWING)

    assert show_presence(TOM, TICKET, PresenceState.GONE) == []


def test_who_falls_silent_is_gone_after_45_seconds(
    valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_presence(TOM, TICKET, PresenceState.VIEWING)
    later = time.time() + GONE_AFTER_SECONDS + 1

    monkeypatch.setattr(time, "time", lambda: later)

    assert present(TICKET) == []


def test_others_hear_of_a_changed_state_and_not_of_every_heartbeat(valkey: redis.Redis) -> None:
    for state in (PresenceState.VIEWING, PresenceState.VIEWING, PresenceState.WRITING_REPLY):
        show_presence(TOM, TICKET, state)

    assert valkey.xlen("beforehand:live") == 2


@pytest.mark.parametrize("channel", ["ticket:1", "queue"])
def test_presence_needs_a_token_for_the_channel(server: LiveServer, channel: str) -> None:
    answer = server.post("/live/presence", t=PRIYA, channel=channel, state="viewing")

    assert answer.status == 403


def test_an_unknown_state_is_refused(server: LiveServer) -> None:
    answer = server.post("/live/presence", t=PRIYA, channel=TICKET, state="asleep")

    assert answer.status == 400

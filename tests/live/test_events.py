import json
import time
from http.client import HTTPResponse
from typing import Any

import pytest
import redis
from pytest_django import Settings

from helpdesk.live.bus import KEPT_EVENTS, STREAM, publish
from tests.live.conftest import LiveServer


def next_event(stream: HTTPResponse) -> tuple[str, dict[str, Any]]:
    """Read one event: its id and its content."""
    lines = {}
    while line := stream.readline().decode().strip():
        key, _, value = line.partition(": ")
        lines[key] = value
    return lines["id"], json.loads(lines["data"])


def test_an_event_reaches_whoever_listens_on_its_channel(server: LiveServer) -> None:
    stream = server.listen("ticket:1192", "queue")

    publish(["ticket:1192", "customer:5"], "changed", {"ticket": 1192})

    _, event = next_event(stream)
    assert event == {"event": "changed", "channels": ["ticket:1192"], "data": {"ticket": 1192}}


def test_an_event_arrives_within_a_second(server: LiveServer) -> None:
    stream = server.listen("queue")
    started = time.monotonic()

    publish(["queue"], "changed", {})

    next_event(stream)
    assert time.monotonic() - started < 1


def test_events_of_other_channels_are_not_sent(server: LiveServer) -> None:
    stream = server.listen("ticket:1")

    publish(["ticket:2"], "changed", {"ticket": 2})
    publish(["ticket:1"], "changed", {"ticket": 1})

    assert next_event(stream)[1]["data"] == {"ticket": 1}


def test_after_a_lost_connection_the_missed_events_come_first(server: LiveServer) -> None:
    stream = server.listen("queue")
    publish(["queue"], "changed", {"ticket": 1})
    last, _ = next_event(stream)
    stream.close()
    publish(["queue"], "changed", {"ticket": 2})
    publish(["elsewhere"], "changed", {"ticket": 3})

    again = server.listen("queue", Last_Event_ID=last)
    publish(["queue"], "changed", {"ticket": 4})

    assert [next_event(again)[1]["data"]["ticket"] for _ in range(2)] == [2, 4]


def test_who_was_away_too_long_is_told_to_fetch_everything(server: LiveServer) -> None:
    publish(["queue"], "changed", {})

    stream = server.listen("queue", Last_Event_ID="1-0")

    assert next_event(stream)[1]["event"] == "resync"


def test_a_forged_token_hears_nothing(server: LiveServer) -> None:
    assert server.get("/live/events?t=forged").status == 403


def test_a_proxy_is_told_not_to_hold_the_stream_back(server: LiveServer) -> None:
    stream = server.listen("queue")

    assert stream.headers["X-Accel-Buffering"] == "no"
    assert stream.headers["Content-Type"] == "text/event-stream"


def test_streams_end_at_once_when_the_server_is_asked_to_stop(own_server: LiveServer) -> None:
    stream = own_server.listen("queue")
    started = time.monotonic()

    own_server.process.terminate()

    assert stream.read() == b""
    own_server.process.wait(10)
    assert time.monotonic() - started < 5


def test_only_a_short_history_is_kept(valkey: redis.Redis) -> None:
    with valkey.pipeline() as pipe:
        for _ in range(3 * KEPT_EVENTS):
            pipe.xadd(STREAM, {"e": "{}"})
        pipe.execute()

    publish(["queue"], "changed", {})

    assert valkey.xlen(STREAM) < 1.2 * KEPT_EVENTS


def test_without_valkey_publishing_warns_and_goes_on(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.VALKEY_URL = "unix:///nowhere/v.sock?db=0"

    publish(["queue"], "changed", {})

    assert "live event changed was not sent" in caplog.text

"""Who is at the desk, as the page of now tells."""

import time

import pytest
import redis
from django.test import Client

from helpdesk.accounts.models import Agent
from helpdesk.live.presence import GONE_AFTER_SECONDS, at_desk, note_at_desk
from tests.live.conftest import LiveServer


def test_who_has_a_live_page_open_is_at_the_desk(server: LiveServer, valkey: redis.Redis) -> None:
    server.listen("queue")

    assert at_desk() == {7}


def test_who_is_silent_has_left(valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    note_at_desk([7])
    later = time.time() + GONE_AFTER_SECONDS + 1

    monkeypatch.setattr(time, "time", lambda: later)

    assert at_desk() == set()


@pytest.mark.django_db
def test_the_page_of_now_counts_those_who_are_here_and_not_away(
    client: Client, ines: Agent, ana: Agent, tom: Agent, valkey: redis.Redis
) -> None:
    note_at_desk([ana.pk, tom.pk])
    Agent.objects.filter(pk=tom.pk).update(is_away=True)
    client.force_login(ines)

    html = client.get("/desk/insights/now").content.decode()

    assert "1 available, 1 away" in html

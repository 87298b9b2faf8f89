"""F1 and F9, seen from outside: slices of the long runs of kill_readers and kill_senders."""

import os

import pytest

from tests.channels.email.dovecot import PROGRAM, running_dovecot
from tests.embedded.instance import Instance
from tests.faults.kill_readers import FaultRun
from tests.faults.kill_senders import FailingServer, send_replies
from tests.faults.tools.sink import Sink

pytestmark = pytest.mark.xdist_group("embedded")


def test_killed_readers_lose_and_double_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    instance = Instance(tmp_path_factory.mktemp("faults") / "var")
    instance.start()
    try:
        instance.await_ready()
        found = FaultRun(instance, mails=60, kills=10, dovecot=None).run()
    finally:
        instance.kill_tree()

    assert found["faults"] == []


@pytest.mark.faults
def test_killed_readers_of_a_mailbox_lose_and_double_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if not PROGRAM:
        pytest.skip("Dovecot is not installed: no real IMAP server to fetch from")
    instance = Instance(tmp_path_factory.mktemp("faults") / "var")
    instance.start()
    try:
        instance.await_ready()
        with running_dovecot() as dovecot:
            found = FaultRun(instance, mails=300, kills=40, dovecot=dovecot).run()
    finally:
        instance.kill_tree()

    assert found["faults"] == []


@pytest.mark.faults
def test_killed_senders_lose_nothing_and_mark_what_may_be_double(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sink(FailingServer()) as sink:
        monkeypatch.setitem(os.environ, "EMAIL_URL", f"smtp://127.0.0.1:{sink.port}")
        instance = Instance(tmp_path_factory.mktemp("faults") / "var")
        instance.start()
        try:
            instance.await_ready()
            found = send_replies(instance, sink, replies=60, kills=15)
        finally:
            instance.kill_tree()

    assert found["faults"] == []

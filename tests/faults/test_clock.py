"""F10: the machine's clock is set ahead and back by an hour; a worker's clock is wrong."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from helpdesk.embedded.postgres import find_binaries
from tests.embedded.instance import Instance, await_true
from tests.faults.mails import COUNT, faults_of, mail
from tests.faults.storm import ask, await_end, environment_of
from tests.faults.tools.clock import Clock
from tests.faults.tools.sink import Sink

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("embedded")]
HOUR = timedelta(hours=1)
HELD, LATEST = 10, 60  # seconds from writing to sending
BATCH = 10
REPLY = """
from datetime import timedelta
from tests.faults.replying import reply, writer
reply({number}, hold=timedelta(seconds={hold}), by=writer())
"""
FORGET = """
import redis
from django.conf import settings
redis.Redis.from_url(settings.VALKEY_URL).flushall()
"""
LEAVE_THE_QUEUES = """
import socket
from helpdesk.celery import app
from helpdesk.embedded.up import QUEUES
for queue in QUEUES.split(","):
    own = f"celery@{socket.gethostname()}"
    said = app.control.cancel_consumer(queue, destination=[own], reply=True, timeout=5)
    assert said, "the instance's own worker did not answer"
"""
JOINED = """
from tickets.models import Ticket
of = Ticket.objects.filter(messages__subject__endswith="Fault reply 1").distinct()
tell({"unfinished": 0, "tickets": of.count(), "messages": of.first().messages.count()})
"""


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as server:
        yield server


@contextmanager
def started(monkeypatch: pytest.MonkeyPatch, var: Path, **own: str) -> Iterator[Instance]:
    for name, value in own.items():
        monkeypatch.setitem(os.environ, name, value)
    instance = Instance(var)
    instance.start()
    try:
        instance.await_ready()
        yield instance
    finally:
        instance.kill_tree()


def send(instance: Instance, *mails: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", instance.smtp_port, timeout=60) as door:
        for one in mails:
            door.send_message(one)


def seconds_until_sent(instance: Instance, sink: Sink, *, number: int) -> float:
    """Have a held reply written; how long after that its mail server has it, once."""
    before = sink.taken.total()
    began = time.monotonic()
    instance.shell(REPLY.format(number=number, hold=HELD))
    written = time.monotonic()
    await_true(lambda: sink.taken.total() > before)
    assert set(sink.taken.values()) == {1}
    assert time.monotonic() - began >= HELD
    return time.monotonic() - written


def test_an_hour_ahead_and_back_loses_doubles_and_hurries_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory,
    clock: Clock, sink: Sink,
) -> None:  # fmt: skip
    var = tmp_path_factory.mktemp("faults") / "var"
    own = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", **clock.environment}
    own["POSTGRES_BIN"] = str(clock.wrapped(find_binaries()))
    with started(monkeypatch, var, **own) as instance:
        for number, ahead in enumerate((timedelta(0), HOUR, timedelta(0))):
            clock.turn(ahead)
            send(instance, *map(mail, range(number * BATCH, number * BATCH + BATCH)))
            instance.shell(FORGET)  # so that the sweeps have to go on
            assert seconds_until_sent(instance, sink, number=number) <= LATEST
        assert faults_of(await_end(instance, COUNT, seconds=120), 3 * BATCH) == []
        answer = mail(1_000)
        answer.replace_header("From", "person1@faults.example")
        answer.replace_header("Subject", "Re: Fault reply 1")
        answer["In-Reply-To"] = f"<{list(sink.taken)[1]}>"
        send(instance, answer)
        await_true(lambda: ask(instance, JOINED)["messages"] == 3)
        assert ask(instance, JOINED)["tickets"] == 1


def test_a_worker_ten_minutes_ahead_sends_nothing_before_its_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory,
    clock: Clock, sink: Sink,
) -> None:  # fmt: skip
    var = tmp_path_factory.mktemp("faults") / "var"
    with started(monkeypatch, var, EMAIL_URL=f"smtp://127.0.0.1:{sink.port}") as instance:
        clock.turn(timedelta(minutes=10))
        with worker_of(instance, clock):
            instance.shell(LEAVE_THE_QUEUES)
            send(instance, *map(mail, range(BATCH)))
            for number in range(3):
                assert seconds_until_sent(instance, sink, number=number) <= LATEST
            assert faults_of(await_end(instance, COUNT, seconds=120), BATCH) == []


@contextmanager
def worker_of(instance: Instance, clock: Clock) -> Iterator[None]:
    """A second worker, which lives by another clock than its servers."""
    command = [sys.executable, "-m", "celery", "-q", "-A", "helpdesk", "worker", "-l", "WARNING",
               "-P", "threads", "-c", "2", "-n", "ahead@%h",
               "-Q", "intake,delivery,default,bulk"]  # fmt: skip
    environment = environment_of(instance) | clock.environment
    environment["PYTHONWARNINGS"] = "ignore"
    worker = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603
    try:
        yield
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

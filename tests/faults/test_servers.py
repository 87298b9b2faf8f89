"""F2, F3 and F13: the servers behind the program die or are restarted while mail comes in."""

import itertools
import os
import signal
import smtplib
from collections.abc import Callable, Iterator

import pytest

from tests.embedded.instance import Instance, await_true
from tests.faults.mails import COUNT, faults_of, mail
from tests.faults.storm import await_end

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("embedded")]
MAILS, STRIKES = 200, 8
TERMINATE = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
"""
FLUSH = """
import redis
from django.conf import settings
redis.Redis.from_url(settings.VALKEY_URL).flushall()
"""


@pytest.fixture
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    instance = Instance(tmp_path_factory.mktemp("faults") / "var")
    instance.start()
    instance.await_ready()
    yield instance
    instance.kill_tree()


def kill(program: str) -> Callable[[Instance], None]:
    def strike(instance: Instance) -> None:
        if pid := instance.pid_of(program):
            os.kill(pid, signal.SIGKILL)

    return strike


def shell(code: str) -> Callable[[Instance], None]:
    def strike(instance: Instance) -> None:
        instance.shell(code)

    return strike


FAULTS = {
    "F2 connections to PostgreSQL are cut": shell(TERMINATE),
    "F3 Valkey is killed": kill("valkey"),
    "F3 Valkey forgets everything": shell(FLUSH),
    "F13 the worker is killed": kill(" -A helpdesk worker "),
    "F13 the web server is killed": kill("uvicorn"),
}


def send(instance: Instance, number: int) -> None:
    """Send as a mail server does: again and again until it is taken."""

    def is_taken() -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", instance.smtp_port, timeout=20) as door:
                door.send_message(mail(number))
        except (smtplib.SMTPException, OSError):
            return False
        return True

    await_true(is_taken)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_mail_is_lost_or_doubled(instance: Instance, fault: str) -> None:
    numbers = iter(range(MAILS))
    for _strike in range(STRIKES):
        for number in itertools.islice(numbers, MAILS // (STRIKES + 1)):
            send(instance, number)
        FAULTS[fault](instance)
    for number in numbers:
        send(instance, number)

    counted = await_end(instance, COUNT, seconds=300)

    assert faults_of(counted, MAILS) == []
    await_true(lambda: instance.get("/readyz") == 200)

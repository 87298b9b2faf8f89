"""The doors over real sockets and real processes: 250 only for what is committed."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests.channels.mails import arrival_of, mail
from tests.embedded.instance import await_true, free_port
from tickets.channels.models import Arrival

BASE_DIR = Path(__file__).resolve().parents[3]
LIMIT = 100_000
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nowhere"}
Post = Callable[..., tuple[int, bytes]]
pytestmark = pytest.mark.django_db(transaction=True)


def environment(**changed: str) -> dict[str, str]:
    """Settings of a process that shares the test's database and has no broker."""
    name = connection.settings_dict["NAME"]
    head, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
    own = {"DATABASE_URL": url, "TASKS_INLINE": "0", "BROKER_URL": "redis://127.0.0.1:1/0"}
    return os.environ | own | {"MAIL_SIZE_LIMIT": str(LIMIT)} | changed


class Doors:
    """The intake process with SMTP and LMTP on free ports."""

    def __init__(self, **changed: str) -> None:
        self.smtp_port, self.lmtp_port = free_port(), free_port()
        command = [sys.executable, "manage.py", "smtp_intake", "--port", str(self.smtp_port)]
        command += ["--lmtp-port", str(self.lmtp_port)]
        self.process = subprocess.Popen(command, cwd=BASE_DIR, env=environment(**changed))  # noqa: S603
        await_true(self._answers)

    def _answers(self) -> bool:
        try:
            with self.smtp() as door:
                return door.noop()[0] == 250
        except OSError:
            return False

    def smtp(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30)

    def lmtp(self) -> smtplib.LMTP:
        return smtplib.LMTP("127.0.0.1", self.lmtp_port)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module")
def doors(django_db_setup: None) -> Iterator[Doors]:
    running = Doors()
    yield running
    running.close()


def send(door: smtplib.SMTP, raw: bytes, sender: str = "kofi@example.com") -> None:
    door.sendmail(sender, ["support@localhost.example"], raw)


def test_smtp_keeps_mail_as_it_is_with_the_broker_away(doors: Doors) -> None:
    raw = mail("Null \x00, control \x07, a long line " + "x" * 5_000).replace(b"x", b"\xe9", 9)

    with doors.smtp() as door:
        send(door, raw)

    arrival = arrival_of(raw)
    assert bytes(arrival.raw) == raw
    assert arrival.state == Arrival.State.STORED
    assert arrival.envelope_from == "kofi@example.com"
    assert arrival.envelope_to == ["support@localhost.example"]


def test_many_mails_come_by_one_connection(doors: Doors) -> None:
    with doors.smtp() as door:
        for number in range(50):
            send(door, mail(f"Number {number}"))

    assert Arrival.objects.count() == 50


def test_the_null_path_of_a_report_is_kept_empty(doors: Doors) -> None:
    with doors.smtp() as door:
        send(door, mail("A report"), sender="")

    assert arrival_of(mail("A report")).envelope_from == ""


def test_lmtp_keeps_mail(doors: Doors) -> None:
    with doors.lmtp() as door:
        send(door, mail("By LMTP."))

    assert arrival_of(mail("By LMTP.")).source == Arrival.Source.LMTP


def test_a_mail_over_the_limit_is_refused_for_good(doors: Doors) -> None:
    with doors.smtp() as door:
        door.ehlo()
        door.esmtp_features.pop("size")  # or the client would not even try
        with pytest.raises(smtplib.SMTPResponseException) as refused:
            send(door, mail("\r\n".join(["x" * 900] * 200)))

    assert refused.value.smtp_code == 552
    assert not Arrival.objects.exists()


def test_with_the_database_away_the_sender_is_told_to_try_again(workspace: None) -> None:
    doors = Doors(**NOWHERE)
    try:
        with doors.smtp() as door, pytest.raises(smtplib.SMTPDataError) as refused:
            send(door, mail())
    finally:
        doors.close()

    assert refused.value.smtp_code == 451


def pipe(raw: bytes, **changed: str) -> int:
    command = [sys.executable, "manage.py", "pipe_mail", "--sender", "kofi@example.com"]
    done = subprocess.run(  # noqa: S603
        [*command, "support@localhost.example"],
        input=raw,
        cwd=BASE_DIR,
        env=environment(**changed),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"Traceback" not in done.stderr
    return done.returncode


def test_the_pipe_keeps_mail(workspace: None) -> None:
    assert pipe(mail("By pipe.")) == 0
    assert arrival_of(mail("By pipe.")).source == Arrival.Source.PIPE


def test_the_pipe_exits_with_75_when_it_cannot_store(workspace: None) -> None:
    assert pipe(mail(), **NOWHERE) == os.EX_TEMPFAIL


@pytest.fixture
def post(workspace: None, client: Client, settings: Settings) -> Post:
    settings.MAIL_INTAKE_TOKEN = "a token"  # noqa: S105
    settings.MAIL_SIZE_LIMIT = LIMIT

    def post(raw: bytes, token: str = settings.MAIL_INTAKE_TOKEN) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post("/mail/raw", raw, content_type="message/rfc822", headers=headers)
        return answer.status_code, answer.content

    return post


def test_http_keeps_mail_and_knows_it_again(post: Post) -> None:
    assert post(mail("By HTTP.")) == (200, b"stored\n")
    assert post(mail("By HTTP.")) == (200, b"known already\n")
    assert arrival_of(mail("By HTTP.")).source == Arrival.Source.HTTP


def test_http_refuses_what_has_no_token_no_mail_or_no_measure(post: Post) -> None:
    assert post(mail(), token=f"not {LIMIT}")[0] == 401
    assert post(b"")[0] == 400
    assert post(mail("x" * LIMIT))[0] == 413
    assert not Arrival.objects.exists()

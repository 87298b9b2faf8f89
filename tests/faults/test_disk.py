"""F7: a full disk. Mail stays with its sender or in the journal, and all goes on by itself."""

import os
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from helpdesk.lib.blobs import open_blob
from helpdesk.lib.errors import TransientError
from tests.embedded.instance import Instance, await_true
from tests.faults.mails import COUNT, FILE_EVERY, data_of, faults_of, mail
from tests.faults.storm import await_end
from tests.faults.tools.small_disk import SmallDisk, small_disk
from tickets.channels.email.intake import keep_mail
from tickets.channels.models import Arrival
from tickets.channels.reading import read_one

MEGABYTE = 1024 * 1024
NO_ROOM = 452
MAILS = 30


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", megabytes=4) as disk:
        yield disk


@pytest.fixture
def media(disk: SmallDisk, settings: Settings) -> Path:
    settings.MEDIA_ROOT = disk.place
    settings.DISK_RESERVE = MEGABYTE
    return disk.place


def keep(number: int) -> None:
    raw = mail(number).as_bytes()
    keep_mail(raw, source="smtp", envelope_from="", envelope_to=["support@localhost.example"])


def test_an_attachment_that_finds_no_room_waits_and_leaves_no_half_file(
    workspace: None, media: Path, disk: SmallDisk
) -> None:
    keep(FILE_EVERY)
    disk.fill(left=8_000)
    arrival = Arrival.objects.get()
    with pytest.raises(TransientError):
        read_one(arrival.pk, at=timezone.now())
    arrival.refresh_from_db()
    assert arrival.state == "stored"
    assert [path.name for path in media.rglob("*") if path.is_file()] == ["filler"]

    disk.clear()
    message = read_one(arrival.pk, at=timezone.now())

    assert message is not None
    with open_blob(message.attachments.get().sha256) as stored:
        assert stored.read() == data_of(FILE_EVERY)


def test_the_disk_is_said_to_be_full_before_it_is(
    db: None, client: Client, media: Path, disk: SmallDisk
) -> None:
    assert client.get("/readyz").json()["disk"] is True
    disk.fill(left=MEGABYTE - 1)

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["disk"]) == (503, False)
    with pytest.raises(OSError, match="nearly full"):
        keep(1)

    disk.clear()
    assert client.get("/readyz").status_code == 200


@pytest.fixture
def instance(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Instance, SmallDisk]]:
    """One whose data, database included, lie on a disk of their own."""
    place = tmp_path_factory.mktemp("faults") / "disk"
    with small_disk(place, megabytes=600) as disk:
        monkeypatch.setitem(os.environ, "DISK_RESERVE", str(40 * MEGABYTE))
        running = Instance(place / "var")
        running.start()
        try:
            running.await_ready()
            yield running, disk
        finally:
            running.kill_tree()


def answer_to(instance: Instance, one: EmailMessage) -> int:
    """What the door says to a mail; 250 is the only promise."""
    with smtplib.SMTP("127.0.0.1", instance.smtp_port, timeout=60) as door:
        try:
            door.send_message(one)
        except smtplib.SMTPDataError as error:
            return error.smtp_code
    return 250


@pytest.mark.faults
@pytest.mark.xdist_group("embedded")
def test_a_full_disk_refuses_mail_for_now_and_loses_none(
    instance: tuple[Instance, SmallDisk],
) -> None:
    running, disk = instance
    accepted = [number for number in range(MAILS // 2) if answer_to(running, mail(number)) == 250]
    assert len(accepted) == MAILS // 2
    disk.fill(left=40 * MEGABYTE - 1)

    assert {answer_to(running, mail(number)) for number in range(MAILS // 2, MAILS)} == {NO_ROOM}
    await_true(lambda: running.get("/readyz") == 503)
    assert running.get("/accounts/login/") == 200

    disk.clear()
    await_true(lambda: running.get("/readyz") == 200)
    assert {answer_to(running, mail(number)) for number in range(MAILS // 2, MAILS)} == {250}
    assert faults_of(await_end(running, COUNT), MAILS) == []

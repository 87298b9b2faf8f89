"""How many mails a second are kept, and how many of them become tickets."""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from time import monotonic, perf_counter, sleep

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tickets.channels.models import Arrival, Mailbox
from tickets.channels.reading import read_one

HOST = "127.0.0.1"
SENDERS, START_SECONDS = 4, 30
READ_AT_MOST = 400


@dataclass(frozen=True)
class MailFigures:
    """Mails a second: answered 250, and made tickets by one process in so many queries."""

    kept: float
    made: float
    queries: int


def measure_mails(*, mails: int, database: str, broker: str) -> MailFigures:
    """Send mails through the real intake, then read what it kept."""
    Mailbox.objects.get_or_create(
        address="support@example.com", defaults={"name": "Support", "is_default": True}
    )
    with _intake(database, broker) as port:
        began = perf_counter()
        with ThreadPoolExecutor(SENDERS) as senders:
            shares = [range(n, mails, SENDERS) for n in range(SENDERS)]
            list(senders.map(_send, [port] * SENDERS, shares))
        kept = mails / (perf_counter() - began)
    waiting = list(Arrival.objects.unread().order_by("pk").values_list("pk", flat=True))
    first, *some = waiting[: READ_AT_MOST + 1]
    with CaptureQueriesContext(connection) as captured:
        read_one(first, at=timezone.now())
    began = perf_counter()
    for arrival_id in some:
        read_one(arrival_id, at=timezone.now())
    made = len(some) / (perf_counter() - began)
    return MailFigures(kept=kept, made=made, queries=len(captured))


def _send(port: int, numbers: range) -> None:
    with smtplib.SMTP(HOST, port, timeout=30) as there:
        for number in numbers:
            there.send_message(_mail(number))


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Writer {number} <writer{number}@example.net>"
    mail["To"] = "support@example.com"
    mail["Subject"] = f"My kettle leaks {number}"
    mail["Message-ID"] = f"<bench-{number}@example.net>"
    mail["Date"] = timezone.now()
    mail.set_content(f"Good morning,\n\nmy kettle number {number} leaks. What can I do?\n" * 8)
    return mail


@contextmanager
def _intake(database: str, broker: str) -> Iterator[int]:
    """Run the intake as a process of its own on a free port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "smtp_intake"]
    environment = os.environ | {
        "DATABASE_URL": database,
        "BROKER_URL": broker,
        "LOG_LEVEL": "WARNING",
    }
    command += ["--host", HOST, "--port", str(port)]
    intake = subprocess.Popen(command, env=environment)  # noqa: S603 - our own command
    try:
        _await_listening(port)
        yield port
    finally:
        intake.terminate()
        intake.wait(timeout=20)


def _await_listening(port: int) -> None:
    until = monotonic() + START_SECONDS
    while monotonic() < until:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            return
    raise TimeoutError(f"the intake does not listen on {port}")

"""F12: two helpdesks that answer each other, with every header gone that could tell, soon stop."""

import os
import smtplib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.embedded.instance import Instance, free_port
from tests.faults.storm import await_end

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("embedded")]
KEPT = ("From", "To", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
MOST = 3
ACKNOWLEDGES = """
from tickets.channels.models import Mailbox
Mailbox.objects.create(name="Us", address={address!r}, is_default=True, acknowledges=True)
"""
SETTLED = """
from tickets.channels.models import Arrival
from tickets.models import Delivery
waiting = Delivery.objects.exclude(state__in=("sent", "failed")).count()
tell({"unfinished": Arrival.objects.filter(state="stored").count() + waiting})
"""


class Relay:
    """Takes the mail of all and brings it to who is named, without any header it can spare."""

    def __init__(self) -> None:
        self.doors: dict[str, int] = {}
        self.brought: list[EmailMessage] = []

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = cast(bytes, envelope.original_content)
        came = cast(Any, message_from_bytes(raw, policy=cast(Any, policy.SMTP)))
        for name in {name for name in came.keys() if name not in KEPT}:  # noqa: SIM118
            del came[name]
        came["Message-ID"] = f"<{len(self.brought)}@relay.example>"
        self.brought.append(came)
        for address in envelope.rcpt_tos:
            with smtplib.SMTP("127.0.0.1", self.doors[address.rpartition("@")[2]]) as door:
                door.sendmail("someone@relay.example", [address], came.as_bytes())
        return "250 brought"


@pytest.fixture
def relay() -> Iterator[tuple[Relay, int]]:
    taking = Relay()
    server = Controller(taking, hostname="127.0.0.1", port=free_port())
    server.start()
    yield taking, server.port
    server.stop()


@pytest.fixture
def helpdesks(
    tmp_path: Path, relay: tuple[Relay, int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Instance]]:
    """Two of them, each with the relay as its mail server and an acknowledging mailbox."""
    taking, port = relay
    started = []
    try:
        for domain in ("one.example", "two.example"):
            own = {
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
                "DEFAULT_FROM_EMAIL": f"support@{domain}",
            }
            for name, value in own.items():
                monkeypatch.setitem(os.environ, name, value)
            instance = Instance(tmp_path / domain)
            instance.start()
            started.append(instance)
            instance.await_ready()
            instance.shell(ACKNOWLEDGES.format(address=f"support@{domain}"))
            taking.doors[domain] = instance.smtp_port
        yield started
    finally:
        for instance in started:
            instance.kill_tree()


def test_two_helpdesks_exchange_three_mails_at_most(
    helpdesks: list[Instance], relay: tuple[Relay, int]
) -> None:
    first = EmailMessage()
    first["From"], first["To"] = "support@one.example", "support@two.example"
    first["Subject"] = "Are you there?"
    first.set_content("We wonder.")
    with smtplib.SMTP("127.0.0.1", helpdesks[1].smtp_port) as door:
        door.send_message(first)

    for _round in range(2 * MOST):
        for instance in helpdesks:
            await_end(instance, SETTLED)

    assert 1 <= len(relay[0].brought) <= MOST

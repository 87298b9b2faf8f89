"""Flaws that were reported in other helpdesks' mail, one test for each, named by its report."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import store_blob
from helpdesk.lib.tokens import make_reply_token
from tests.channels.conftest import Keep, Read
from tests.channels.mails import KOFI, STRANGER, mail
from tickets.channels.email.building import build_copy
from tickets.channels.models import Arrival
from tickets.models import Message, Ticket
from tickets.operations import NewAttachment, NewMessage, reply_to_ticket, reply_token

SOURCES = [
    path
    for app in ("helpdesk", "customers", "tickets")
    for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
]
Built = Callable[..., Any]


@pytest.fixture
def built(ticket: Ticket, ana: Agent) -> Built:
    """Reply on Kofi's ticket and return the mail as it would go out, parsed."""

    def build(**content: Any) -> Any:
        content.setdefault("text", "Hello.")
        reply = reply_to_ticket(
            ticket, content=NewMessage(**content), by=Actor.agent(ana.pk), at=timezone.now()
        )
        raw = build_copy(reply.deliveries.order_by("pk")[0]).mail.message().as_bytes()
        return message_from_bytes(raw, policy=cast(Any, policy.default))

    return build


def test_freescout_cve_2026_47123_every_byte_of_a_token_is_signed(
    read: Read, ticket: Ticket
) -> None:
    token = reply_token(ticket, ticket.customer_id)
    for place in range(0, len(token), 5):
        other = "b" if token[place] == "a" else "a"
        forged = token[:place] + other + token[place + 1 :]
        by_id = f"<{forged}.x{place}@localhost.example>"
        by_address = f"reply+{forged}@localhost.example"

        message = read(mail(f"{place}", sender=STRANGER, to=by_address, In_Reply_To=by_id))

        assert message.ticket_id != ticket.pk, place


def test_freescout_cve_2026_53591_there_is_one_format_and_one_reader_of_tokens(
    ticket: Ticket, read: Read
) -> None:
    unsigned = make_reply_token(ticket.pk, ticket.customer_id, key=b"", key_version=1)
    for guess in (unsigned, f"{ticket.pk}", f"ticket-{ticket.pk}", f"{ticket.number}-1"):
        message = read(mail(guess, sender=STRANGER, In_Reply_To=f"<{guess}.a@localhost.example>"))
        assert message.ticket_id != ticket.pk
    readers = [path for path in SOURCES if "def read_reply_token(" in path.read_text()]
    assert len(readers) == 1


def test_freescout_ghsa_j49f_the_author_shown_is_always_who_the_mail_names(
    read: Read, ticket: Ticket
) -> None:
    token = reply_token(ticket, ticket.customer_id)

    message = read(mail(sender=STRANGER, to=f"reply+{token}@localhost.example"))

    assert message.author_address == "sam@elsewhere.example"
    assert message.customer_id != ticket.customer_id


def test_freescout_ghsa_83xx_an_agents_mail_does_nothing_an_agent_may(
    read: Read, ticket: Ticket, outsider: Agent
) -> None:
    token = reply_token(ticket, ticket.customer_id)

    message = read(mail(sender=outsider.email, to=f"reply+{token}@localhost.example"))

    assert message.kind == Message.Kind.INBOUND
    assert message.is_other_sender
    assert not message.deliveries.exists()


def test_freescout_ghsa_qjr9_no_address_in_our_mail_tells_who_opened_it(built: Built) -> None:
    assert "<img" not in str(built(html="<p>Hello.</p>"))


def test_rt_cve_2023_41259_control_headers_from_outside_control_nothing(
    read: Read, ticket: Ticket
) -> None:
    message = read(
        mail(X_Beforehand_Ticket=f"{ticket.pk}", X_Ticket_Status="solved", X_RT_Command="close")
    )

    assert message.ticket_id != ticket.pk
    assert message.ticket.category == "new"


def test_rt_cve_2023_41260_the_gateway_answers_with_a_status_only(
    client: Client, workspace: None, settings: Any
) -> None:
    settings.MAIL_INTAKE_TOKEN = "a" * 32
    answer = client.post(
        "/mail/raw",
        mail("My secret words."),
        content_type="message/rfc822",
        headers={"Authorization": f"Bearer {'a' * 32}"},
    )

    assert (answer.status_code, answer.content) == (200, b"stored\n")


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\r\n ", "\x0b", "\u2028", "\x85"])
def test_rt_cve_2012_4730_freescout_cve_2025_48388_no_field_makes_a_header(
    built: Built, ana: Agent, ending: str
) -> None:
    ana.name = f"Ana{ending}Bcc: evil@evil.example"
    ana.save(update_fields=["name"])

    out = built(
        subject=f"Hi{ending}Bcc: evil@evil.example",
        attachments=(
            NewAttachment(
                name=f"a{ending}Bcc: evil@evil.example.txt",
                content_type="text/plain",
                size=1,
                sha256=store_blob(b"x"),
            ),
        ),
    )

    assert out["Bcc"] is None
    assert {part["Bcc"] for part in out.walk()} == {None}


def test_rt_cve_2012_4735_zammad_cve_2026_61855_84465_no_mail_can_say_that_it_is_signed(
    read: Read, desk: Client, support: Team
) -> None:
    message = read(
        mail(
            "-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nPay me.",
            X_RT_Incoming_Encryption="Success",
            X_RT_Signature="Good",
        )
    )

    page = desk.get(f"/desk/t/{message.ticket.number}").content.decode()
    assert "badge-signed" not in page
    assert "X-RT" not in page


def test_rt_cve_2011_4458_no_value_of_a_mail_reaches_a_shell() -> None:
    shells = re.compile(r"shell\s*=\s*True|os\.system\(|os\.popen\(")
    assert not [path for path in SOURCES if shells.search(path.read_text())]


@pytest.mark.parametrize("name", ["Silva, Ana", "Ana <x@evil.example>", 'Ana "A" S', "Ana\nS"])
def test_osticket_7c5c584_a_name_stays_one_sender(built: Built, ana: Agent, name: str) -> None:
    ana.name = name
    ana.save(update_fields=["name"])

    (sender,) = built()["From"].addresses

    assert sender.addr_spec != "x@evil.example"


def test_ticket_trick_2017_mail_of_services_does_not_reach_a_ticket_by_its_address(
    read: Read, ticket: Ticket
) -> None:
    token = reply_token(ticket, ticket.customer_id)
    code = mail(
        "Your code is 1234.",
        sender="Chat <no-reply@chat.example>",
        to=f"reply+{token}@localhost.example",
        Auto_Submitted="auto-generated",
    )

    assert read(code).ticket_id != ticket.pk


def test_zendesk_2024_a_stranger_cannot_write_themselves_into_a_conversation(
    read: Read, ticket: Ticket, ana: Agent
) -> None:
    read(mail(subject=f"Re: [#{ticket.number}]", Cc="eve@evil.example"))
    reply = reply_to_ticket(
        ticket, content=NewMessage(text="Hi."), by=Actor.agent(ana.pk), at=timezone.now()
    )

    assert list(reply.deliveries.values_list("address", flat=True)) == ["kofi@example.com"]


@pytest.mark.parametrize("depth", [200, 5_000])
def test_otrs_cve_2026_48187_a_mail_without_bounds_is_parked(keep: Keep, depth: int) -> None:
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
        for level in range(depth)
    )

    arrival = keep(f"From: {KOFI}\r\n".encode() + nested)

    assert arrival.state == Arrival.State.PARKED


def test_rt_cve_2014_9472_words_in_a_broken_charset_are_read_in_time(read: Read) -> None:
    flood = "=?utf-7?q?" + "+AAA" * 20_000 + "?="

    before = timezone.now()
    read(mail(subject=flood))

    assert timezone.now() - before < timedelta(seconds=5)

"""Outgoing mail against a real SMTP server that answers as it is told."""

from asyncio import Transport
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone
from pytest_django import Settings

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.channels.conftest import Read
from tests.channels.mails import mail
from tests.embedded.instance import free_port
from tickets.channels.outbound import deliver
from tickets.channels.tasks import sweep_deliveries
from tickets.models import Message, Ticket
from tickets.operations import NewMessage, acknowledge_ticket, claim_delivery, reply_to_ticket


class Sink:
    """Takes mail, or answers with `answer`; with `hangs_up` it ends the talk after the last dot."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 taken"
        self.hangs_up = False

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            raw = cast(bytes, envelope.original_content)
            self.mails.append(
                cast(EmailMessage, message_from_bytes(raw, policy=cast(Any, policy.default)))
            )
        if self.hangs_up:
            cast(Transport, server.transport).abort()
        return self.answer


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    taking = Sink()
    server = Controller(taking, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    yield taking
    server.stop()


@pytest.fixture
def reply(ticket: Ticket, ana: Agent) -> Message:
    content = NewMessage(text="Try the new code.", subject="Cannot sign in\r\nBcc: x@evil.example")
    return reply_to_ticket(ticket, content=content, by=Actor.agent(ana.pk), at=timezone.now())


def send(message: Message, at: datetime | None = None) -> Message:
    deliver(message.pk, at=at or timezone.now())
    message.refresh_from_db()
    return message


def test_a_reply_goes_out_threaded_and_under_its_own_message_id(sink: Sink, reply: Message) -> None:
    assert send(reply).delivery == Message.Delivery.SENT
    (out,) = sink.mails
    assert out["Message-ID"].strip() == f"<{reply.mail_id}>"
    assert "1@example.com" in out["References"]
    assert out["Auto-Submitted"] is None
    assert out["To"] == "kofi@example.com"


def test_a_line_break_in_a_subject_makes_no_header(sink: Sink, reply: Message) -> None:
    send(reply)

    assert sink.mails[0]["Bcc"] is None


def test_a_name_with_a_comma_stays_one_sender(sink: Sink, reply: Message, ana: Agent) -> None:
    ana.name = "Silva, Ana"
    ana.save(update_fields=["name"])

    send(reply)

    (sender,) = sink.mails[0]["From"].addresses
    assert sender.display_name == "Silva, Ana"


def test_automatic_mail_says_so(sink: Sink, ticket: Ticket) -> None:
    content = NewMessage(text="We have your message.")
    message = acknowledge_ticket(ticket, content=content, by=Actor.system(), at=timezone.now())
    assert message is not None

    send(message)

    assert sink.mails[0]["Auto-Submitted"] == "auto-replied"


def test_a_passing_refusal_queues_the_mail_again(sink: Sink, reply: Message) -> None:
    sink.answer = "451 busy"

    sent = send(reply)

    assert sent.delivery == Message.Delivery.QUEUED
    assert sent.next_attempt_at is not None
    assert sent.next_attempt_at > timezone.now()


def test_a_final_refusal_shows_its_reason(sink: Sink, reply: Message) -> None:
    sink.answer = "550 no such person"

    sent = send(reply)

    assert sent.delivery == Message.Delivery.FAILED
    assert "no such person" in sent.delivery_note


def test_a_cut_after_the_last_dot_is_tried_again_under_the_same_id(
    sink: Sink, reply: Message
) -> None:
    sink.hangs_up = True
    assert send(reply).delivery == Message.Delivery.QUEUED
    sink.hangs_up = False

    send(reply, at=timezone.now() + timedelta(hours=1))

    first, second = sink.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_of_two_workers_one_sends(sink: Sink, reply: Message) -> None:
    assert claim_delivery(reply.pk, at=timezone.now()) is not None

    assert not deliver(reply.pk, at=timezone.now())
    assert sink.mails == []


def test_a_worker_that_died_sending_leaves_a_doubt(sink: Sink, reply: Message) -> None:
    claim_delivery(reply.pk, at=timezone.now() - timedelta(minutes=6))

    sweep_deliveries()

    reply.refresh_from_db()
    assert reply.delivery == Message.Delivery.UNKNOWN


def test_an_answer_to_our_mail_comes_back_to_its_ticket(
    sink: Sink, reply: Message, read: Read
) -> None:
    send(reply)

    answer = read(mail("Thank you.", In_Reply_To=sink.mails[0]["Message-ID"]))

    assert answer.ticket_id == reply.ticket_id

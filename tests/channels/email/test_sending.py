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
from tickets.models import Delivery, Message, Ticket
from tickets.operations import (
    NewMessage,
    acknowledge_ticket,
    claim_delivery,
    hand_over,
    reply_to_ticket,
)

KOFI = "kofi@example.com"


class Sink:
    """Takes mail, or answers with `answer`; with `hangs_up` it ends the talk after the last dot."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raws: list[bytes] = []
        self.answer = "250 taken"
        self.hangs_up = False
        self.refuses: dict[str, str] = {}
        self.senders: list[str | None] = []
        self.recipients: list[list[str]] = []

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            raw = cast(bytes, envelope.original_content)
            self.senders.append(envelope.mail_from)
            self.recipients.append(envelope.rcpt_tos)
            self.raws.append(raw)
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
    for delivery in message.deliveries.order_by("pk"):
        deliver(delivery.pk, at=at or timezone.now())
    message.refresh_from_db()
    return message


def copy_of(message: Message) -> Delivery:
    return message.deliveries.get()


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

    assert sent.delivery == Message.Delivery.DEFERRED
    next_attempt_at = copy_of(sent).next_attempt_at
    assert next_attempt_at is not None
    assert next_attempt_at > timezone.now()


def test_a_final_refusal_shows_its_reason(sink: Sink, reply: Message) -> None:
    sink.answer = "550 no such person"

    sent = send(reply)

    assert sent.delivery == Message.Delivery.FAILED
    assert "no such person" in sent.delivery_note


def test_a_cut_after_the_last_dot_is_tried_again_under_the_same_id_and_marked(
    sink: Sink, reply: Message
) -> None:
    sink.hangs_up = True
    assert send(reply).delivery == Message.Delivery.UNKNOWN
    sink.hangs_up = False

    assert send(reply, at=timezone.now() + timedelta(hours=1)).delivery == Message.Delivery.SENT

    first, second = sink.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert copy_of(reply).may_be_double


def test_of_two_workers_one_sends(sink: Sink, reply: Message) -> None:
    copy = copy_of(reply)
    assert claim_delivery(copy.pk, at=timezone.now()) is not None

    assert not deliver(copy.pk, at=timezone.now())
    assert sink.mails == []


def test_what_a_dead_worker_had_not_handed_over_is_sent_as_if_untried(
    sink: Sink, reply: Message
) -> None:
    claim_delivery(copy_of(reply).pk, at=timezone.now() - timedelta(minutes=6))

    sweep_deliveries()

    assert len(sink.mails) == 1
    assert copy_of(reply).state == Delivery.State.SENT
    assert not copy_of(reply).may_be_double


def test_what_a_dead_worker_had_handed_over_is_in_doubt_and_sent_again_marked(
    sink: Sink, reply: Message
) -> None:
    long_ago = timezone.now() - timedelta(minutes=6)
    claimed = claim_delivery(copy_of(reply).pk, at=long_ago)
    assert claimed is not None
    hand_over(claimed, at=long_ago)
    sweep_deliveries()
    assert copy_of(reply).state == Delivery.State.UNKNOWN

    send(reply, at=timezone.now() + timedelta(hours=1))

    assert copy_of(reply).state == Delivery.State.SENT
    assert copy_of(reply).may_be_double


def test_what_is_in_doubt_twice_is_left_to_a_person(sink: Sink, reply: Message) -> None:
    for hours in (2, 1):
        then = timezone.now() - timedelta(hours=hours)
        claimed = claim_delivery(copy_of(reply).pk, at=then)
        assert claimed is not None
        hand_over(claimed, at=then)
        sweep_deliveries()
        Delivery.objects.filter(message=reply).update(next_attempt_at=None)

    copy = copy_of(reply)
    assert copy.state == Delivery.State.FAILED
    assert "it may have arrived" in copy.note
    assert sink.mails == []


def test_each_recipient_gets_a_copy_that_names_all_and_is_their_own(
    sink: Sink, ticket: Ticket, ana: Agent, settings: Settings
) -> None:
    settings.REPLY_DOMAIN = "r.example.com"
    content = NewMessage(text="Hello.", recipients=(KOFI,), cc=("mia@example.com",))
    reply = reply_to_ticket(ticket, content=content, by=Actor.agent(ana.pk), at=timezone.now())

    send(reply)

    first, second = sink.mails
    assert {first["Cc"], second["Cc"]} == {"mia@example.com"}
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Reply-To"] != second["Reply-To"]
    assert sink.senders[0] != sink.senders[1]
    assert sink.recipients == [[KOFI], ["mia@example.com"]]


def test_one_refused_recipient_keeps_no_other_from_theirs(
    sink: Sink, ticket: Ticket, ana: Agent
) -> None:
    sink.refuses = {"gone@example.com": "550 5.1.1 no such person"}
    content = NewMessage(text="Hello.", recipients=(KOFI,), cc=("gone@example.com",))
    reply = reply_to_ticket(ticket, content=content, by=Actor.agent(ana.pk), at=timezone.now())

    assert send(reply).delivery == Message.Delivery.FAILED

    states = dict(reply.deliveries.values_list("address", "state"))
    assert states == {KOFI: "sent", "gone@example.com": "failed"}
    assert len(sink.mails) == 1


def test_an_answer_to_our_mail_comes_back_to_its_ticket(
    sink: Sink, reply: Message, read: Read
) -> None:
    send(reply)

    answer = read(mail("Thank you.", In_Reply_To=sink.mails[0]["Message-ID"]))

    assert answer.ticket_id == reply.ticket_id

"""Mail of ours that comes back: on the copy, on the address, and only when a token proves it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from customers.models import Identity
from customers.operations import note_mail_return, trust_address
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.channels.conftest import Read
from tests.channels.mails import mail
from tests.conftest import MONDAY_9AM
from tickets.channels.models import ProviderEvent
from tickets.channels.returns import take_provider_event
from tickets.models import Delivery, Message, Ticket
from tickets.operations import NewMessage, reply_to_ticket, reply_token

REPORT = """This is a MIME-encapsulated message.

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; kofi@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b--
"""


@pytest.fixture
def sent(ticket: Ticket, ana: Agent) -> Message:
    reply = reply_to_ticket(
        ticket, content=NewMessage(text="Hello."), by=Actor.agent(ana.pk), at=timezone.now()
    )
    reply.deliveries.update(state=Delivery.State.SENT)
    return reply


def report(
    ticket: Ticket,
    *,
    said: str = "550 5.1.1 no such user",
    status: str = "5.1.1",
    action: str = "failed",
    to: str = "",
) -> bytes:
    token = reply_token(ticket, ticket.customer_id)
    return mail(
        REPORT.format(said=said, status=status, action=action).replace("\n", "\r\n"),
        sender="MAILER-DAEMON@mx.example.com",
        to=to or f"bounce+{token}@localhost.example",
        subject="Undelivered Mail Returned to Sender",
        MIME_Version="1.0",
        Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
    )


def kofi_address() -> Identity:
    return Identity.objects.get(value="kofi@example.com")


def test_a_bounce_shows_on_the_message_with_its_reason(read: Read, sent: Message) -> None:
    read(report(sent.ticket), envelope_from="")

    sent.refresh_from_db()
    assert sent.delivery == Message.Delivery.BOUNCED
    assert "5.1.1" in sent.delivery_note
    assert kofi_address().returns.get().kind == "hard"


def test_a_delay_is_no_bounce(read: Read, sent: Message) -> None:
    read(report(sent.ticket, action="delayed", status="4.4.1"), envelope_from="")

    assert sent.deliveries.get().state == Delivery.State.SENT
    assert not kofi_address().returns.exists()


def test_a_full_mailbox_is_soft(read: Read, sent: Message) -> None:
    read(report(sent.ticket, said="552 5.2.2 mailbox full", status="5.2.2"), envelope_from="")

    assert kofi_address().returns.get().kind == "soft"


def test_a_forged_bounce_reaches_nothing(read: Read, sent: Message) -> None:
    read(report(sent.ticket, to="support@localhost.example"), envelope_from="")

    assert sent.deliveries.get().state == Delivery.State.SENT
    assert not kofi_address().returns.exists()


def test_a_bounce_is_answered_by_nobody_and_wakes_no_clock(read: Read, sent: Message) -> None:
    read(report(sent.ticket), envelope_from="")

    ticket = Ticket.objects.get(pk=sent.ticket_id)
    assert ticket.waiting_since is None
    assert not ticket.messages.filter(kind=Message.Kind.AUTOMATIC).exists()


def returned(at: datetime) -> None:
    note_mail_return(address="kofi@example.com", kind="hard", at=at)


def test_several_hard_returns_over_a_day_mark_the_address(ticket: Ticket) -> None:
    for hours in (0, 1, 2):
        returned(MONDAY_9AM + timedelta(hours=hours))
    assert kofi_address().undeliverable_since is None

    returned(MONDAY_9AM + timedelta(hours=25))

    assert kofi_address().undeliverable_since == MONDAY_9AM + timedelta(hours=25)


def test_an_agent_who_trusts_an_address_again_starts_the_count_anew(
    ticket: Ticket, ana: Agent
) -> None:
    for hours in (0, 20, 30):
        returned(MONDAY_9AM + timedelta(hours=hours))

    trust_address(kofi_address(), by=Actor.agent(ana.pk), at=MONDAY_9AM + timedelta(hours=31))
    returned(MONDAY_9AM + timedelta(hours=40))

    assert kofi_address().undeliverable_since is None


def test_a_server_without_an_address_is_heard_too(read: Read, sent: Message) -> None:
    nameless = report(sent.ticket).replace(b"MAILER-DAEMON@mx.example.com", b"MAILER-DAEMON")

    read(nameless, envelope_from="")

    assert sent.deliveries.get().state == Delivery.State.BOUNCED


def reported(sent: Message, kind: str, detail: str) -> Delivery | None:
    event = ProviderEvent(
        provider="postmark",
        event_id="1",
        kind=kind,
        mail_id=sent.deliveries.get().mail_id,
        detail=detail,
        at=timezone.now(),
    )
    return take_provider_event(event)


def test_a_provider_that_reports_a_bounce_is_heeded(sent: Message) -> None:
    reported(sent, "bounced", "smtp;550 5.1.1 no such user")

    sent.refresh_from_db()
    assert sent.delivery == Message.Delivery.BOUNCED
    assert kofi_address().returns.get().kind == "hard"


def test_a_complaint_is_kept_on_the_address_and_bounces_nothing(sent: Message) -> None:
    reported(sent, "complained", "")

    assert sent.deliveries.get().state == Delivery.State.SENT
    assert kofi_address().returns.get().kind == "complaint"


def test_a_provider_that_says_it_arrived_changes_nothing(sent: Message) -> None:
    assert reported(sent, "delivered", "250 ok") is None

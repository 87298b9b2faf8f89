"""Where a mail belongs: a hint leads to a ticket only where its sender belongs to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.channels.conftest import Keep, Read
from tests.channels.mails import KOFI, STRANGER, arrival_of, mail
from tests.conftest import MONDAY_9AM, said
from tickets.channels.email.intake import keep_mail
from tickets.channels.models import Arrival
from tickets.models import Category, Message, Ticket, TicketEvent
from tickets.operations import (
    NewMessage,
    close_ticket,
    open_ticket,
    reply_to_ticket,
    reply_token,
)


@pytest.fixture
def ticket(workspace: None, kofi: Customer) -> Ticket:
    """Kofi cannot sign in, and wrote on Monday at nine."""
    return open_ticket(
        customer=kofi,
        subject="Cannot sign in",
        content=said("It says my code has expired.", mail_id="1@example.com"),
        by=Actor.customer(kofi.pk),
        at=MONDAY_9AM,
    ).ticket


@pytest.fixture
def reply(ticket: Ticket, ana: Agent) -> Message:
    """Ana's answer to Kofi, an hour later."""
    return reply_to_ticket(
        ticket,
        content=NewMessage(text="Please try the new code."),
        by=Actor.agent(ana.pk),
        at=MONDAY_9AM + timedelta(hours=1),
    )


def hints(ticket: Ticket, reply: Message) -> dict[str, bytes]:
    token = reply_token(ticket, ticket.customer_id)
    return {
        "plus address": mail(to=f"reply+{token}@localhost.example"),
        "our message id": mail(In_Reply_To=f"<{reply.mail_id}>"),
        "references": mail(References=f"<other@x.example> <{reply.mail_id}>"),
        "their own message id": mail(In_Reply_To="<1@example.com>"),
        "subject number": mail(subject=f"Re: Cannot sign in [#{ticket.number}]"),
    }


def hints_of_a_stranger(ticket: Ticket, reply: Message) -> dict[str, bytes]:
    theirs = hints(ticket, reply)
    return {name: raw.replace(KOFI.encode(), STRANGER.encode()) for name, raw in theirs.items()}


def opening_of(ticket: Ticket) -> dict[str, object]:
    return dict(ticket.events.get(kind=TicketEvent.Kind.OPENED).new)


HINTS = ["plus address", "our message id", "references", "their own message id", "subject number"]


@pytest.mark.parametrize("hint", HINTS)
def test_each_hint_leads_the_customer_to_their_ticket(
    read: Read, ticket: Ticket, reply: Message, hint: str
) -> None:
    assert read(hints(ticket, reply)[hint]).ticket_id == ticket.pk


@pytest.mark.parametrize("hint", ["plus address", "our message id", "references"])
def test_a_stranger_with_a_token_joins_under_their_own_name(
    read: Read, ticket: Ticket, reply: Message, hint: str
) -> None:
    message = read(hints_of_a_stranger(ticket, reply)[hint])

    assert message.ticket_id == ticket.pk
    assert message.is_other_sender
    assert message.author_address == "sam@elsewhere.example"
    assert message.customer_id != ticket.customer_id
    assert not ticket.participants.exists()


def test_a_machine_with_a_token_does_not_reach_the_ticket(
    read: Read, ticket: Ticket, reply: Message
) -> None:
    code = hints_of_a_stranger(ticket, reply)["plus address"]
    code = code.replace(b"Subject:", b"Auto-Submitted: auto-generated\r\nSubject:")

    assert read(code).ticket_id != ticket.pk


@pytest.mark.parametrize("hint", ["their own message id", "subject number"])
def test_a_stranger_with_a_hint_gets_a_ticket_of_their_own(
    read: Read, ticket: Ticket, reply: Message, hint: str
) -> None:
    message = read(hints_of_a_stranger(ticket, reply)[hint])

    assert message.ticket_id != ticket.pk
    assert opening_of(message.ticket)["possibly"] == ticket.number
    assert ticket.messages.count() == 2


def test_a_forged_token_is_no_hint(read: Read, ticket: Ticket) -> None:
    token = reply_token(ticket, ticket.customer_id)
    forged = token[:-5] + ("a" if token[-5] != "a" else "b") + token[-4:]

    message = read(mail(to=f"reply+{forged}@localhost.example", sender=STRANGER))

    assert "possibly" not in opening_of(message.ticket)


def test_what_is_about_a_closed_ticket_opens_one_that_follows_it(
    read: Read, ticket: Ticket, reply: Message
) -> None:
    close_ticket(ticket, by=Actor.system(), at=MONDAY_9AM + timedelta(days=30))

    message = read(mail(In_Reply_To=f"<{reply.mail_id}>"))

    assert message.ticket.follows_id == ticket.pk
    assert message.ticket.category == Category.NEW


def test_a_report_about_our_mail_joins_its_ticket_as_automatic(
    read: Read, ticket: Ticket, reply: Message
) -> None:
    report = mail(
        "Delivery to the following recipient failed permanently: kofi@example.com",
        sender="Mail Delivery Subsystem <mailer-daemon@example.com>",
        subject="Undeliverable: Cannot sign in",
        In_Reply_To=f"<{reply.mail_id}>",
        Auto_Submitted="auto-replied",
        Content_Type='text/plain; charset="utf-8"',
    )

    message = read(report, envelope_from="")

    assert message.ticket_id == ticket.pk
    assert message.is_automatic
    ticket.refresh_from_db()
    assert ticket.waiting_since is None


def test_the_same_mail_twice_is_one_message(keep: Keep) -> None:
    raw = mail("Only once.")

    assert keep(raw).pk == keep(raw.replace(b"\r\n", b"\n")).pk
    assert Message.objects.filter(text__contains="Only once.").count() == 1


def test_the_same_mail_by_two_ways_is_one_message(keep: Keep) -> None:
    raw = mail("By two ways.", Message_ID="<ways@example.com>")
    other = b"Received: from relay.example by mx.example; Mon, 2 Mar 2026 09:00:00 +0000\r\n" + raw

    first, second = keep(raw), keep(other)

    assert first.pk != second.pk
    assert first.message_id == second.message_id
    assert Message.objects.filter(text__contains="By two ways.").count() == 1


def test_two_mails_with_one_message_id_are_two_messages(read: Read) -> None:
    first = read(mail("The first.", Message_ID="<same@example.com>"))
    second = read(mail("The second.", Message_ID="<same@example.com>"))

    assert first.pk != second.pk


@pytest.mark.django_db(transaction=True)
def test_ten_deliveries_at_once_by_ten_ways_are_one_message(workspace: None) -> None:
    raw = mail("At once.", Message_ID="<at-once@example.com>")
    ways = [f"Received: by mx{way}.example\r\n".encode() + raw for way in range(10)]

    def arrive(way: bytes) -> None:
        keep_mail(way, source="smtp", envelope_from="kofi@example.com", envelope_to=[])
        connection.close()

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(arrive, ways))

    assert {arrival_of(way).state for way in ways} == {Arrival.State.PROCESSED}
    assert Message.objects.count() == 1
    assert Ticket.objects.count() == 1


def test_reading_a_mail_takes_few_queries(read: Read) -> None:
    read(mail("The first one."))

    with TestCase.captureOnCommitCallbacks() as reading:
        raw = mail("The second one.")
        keep_mail(raw, source="smtp", envelope_from="kofi@example.com", envelope_to=[])
    with CaptureQueriesContext(connection) as counted:
        reading[0]()

    statements = [q["sql"] for q in counted.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) <= 17, "\n".join(sql[:120] for sql in statements)

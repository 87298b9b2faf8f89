"""What is taken away from one place is missed by comparing it with the one before."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.channels.conftest import Keep
from tests.channels.email.dovecot import PASSWORD, Dovecot, running_dovecot
from tests.channels.mails import mail
from tickets.channels.email.fetching import fetch_due_mailboxes
from tickets.channels.email.intake import keep_mail
from tickets.channels.email.reconciling import reconcile_mailbox
from tickets.channels.models import Arrival, Discrepancy, Mailbox
from tickets.channels.reconciling import Kind, reconcile
from tickets.models import Delivery, Message, Ticket
from tickets.operations import NewMessage, reply_to_ticket

LONG_AGO = timedelta(minutes=30)
MAILS = [mail(f"Kept {n}", Message_ID=f"<kept{n}@faults.example>") for n in range(4)]


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def reply(ticket: Ticket, ana: Agent) -> Message:
    """An answer written half an hour ago."""
    content = NewMessage(text="Try the new code.", subject="Cannot sign in")
    message = reply_to_ticket(ticket, content=content, by=Actor.agent(ana.pk), at=timezone.now())
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - LONG_AGO)
    return message


def found(after: timedelta = timedelta(0)) -> list[str]:
    return [row.kind for row in reconcile(at=timezone.now() + after)]


def unmended() -> int:
    return Discrepancy.objects.unmended().count()


def test_all_is_well_where_each_mail_is_a_message(keep: Keep, reply: Message) -> None:
    keep(mail("Hello"))
    Delivery.objects.update(state="sent")

    assert found(after=LONG_AGO) == []


def test_mail_that_nobody_reads_is_told_and_read(workspace: None) -> None:
    keep_mail(mail("Hello"), source="smtp", envelope_from="kofi@example.com", envelope_to=[])
    Arrival.objects.update(received_at=timezone.now() - LONG_AGO)

    assert found() == [Kind.NOT_READ]
    assert Message.objects.count() == 1
    assert (found(), unmended()) == ([], 0)


def test_a_message_that_has_gone_is_told_until_it_is_back(keep: Keep) -> None:
    keep(mail("Hello"))
    Arrival.objects.update(message=None)  # as deleting its row does

    assert found() == [Kind.NO_MESSAGE]
    assert (found(), unmended()) == ([], 1)


def test_an_answer_that_was_left_lying_is_told_and_sent(reply: Message) -> None:
    assert found() == [Kind.NOT_SENT]
    assert reply.deliveries.get().state == "sent"
    assert (found(), unmended()) == ([], 0)


def test_an_answer_whose_copy_is_gone_is_told_and_sent_to_nobody(reply: Message) -> None:
    Delivery.objects.all().delete()

    assert found() == [Kind.NO_COPY]
    assert not Delivery.objects.exists()


def test_ready_says_how_much_does_not_add_up(client: Client, reply: Message) -> None:
    Delivery.objects.all().delete()
    found()

    assert client.get("/readyz").json()["discrepancies"] == 1


def test_who_looks_after_mail_sees_what_does_not_add_up(
    client: Client, ines: Agent, reply: Message
) -> None:
    client.force_login(ines)
    Delivery.objects.all().delete()
    found()

    page = client.get("/desk/arrivals/")
    assert f"of ticket {reply.ticket.number} is to be sent, but to nobody" in page.text


@pytest.mark.django_db(transaction=True)
def test_mail_on_the_server_that_the_journal_lost_is_told_and_kept_again(
    workspace: None, dovecot: Dovecot
) -> None:
    box = Mailbox.objects.create(
        name="box", address="box@localhost.example", door="imap", imap_host="127.0.0.1",
        imap_port=dovecot.port, imap_security="none", imap_user="reconciled",
        imap_secret=PASSWORD, imap_folder="Support",
    )  # fmt: skip
    dovecot.put(box.imap_user, *MAILS)
    assert fetch_due_mailboxes(at=timezone.now()) == len(MAILS)
    box.refresh_from_db()
    assert reconcile_mailbox(box, at=timezone.now()) == []
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM channels_arrival WHERE sha256 IN"
                       " (SELECT sha256 FROM channels_arrival ORDER BY id LIMIT 2)")  # fmt: skip

    new = reconcile_mailbox(box, at=timezone.now())

    assert [row.kind for row in new] == [Kind.NOT_KEPT] * 2
    assert Arrival.objects.count() == len(MAILS)
    assert (reconcile_mailbox(box, at=timezone.now()), unmended()) == ([], 0)

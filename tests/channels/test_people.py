"""Who belongs to a ticket: everybody its mails name, ourselves never, strangers only when asked."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.channels.conftest import Keep, Read
from tests.channels.mails import KOFI, mail
from tickets.channels.models import Arrival, Mailbox
from tickets.models import Message, Participant, Ticket
from tickets.operations import (
    NewMessage,
    note_on_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
)

MIA = "Mia Okafor <mia@example.org>"


@pytest.fixture
def support_box(workspace: None) -> Mailbox:
    return Mailbox.objects.create(
        name="Support", address="support@localhost.example", aliases=["help@localhost.example"]
    )


@pytest.fixture
def opened(read: Read, support_box: Mailbox) -> Ticket:
    """Kofi wrote to us and to Mia, with our alias in Cc."""
    return read(mail(to=f"support@localhost.example, {MIA}", Cc="help@localhost.example")).ticket


def people(ticket: Ticket) -> dict[str, bool]:
    return dict(ticket.participants.values_list("address", "is_confirmed"))


def answer(ticket: Ticket, ana: Agent) -> Message:
    content = NewMessage(text="We look into it.")
    return reply_to_ticket(ticket, content=content, by=Actor.agent(ana.pk), at=timezone.now())


def test_whoever_a_mail_names_belongs_to_its_ticket_and_we_never_do(opened: Ticket) -> None:
    assert people(opened) == {"mia@example.org": True}


def test_a_reply_goes_to_everybody_and_never_to_ourselves(opened: Ticket, ana: Agent) -> None:
    reply = answer(opened, ana)

    assert set(reply.deliveries.values_list("address", "is_cc")) == {
        ("kofi@example.com", False),
        ("mia@example.org", True),
    }


def test_a_note_goes_to_nobody(opened: Ticket, ana: Agent) -> None:
    content = NewMessage(text="A fraud?", cc=("mia@example.org",))
    note = note_on_ticket(opened, content=content, by=Actor.agent(ana.pk), at=timezone.now())

    assert not note.deliveries.exists()


def test_a_participant_answers_on_the_ticket_under_their_own_name(
    read: Read, opened: Ticket, ana: Agent
) -> None:
    copy = answer(opened, ana).deliveries.get(address="mia@example.org")

    message = read(mail("Yes, me too.", sender=MIA, In_Reply_To=f"<{copy.mail_id}>"))

    assert message.ticket_id == opened.pk
    assert message.author_address == "mia@example.org"
    assert not message.is_other_sender


def test_a_reply_with_our_address_only_in_cc_is_not_dropped(
    read: Read, opened: Ticket, ana: Agent
) -> None:
    copy = answer(opened, ana).deliveries.get(address="kofi@example.com")

    message = read(mail(to=MIA, Cc="support@localhost.example", In_Reply_To=f"<{copy.mail_id}>"))

    assert message.ticket_id == opened.pk


def test_a_mailbox_that_wants_no_copies_opens_nothing_for_one(
    keep: Keep, read: Read, support_box: Mailbox, opened: Ticket
) -> None:
    support_box.takes = Mailbox.Taking.TO
    support_box.save(update_fields=["takes"])

    copied = keep(mail("For your files.", to=MIA, Cc="support@localhost.example"))

    assert copied.state == Arrival.State.IGNORED
    assert read(mail("For you.", to="help@localhost.example")).ticket_id != opened.pk


def test_a_name_in_cc_of_an_unproven_mail_waits_for_an_agent(read: Read, opened: Ticket) -> None:
    read(
        mail(
            subject=f"Re: Help [#{opened.number}]",
            Cc="Eve Black <eve@evil.example>",
        )
    )

    assert people(opened) == {"mia@example.org": True, "eve@evil.example": False}


def test_the_unconfirmed_get_nothing_and_their_mail_does_not_join(
    read: Read, opened: Ticket, ana: Agent
) -> None:
    read(mail(subject=f"Re: Help [#{opened.number}]", Cc="eve@evil.example"))

    reply = answer(opened, ana)
    theirs = read(mail(sender="eve@evil.example", subject=f"Re: [#{opened.number}]"))

    assert "eve@evil.example" not in reply.deliveries.values_list("address", flat=True)
    assert theirs.ticket_id != opened.pk


def test_a_sender_our_border_disowns_is_led_nowhere_by_a_number(
    read: Read, opened: Ticket, settings: Settings
) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.localhost.example"
    forged = mail(
        subject=f"Re: Help [#{opened.number}]",
        Authentication_Results="mx.localhost.example; dmarc=fail header.from=example.com",
    )

    message = read(forged)

    assert message.ticket_id != opened.pk
    assert message.authentication == "dmarc=fail"


def test_a_child_that_comes_before_its_parent_meets_it(read: Read, support_box: Mailbox) -> None:
    child = read(mail("And the number is 7.", In_Reply_To="<first@example.com>"))

    parent = read(mail("My kettle leaks.", Message_ID="<first@example.com>"))

    assert parent.ticket_id == child.ticket_id


def test_two_answers_to_a_mail_we_never_got_are_one_conversation(
    read: Read, support_box: Mailbox
) -> None:
    first = read(mail("One.", In_Reply_To="<elsewhere@example.com>", Message_ID="<a@x.example>"))

    second = read(mail("Two.", References="<elsewhere@example.com>", Message_ID="<b@x.example>"))

    assert second.ticket_id == first.ticket_id


def test_strangers_who_answer_the_same_mail_stay_apart(read: Read, support_box: Mailbox) -> None:
    first = read(mail("One.", In_Reply_To="<news@shop.example>"))

    second = read(mail("Two.", sender=MIA, In_Reply_To="<news@shop.example>"))

    assert second.ticket_id != first.ticket_id


def test_a_person_added_twice_belongs_once(opened: Ticket, kofi: Customer) -> None:
    assert Participant.objects.filter(ticket=opened).count() == 1


def test_thanks_leave_a_solved_ticket_solved(read: Read, opened: Ticket, ana: Agent) -> None:
    solve_ticket(opened, by=Actor.agent(ana.pk), at=timezone.now())
    thanks = NewMessage(text="Thanks!", is_courtesy=True, author_address=KOFI)

    receive_message(
        opened,
        content=thanks,
        by=Actor.customer(opened.customer_id),
        at=timezone.now() + timedelta(minutes=1),
    )

    opened.refresh_from_db()
    assert opened.category == "solved"
    assert opened.waiting_since is None
    assert opened.reopened_count == 0

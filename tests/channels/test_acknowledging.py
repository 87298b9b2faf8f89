"""Who is told "we have it": people, once; machines never, or two of them would never stop."""

import pytest
from django.core.cache import cache
from django.test import TestCase

from customers.models import Identity
from tests.channels.conftest import Keep, Read
from tests.channels.mails import mail
from tickets.channels.email.building import build_copy
from tickets.channels.email.intake import keep_mail
from tickets.channels.models import Arrival, Mailbox
from tickets.channels.webform.limits import MOST_ACKNOWLEDGEMENTS
from tickets.models import Message

AUTOMATIC = {
    "an auto-reply": mail(Auto_Submitted="auto-replied"),
    "an out-of-office": mail(subject="Out of Office: back on Monday"),
    "a list mail": mail(List_Id="<news.example.com>", Precedence="list"),
    "a bounce": mail(
        "Delivery failed permanently: someone@example.com",
        sender="Mail Delivery Subsystem <mailer-daemon@example.com>",
        subject="Undelivered Mail Returned to Sender",
    ),
    "a no-reply sender": mail(sender="no-reply@example.com"),
}


@pytest.fixture(autouse=True)
def box(workspace: None) -> Mailbox:
    """The mailbox that acknowledges. What senders were told in other tests is forgotten."""
    cache.clear()
    return Mailbox.objects.create(
        name="Support", address="support@localhost.example", acknowledges=True
    )


def acknowledgements(message: Message) -> list[Message]:
    return list(message.ticket.messages.filter(kind=Message.Kind.AUTOMATIC))


def all_acknowledgements() -> int:
    return Message.objects.filter(kind=Message.Kind.AUTOMATIC).count()


def test_a_person_gets_exactly_one(read: Read) -> None:
    message = read(mail("My screen is dark."))

    (sent,) = acknowledgements(message)
    assert sent.is_automatic
    assert sent.recipients == ["kofi@example.com"]
    assert "My screen is dark." not in sent.text  # nobody has proven whose address that is


def test_the_same_mail_again_gets_no_other(read: Read) -> None:
    message = read(mail("Once."))
    cache.clear()

    again = read(b"Received: by mx2.example\r\n" + mail("Once."))

    assert again == message
    assert all_acknowledgements() == 1


def test_a_further_mail_on_the_ticket_gets_no_other(read: Read) -> None:
    first = read(mail("My screen is dark.", Message_ID="<dark@example.com>"))
    cache.clear()

    second = read(mail("It is still dark.", In_Reply_To="<dark@example.com>"))

    assert second.ticket_id == first.ticket_id
    assert all_acknowledgements() == 1


def test_one_sender_gets_at_most_one_an_hour(read: Read) -> None:
    for number in range(5):
        read(mail(f"Another thing, number {number}."))

    assert all_acknowledgements() == 1


def test_one_sender_gets_at_most_five_a_day_from_all_mailboxes_together(
    read: Read, box: Mailbox
) -> None:
    Mailbox.objects.create(name="Sales", address="sales@localhost.example", acknowledges=True)
    Mailbox.objects.update(acknowledges_hourly=50)

    for number in range(8):
        to = ("support" if number % 2 else "sales") + "@localhost.example"
        read(mail(f"Thing {number}.", to=to, subject=f"Thing {number}"))

    assert all_acknowledgements() == 5


def test_each_person_has_limits_of_their_own(read: Read) -> None:
    for name in ("one", "two", "three"):
        read(mail(f"From {name}.", sender=f"{name}@example.com"))

    assert all_acknowledgements() == 3


def test_a_flood_from_many_addresses_stops_all(read: Read) -> None:
    cache.set("ack:all", MOST_ACKNOWLEDGEMENTS, 60)

    assert acknowledgements(read(mail())) == []


def test_a_partner_that_answers_each_mail_without_a_mark_gets_one(read: Read) -> None:
    for number in range(6):
        read(mail(f"Thank you for mail {number}. We will answer.", subject=f"Case {number}"))

    assert all_acknowledgements() == 1


def test_a_stranger_is_told_in_plain_text_and_who_has_proven_theirs_in_both(read: Read) -> None:
    (to_stranger,) = acknowledgements(read(mail("One.")))
    cache.clear()
    Identity.objects.update(verified_at=to_stranger.at)
    (to_known,) = acknowledgements(read(mail("Two.", subject="Another thing")))

    kinds = []
    for one in (to_stranger, to_known):
        built = build_copy(one.deliveries.get()).mail.message()
        kinds.append([part.get_content_type() for part in built.walk()])
    assert kinds[0] == ["text/plain"]
    assert "text/html" in kinds[1]
    assert "Two." in to_known.text


@pytest.mark.parametrize("kind", AUTOMATIC)
def test_automatic_mail_gets_none(read: Read, kind: str) -> None:
    message = read(AUTOMATIC[kind])

    assert message.is_automatic
    assert acknowledgements(message) == []


@pytest.mark.parametrize("source", [Arrival.Source.SMTP, Arrival.Source.LMTP])
def test_what_comes_from_the_null_path_gets_none(source: Arrival.Source) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        keep_mail(mail(), source=source, envelope_from="", envelope_to=[])

    message = Message.objects.get(author_address="kofi@example.com")
    assert message.is_automatic
    assert acknowledgements(message) == []


@pytest.mark.parametrize("source", [Arrival.Source.PIPE, Arrival.Source.HTTP, Arrival.Source.IMAP])
def test_a_door_that_is_told_no_envelope_makes_nobody_a_machine(source: Arrival.Source) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        keep_mail(mail(), source=source, envelope_from="", envelope_to=[])

    assert all_acknowledgements() == 1


def test_an_automatic_answer_to_our_acknowledgement_gets_none(read: Read) -> None:
    message = read(mail())
    (sent,) = acknowledgements(message)
    cache.clear()

    absent = read(mail("I am away.", Auto_Submitted="auto-replied", In_Reply_To=sent.mail_id))

    assert absent.ticket_id == message.ticket_id
    assert all_acknowledgements() == 1


def test_a_mailbox_that_does_not_acknowledge_is_silent(read: Read, box: Mailbox) -> None:
    box.acknowledges = False
    box.save(update_fields=["acknowledges"])

    assert acknowledgements(read(mail())) == []


def test_the_envelope_names_the_mailbox_of_a_blind_copy(keep: Keep) -> None:
    arrival = keep(mail(to="everybody@lists.example"), to=("support@localhost.example",))

    assert arrival.message is not None
    assert len(acknowledgements(arrival.message)) == 1


def test_our_own_mailboxes_do_not_answer_each_other(read: Read) -> None:
    Mailbox.objects.create(
        name="Sales", address="sales@localhost.example", aliases=["shop@localhost.example"]
    )

    read(mail(sender="shop@localhost.example"))

    assert all_acknowledgements() == 0


def test_an_address_that_keeps_returning_mail_gets_none(read: Read) -> None:
    first = read(mail("One."))
    cache.clear()
    Identity.objects.update(undeliverable_since=first.at)

    read(mail("Two.", subject="Another thing"))

    assert all_acknowledgements() == 1

"""What an agent sees of mail: whom a reply goes to, how far it got, and what machines sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from customers.operations import identify_customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.channels.models import Mailbox
from tickets.models import Attachment, Delivery, Draft, Message, Participant, Ticket
from tickets.operations import (
    NewMessage,
    add_participant,
    bounce_delivery,
    receive_message,
    remove_participant,
    reply_to_ticket,
)

MIA = "mia@example.com"


def join(ticket: Ticket, *, is_confirmed: bool = True) -> Participant:
    by = Actor.system()
    mia = identify_customer(kind="email", value=MIA, name="Mia", by=by, at=MONDAY_9AM)
    joined = add_participant(
        ticket, customer=mia, address=MIA, is_confirmed=is_confirmed, by=by, at=MONDAY_9AM
    )
    assert joined is not None
    ticket.refresh_from_db()
    return joined


def page(desk: Client, ticket: Ticket) -> str:
    return desk.get(f"/desk/t/{ticket.number}").content.decode()


def send(desk: Client, ticket: Ticket, **changed: object) -> Any:
    ticket.refresh_from_db()
    fields: dict[str, object] = {"body": "Try now.", "html": "", "kind": "reply", "then": "wait"}
    fields |= {"last_event": ticket.last_event_id, "shows_recipients": "1"}
    return desk.post(f"/desk/t/{ticket.number}/write", fields | changed)


def receive(ticket: Ticket, **content: Any) -> Message:
    given: dict[str, Any] = {"text": "Hello.", "author_address": "kofi@example.com"} | content
    by = Actor.customer(ticket.customer_id)
    return receive_message(ticket, content=NewMessage(**given), by=by, at=timezone.now())


def test_everybody_is_chosen_but_the_unconfirmed(desk: Client, ticket: Ticket) -> None:
    join(ticket, is_confirmed=False)

    html = page(desk, ticket)

    assert '<input type="checkbox" name="to" value="kofi@example.com" checked>' in html
    assert f'<input type="checkbox" name="cc" value="{MIA}">' in html


def test_a_reply_goes_to_those_chosen_and_no_others(desk: Client, ticket: Ticket) -> None:
    join(ticket)

    send(desk, ticket, to=["kofi@example.com"], add_cc="lee@example.com; joe@example.com")

    sent = Delivery.objects.order_by("pk").values_list("address", flat=True)
    assert list(sent) == ["kofi@example.com", "lee@example.com", "joe@example.com"]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"to": []}, "Choose somebody"),
        ({"to": ["kofi@example.com"], "add_cc": "mia@"}, "is not an e-mail address"),
        ({"to": ["kofi@example.com"], "add_cc": "help@ours.example"}, "is our own address"),
    ],
)
def test_recipients_that_cannot_be_are_refused_and_all_is_kept(
    desk: Client, ticket: Ticket, chosen: dict[str, Any], words: str
) -> None:
    Mailbox.objects.create(name="Help", address="help@ours.example")
    join(ticket)

    answer = send(desk, ticket, **chosen, cc=[])

    html = answer.content.decode()
    assert answer.status_code == 409
    assert words in html
    assert "Try now.</textarea>" in html
    assert f'name="cc" value="{MIA}">' in html  # still not chosen
    assert not Delivery.objects.exists()


def test_a_reply_is_held_and_can_be_taken_back(desk: Client, ticket: Ticket) -> None:
    send(desk, ticket, to=["kofi@example.com"], files=[SimpleUploadedFile("a.txt", b"one")])
    reply = ticket.messages.get(kind=Message.Kind.REPLY)
    assert 'data-test="undo-sending"' in page(desk, ticket)

    answer = desk.post(f"/desk/m/{reply.pk}/take-back")

    html = answer.content.decode()
    assert not ticket.messages.filter(kind=Message.Kind.REPLY).exists()
    assert "Try now.</textarea>" in html
    assert "a.txt" in html
    assert 'data-test="undo-sending"' not in html
    assert Draft.objects.get().text == "Try now."


def test_what_is_gone_cannot_be_taken_back(desk: Client, ticket: Ticket) -> None:
    send(desk, ticket, to=["kofi@example.com"])
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    reply = ticket.messages.get(kind=Message.Kind.REPLY)

    assert desk.post(f"/desk/m/{reply.pk}/take-back").status_code == 409
    assert "undo-sending" not in page(desk, ticket)


def test_a_pasted_picture_belongs_to_the_text(desk: Client, ticket: Ticket) -> None:
    picture = SimpleUploadedFile("picture-1.png", b"\x89PNG")
    html = '<p>See [picture-1.png]<img src="cid:picture-1.png" alt="picture-1.png"></p>'
    send(desk, ticket, to=["kofi@example.com"], html=html, files=[picture])

    file = Attachment.objects.get()
    assert (file.is_inline, file.content_id) == (True, "picture-1.png")
    assert f'src="/desk/files/{file.pk}"' in page(desk, ticket)


def test_own_words_stand_first_and_the_whole_mail_is_folded(desk: Client, ticket: Ticket) -> None:
    receive(ticket, text="Yes.\n\nOn Monday you wrote:\n> Old words", visible_text="Yes.")

    html = page(desk, ticket)

    whole = html.index('data-test="whole"')
    assert html.index("Yes.") < whole < html.index("Old words")


@pytest.mark.parametrize(
    ("kind", "words"),
    [("auto-reply", "Automatic reply"), ("list", "List mail"), ("bounce", "Returned mail")],
)
def test_mail_of_machines_is_one_line_that_says_what_it_is(
    desk: Client, ticket: Ticket, kind: str, words: str
) -> None:
    message = receive(ticket, mail_kind=kind, is_automatic=True)

    html = page(desk, ticket)

    start = html.index(f'id="message-{message.pk}"')
    assert "<details" in html[start - 60 : start]
    assert words in html[start : start + 900]


def test_a_machines_mail_is_open_where_there_is_nothing_else_to_read(
    desk: Client, ticket: Ticket
) -> None:
    Message.objects.filter(ticket=ticket).update(mail_kind="list", is_automatic=True)
    receive(ticket, mail_kind="list", is_automatic=True)

    html = page(desk, ticket)

    first, second = (
        html.index(f'id="message-{pk}"') for pk in ticket.messages.values_list("pk", flat=True)
    )
    assert " open>" in html[first : first + 90]
    assert " open>" not in html[second : second + 90]


@pytest.mark.parametrize(("hours", "is_told"), [(0, False), (30, True)])
def test_when_a_late_mail_was_written_is_told(
    desk: Client, ticket: Ticket, *, hours: int, is_told: bool
) -> None:
    receive(ticket, claimed_date_at=timezone.now() - timedelta(hours=hours))

    assert ('data-test="dated"' in page(desk, ticket)) is is_told


def test_the_customers_time_stands_on_no_mail_of_somebody_else(
    desk: Client, ticket: Ticket
) -> None:
    type(ticket.customer).objects.update(time_zone="Asia/Tokyo")
    mia = join(ticket).customer_id
    receive_message(
        ticket, content=NewMessage(text="I am Mia."), by=Actor.customer(mia), at=timezone.now()
    )

    assert page(desk, ticket).count("their time") == 1


def test_who_comes_and_goes_is_named(desk: Client, ticket: Ticket) -> None:
    mia = join(ticket, is_confirmed=False)
    assert f"{MIA} was named in a mail; not confirmed" in page(desk, ticket)
    join(ticket)
    assert f"{MIA} now belongs to this ticket" in page(desk, ticket)

    remove_participant(mia, by=Actor.system(), at=timezone.now())

    assert f"{MIA} no longer belongs to this ticket" in page(desk, ticket)


def test_a_mail_its_own_domain_disowns_is_warned_of(desk: Client, ticket: Ticket) -> None:
    receive(ticket, authentication="dmarc=fail spf=pass")

    assert 'data-test="disowned"' in page(desk, ticket)


def test_a_stranger_can_be_added(desk: Client, ticket: Ticket) -> None:
    by = Actor.system()
    mia = identify_customer(kind="email", value=MIA, name="Mia", by=by, at=MONDAY_9AM)
    content = NewMessage(text="I too.", author_address=MIA, is_other_sender=True)
    by = Actor.customer(mia.pk)
    message = receive_message(ticket, content=content, by=by, at=timezone.now())
    assert 'data-test="stranger"' in page(desk, ticket)

    desk.post(f"/desk/m/{message.pk}/add-sender")

    assert ticket.participants.get().is_confirmed
    assert 'data-test="stranger"' not in page(desk, ticket)


def test_participants_are_confirmed_and_removed(desk: Client, ticket: Ticket) -> None:
    person = join(ticket, is_confirmed=False)
    url = f"/desk/t/{ticket.number}/people/{person.pk}"

    desk.post(f"{url}/confirm")
    assert ticket.participants.get().is_confirmed
    desk.post(f"{url}/remove")

    assert not ticket.participants.exists()


def test_each_copy_says_how_far_it_got(desk: Client, ticket: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    content = NewMessage(text="Hi", recipients=("kofi@example.com",), cc=(MIA,))
    reply = reply_to_ticket(ticket, content=content, by=by, at=timezone.now())
    copy = reply.deliveries.get(address=MIA)
    bounce_delivery(copy, note="5.1.1 no such user", by=Actor.system(), at=timezone.now())
    Delivery.objects.filter(address="kofi@example.com").update(may_be_double=True)

    html = page(desk, ticket)

    copies = html[html.index('data-test="copies"') :]
    assert "came back" in copies
    assert "5.1.1 no such user" in copies
    assert "may have arrived twice" in copies


def test_an_address_mail_comes_back_from_is_warned_of_until_trusted(
    desk: Client, ticket: Ticket
) -> None:
    identity = ticket.customer.identities.get()
    identity.undeliverable_since = MONDAY_9AM
    identity.save(update_fields=["undeliverable_since"])
    assert 'data-test="dead-address"' in page(desk, ticket)

    desk.post(f"/desk/t/{ticket.number}/addresses/{identity.pk}/trust")

    identity.refresh_from_db()
    assert identity.undeliverable_since is None
    assert 'data-test="dead-address"' not in page(desk, ticket)


def test_a_message_says_its_language_where_it_is_not_the_readers(
    desk: Client, ticket: Ticket
) -> None:
    receive(ticket, text="Guten Tag", language="de")

    html = page(desk, ticket)

    assert 'lang="de"' in html
    assert "German" in html


def test_the_profile_warns_of_a_dead_address_until_it_is_trusted(
    desk: Client, ticket: Ticket
) -> None:
    identity = ticket.customer.identities.get()
    identity.undeliverable_since = MONDAY_9AM
    identity.save(update_fields=["undeliverable_since"])
    url = f"/desk/c/{ticket.customer_id}"
    assert "mail keeps coming back" in desk.get(url).content.decode()

    desk.post(f"{url}/identities/{identity.pk}/trust")

    assert "mail keeps coming back" not in desk.get(url).content.decode()

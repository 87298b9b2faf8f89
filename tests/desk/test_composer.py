"""Writing on a ticket: what is sent, what is kept, what is stopped."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import open_blob
from tests.conftest import MONDAY_9AM, said
from tickets.models import Attachment, Category, Draft, Message, Ticket
from tickets.operations import assign_ticket, note_on_ticket, receive_message

FRAGMENT = {"HX-Request": "true"}


def written(ticket: Ticket, **changed: object) -> dict[str, Any]:
    fields = {"body": "Try now.", "html": "", "kind": "reply", "then": "wait"}
    return fields | {"last_event": ticket.last_event_id} | changed


def send(desk: Client, ticket: Ticket, *, htmx: bool = False, **changed: object) -> Any:
    headers = FRAGMENT if htmx else {}
    data = written(ticket, **changed)
    return desk.post(f"/desk/t/{ticket.number}/write", data, headers=headers)


@pytest.mark.parametrize(
    ("then", "category"),
    [
        ("wait", Category.WAIT_CUSTOMER),
        ("open", Category.OPEN),
        ("solve", Category.SOLVED),
    ],
)
def test_a_reply_is_sent_and_leaves_the_status_its_button_says(
    desk: Client, ticket: Ticket, ana: Agent, then: str, category: str
) -> None:
    answer = send(desk, ticket, then=then)

    reply = ticket.messages.get(kind=Message.Kind.REPLY)
    ticket.refresh_from_db()
    assert answer["Location"] == f"/desk/t/{ticket.number}"
    assert (reply.text, reply.recipients, reply.agent) == ("Try now.", ["kofi@example.com"], ana)
    assert ticket.category == category
    assert ticket.assignee == ana


def test_a_note_is_kept_and_sent_to_nobody(desk: Client, ticket: Ticket) -> None:
    send(desk, ticket, kind="note", then="note")

    note = ticket.messages.get(kind=Message.Kind.NOTE)
    assert (note.delivery, note.recipients) == ("", [])


@pytest.mark.parametrize(("kind", "then"), [("reply", "note"), ("note", "wait"), ("note", "solve")])
def test_what_was_not_shown_as_what_it_is_is_not_sent(
    desk: Client, ticket: Ticket, kind: str, then: str
) -> None:
    answer = send(desk, ticket, kind=kind, then=then)

    assert answer.status_code == 409
    assert ticket.messages.count() == 1
    assert "Try now." in answer.content.decode()


def test_the_recipients_are_seen_before_sending(desk: Client, ticket: Ticket) -> None:
    html = desk.get(f"/desk/t/{ticket.number}").content.decode()

    assert "Reply to kofi@example.com" in html
    assert 'data-test="recipients"' in html


@pytest.mark.parametrize("htmx", [False, True])
def test_a_reply_overtaken_by_a_message_is_not_sent(
    desk: Client, ticket: Ticket, *, htmx: bool
) -> None:
    by = Actor.customer(ticket.customer_id)
    receive_message(ticket, content=said("It works now!"), by=by, at=MONDAY_9AM)

    answer = send(desk, ticket, htmx=htmx)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert ticket.messages.filter(kind=Message.Kind.REPLY).count() == 0
    assert 'data-test="stale-send"' in html
    assert "It works now!" in html
    assert "Send anyway" in html
    assert ("Try now." in html) is not htmx  # htmx leaves the text where it stands


def test_an_overtaken_reply_can_be_sent_anyway(desk: Client, ticket: Ticket, tom: Agent) -> None:
    note_on_ticket(ticket, content=said("I answer"), by=Actor.agent(tom.pk), at=MONDAY_9AM)
    now = Ticket.objects.get(pk=ticket.pk).last_event_id

    answer = send(desk, ticket, anyway=now)

    assert answer.status_code == 302
    assert ticket.messages.filter(kind=Message.Kind.REPLY).count() == 1


def test_a_change_that_says_nothing_does_not_stop_a_reply(
    desk: Client, ticket: Ticket, tom: Agent
) -> None:
    assign_ticket(ticket, agent=tom, by=Actor.agent(tom.pk), at=MONDAY_9AM)

    assert send(desk, ticket).status_code == 302


def test_files_are_sent_with_the_reply(desk: Client, ticket: Ticket) -> None:
    files = [
        SimpleUploadedFile("a.txt", b"one", content_type="image/png"),
        SimpleUploadedFile("../b.pdf", b"two"),
    ]

    send(desk, ticket, files=files)

    sent = list(Attachment.objects.order_by("pk"))
    assert [(f.name, f.content_type, f.size) for f in sent] == [
        ("a.txt", "text/plain", 3),
        ("b.pdf", "application/pdf", 3),
    ]
    with open_blob(sent[1].sha256) as stored:
        assert stored.read() == b"two"


def test_files_of_a_refused_reply_need_not_be_chosen_again(desk: Client, ticket: Ticket) -> None:
    file = SimpleUploadedFile("a.txt", b"one")
    refused = send(desk, ticket, kind="note", then="wait", files=[file])
    kept = refused.context["composer"]["kept_files"]

    send(desk, ticket, kept_files=kept)

    assert Attachment.objects.get().name == "a.txt"


def test_forged_kept_files_are_ignored(desk: Client, ticket: Ticket) -> None:
    send(desk, ticket, kept_files="W1siYSIsImIiLDEsImMiXV0:forged")

    assert not Attachment.objects.exists()


def test_nothing_active_leaves_the_house(desk: Client, ticket: Ticket) -> None:
    html = '<p onclick="x()">Try <b>now</b></p><script>alert(1)</script><img src="https://spy/x">'

    send(desk, ticket, html=html)

    assert ticket.messages.get(kind=Message.Kind.REPLY).html == "<p>Try <b>now</b></p><img>"


def test_an_empty_reply_is_refused(desk: Client, ticket: Ticket) -> None:
    answer = send(desk, ticket, body="  ", htmx=True)

    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#composer-refusal"
    assert "There is nothing to send" in answer.content.decode()


@pytest.mark.parametrize("changed", [{"then": "x"}, {"kind": "inbound"}, {"last_event": "x"}])
def test_what_no_form_of_ours_sends_is_refused(
    desk: Client, ticket: Ticket, changed: dict[str, Any]
) -> None:
    answer = send(desk, ticket, **changed)

    assert answer.status_code == 409
    assert ticket.messages.count() == 1


def test_after_sending_htmx_gets_the_page_with_an_empty_composer(
    desk: Client, ticket: Ticket
) -> None:
    html = send(desk, ticket, htmx=True).content.decode()

    assert 'id="composer"' in html
    assert "Try now." in html[html.index('id="conversation"') : html.index('id="composer"')]
    assert "Try now." not in html[html.index('id="composer"') :]


def test_what_is_typed_is_kept_until_it_is_sent(desk: Client, ticket: Ticket) -> None:
    answer = desk.post(f"/desk/t/{ticket.number}/draft", written(ticket, body="Half a thou"))
    page = desk.get(f"/desk/t/{ticket.number}").content.decode()
    send(desk, ticket)

    assert answer.status_code == 204
    assert "Half a thou</textarea>" in page
    assert not Draft.objects.exists()


def test_a_draft_of_a_colleague_is_not_mine(desk: Client, ticket: Ticket, tom: Agent) -> None:
    Draft.objects.create(
        ticket=ticket, agent=tom, kind="reply", text="Tom's words", saved_at=timezone.now()
    )

    assert "Tom&#x27;s words" not in desk.get(f"/desk/t/{ticket.number}").content.decode()


def test_an_old_page_may_not_claim_to_have_seen_the_future(desk: Client, ticket: Ticket) -> None:
    later = MONDAY_9AM + timedelta(hours=1)
    by = Actor.customer(ticket.customer_id)
    receive_message(ticket, content=said("Wait"), by=by, at=later)

    assert send(desk, ticket, anyway="").status_code == 409

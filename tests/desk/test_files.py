"""Files and bodies from outside: who gets them, and in which wrapping."""

from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import store_blob
from tests.conftest import MONDAY_9AM
from tickets.channels.models import Arrival
from tickets.models import Message, Ticket
from tickets.operations import NewAttachment, NewMessage, open_ticket

PIXEL = b"\x89PNG\r\n\x1a\n"


def file(name: str, content_type: str, data: bytes = PIXEL, **fields: Any) -> NewAttachment:
    return NewAttachment(
        name=name, content_type=content_type, size=len(data), sha256=store_blob(data), **fields
    )


def mail(customer: Customer, team: Team, *files: NewAttachment, html: str = "") -> Message:
    content = NewMessage(text="See the file", html=html, attachments=files)
    by = Actor.customer(customer.pk)
    ticket = open_ticket(
        customer=customer, subject="A file", content=content, team=team, by=by, at=MONDAY_9AM
    ).ticket
    return ticket.messages.get()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture(autouse=True)
def statuses(workspace: None) -> None:
    """Tickets need them."""


def test_a_picture_is_shown_in_place_without_power(
    desk: Client, kofi: Customer, support: Team
) -> None:
    message = mail(kofi, support, file("photo.png", "image/png"))

    answer = desk.get(f"/desk/files/{message.attachments.get().pk}")

    assert (answer["Content-Type"], body(answer)) == ("image/png", PIXEL)
    assert answer["Content-Disposition"] == 'inline; filename="photo.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("page.html", "text/html"),
        ("drawing.svg", "image/svg+xml"),
        ("paper.pdf", "application/pdf"),
        ("data.xml", "text/xml"),
        ("run.js", "text/javascript"),
    ],
)
def test_everything_else_is_for_saving(
    desk: Client, kofi: Customer, support: Team, name: str, content_type: str
) -> None:
    message = mail(kofi, support, file(name, content_type))

    answer = desk.get(f"/desk/files/{message.attachments.get().pk}")

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert body(answer) == PIXEL


def test_a_name_in_any_script_survives(desk: Client, kofi: Customer, support: Team) -> None:
    message = mail(kofi, support, file('Rechnung "März".pdf', "application/pdf"))

    answer = desk.get(f"/desk/files/{message.attachments.get().pk}")

    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Rechnung%20")
    body(answer)


@pytest.mark.parametrize("path", ["files", "m/body", "m/source"])
def test_nothing_of_another_teams_ticket_is_handed_out(
    client: Client, outsider: Agent, kofi: Customer, support: Team, path: str
) -> None:
    message = mail(kofi, support, file("photo.png", "image/png"), html="<p>Hello</p>")
    client.force_login(outsider)
    urls = {
        "files": f"/desk/files/{message.attachments.get().pk}",
        "m/body": f"/desk/m/{message.pk}/body",
        "m/source": f"/desk/m/{message.pk}/source",
    }

    assert client.get(urls[path]).status_code == 404
    assert client.post(f"/desk/m/{message.pk}/retry").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_found(
    desk: Client, kofi: Customer, support: Team
) -> None:
    lost = NewAttachment(name="a.png", content_type="image/png", size=1, sha256="0" * 64)
    message = mail(kofi, support, lost)

    assert desk.get(f"/desk/files/{message.attachments.get().pk}").status_code == 404


def test_a_rich_mail_can_do_nothing_in_its_frame(
    desk: Client, kofi: Customer, support: Team
) -> None:
    html = '<p>Hello</p><script>alert(1)</script><img src="https://spy.example/x.png">'
    message = mail(kofi, support, html=html)

    answer = desk.get(f"/desk/m/{message.pk}/body")

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert b"<p>Hello</p>" in answer.content
    assert b"script" not in answer.content
    assert b"spy" not in answer.content


def test_pictures_of_a_mail_stand_in_it(desk: Client, kofi: Customer, support: Team) -> None:
    picture = file("logo.png", "image/png", content_id="logo@mail", is_inline=True)
    message = mail(kofi, support, picture, html='<img src="cid:logo@mail"><img src="cid:none">')

    answer = desk.get(f"/desk/m/{message.pk}/body").content.decode()

    assert answer.count("<img") == 2
    assert answer.count('src="data:image/png;base64,iVBORw0KGgo="') == 1


def test_a_drawing_in_a_mail_is_not_shown(desk: Client, kofi: Customer, support: Team) -> None:
    drawing = file("x.svg", "image/svg+xml", content_id="x", is_inline=True)
    message = mail(kofi, support, drawing, html='<img src="cid:x">')

    assert b"src=" not in desk.get(f"/desk/m/{message.pk}/body").content


def test_the_raw_mail_can_be_saved_as_plain_text(desk: Client, ticket: Ticket) -> None:
    message = ticket.messages.get()
    raw = b"From: kofi@example.com\r\n\r\n<script>alert(1)</script>\x00\xff"
    Arrival.objects.create(
        channel="email",
        key="k",
        source="smtp",
        raw=raw,
        sha256="0",
        size=len(raw),
        received_at=MONDAY_9AM,
        message=message,
    )

    answer = desk.get(f"/desk/m/{message.pk}/source")
    page = desk.get(f"/desk/t/{ticket.number}").content.decode()

    assert answer.content == raw
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert f"/desk/m/{message.pk}/source" in page


def test_a_message_that_was_no_mail_has_no_source(desk: Client, ticket: Ticket) -> None:
    assert desk.get(f"/desk/m/{ticket.messages.get().pk}/source").status_code == 404
    assert desk.get(f"/desk/m/{ticket.messages.get().pk}/body").status_code == 404

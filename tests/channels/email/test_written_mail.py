"""What goes out: text and HTML alike, history only to those who had it, pictures in their place."""

import re
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import store_blob
from helpdesk.lib.html import html_to_text
from tests.channels.conftest import Read
from tests.channels.email import test_sending
from tests.channels.email.test_sending import Sink, send
from tests.conftest import said
from tickets.channels.models import Mailbox, MailTemplate
from tickets.models import Message, Ticket
from tickets.operations import NewAttachment, NewMessage, receive_message, reply_to_ticket

sink = test_sending.sink
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def box(workspace: None) -> Mailbox:
    return Mailbox.objects.create(
        name="Support", address="support@ours.example", is_default=True, signature="Support team"
    )


def answer(ticket: Ticket, ana: Agent, **content: Any) -> Message:
    given: dict[str, Any] = {"text": "Try the new code."} | content
    return reply_to_ticket(
        ticket, content=NewMessage(**given), by=Actor.agent(ana.pk), at=timezone.now()
    )


def part(out: EmailMessage, kind: str) -> str:
    found: Any = next(one for one in out.walk() if one.get_content_type() == kind)
    return str(found.get_content()).replace("\r\n", "\n")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_text_and_html_say_the_same(sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox) -> None:
    Mailbox.objects.update(quotes="full")
    send(answer(ticket, ana, text="Dear Kofi,\n\n> 1 < 2 & 3\n\nhttps://example.com/a?b=1&c=2"))

    (out,) = sink.mails
    text, html = part(out, "text/plain"), part(out, "text/html")
    assert words(text) == words(html_to_text(html))
    assert "Support team" in text
    assert "It says my code has expired." in text
    assert not re.search(r"<(?:style|link|script)|https?://(?!example\.com)", html)
    assert not re.search(r"[;\"]\s*(?:color|background)\s*:", html)


def test_long_lines_come_back_whole(sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox) -> None:
    text = "Grüße, " + "this is one long paragraph " * 20 + "ends."
    send(answer(ticket, ana, text=text))
    assert part(sink.mails[0], "text/plain").splitlines()[0] == text


def test_the_agents_signature_goes_before_the_mailboxs(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox
) -> None:
    ana.signature = "Ana Silva\nSupport"
    ana.save(update_fields=["signature"])

    send(answer(ticket, ana))

    text = part(sink.mails[0], "text/plain")
    assert text.rstrip().endswith("-- \nAna Silva\nSupport")
    assert "Support team" not in text


@pytest.mark.parametrize(("quotes", "quoted"), [("none", 0), ("last", 1), ("full", 2)])
def test_history_is_quoted_as_the_mailbox_says(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox, quotes: str, quoted: int
) -> None:
    Mailbox.objects.update(quotes=quotes)
    by = Actor.customer(ticket.customer_id)
    receive_message(ticket, content=said("Still expired."), by=by, at=timezone.now())

    send(answer(ticket, ana))

    assert part(sink.mails[0], "text/plain").count("wrote:") == quoted


def test_who_joins_late_gets_no_history(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox
) -> None:
    Mailbox.objects.update(quotes="full")

    send(answer(ticket, ana, recipients=("kofi@example.com",), cc=("mia@example.com",)))

    to_kofi, to_mia = sink.mails
    assert "It says my code has expired." in str(to_kofi)
    assert "It says my code has expired." not in str(to_mia)


def test_a_pasted_picture_stands_beside_the_html_that_shows_it(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox
) -> None:
    picture = NewAttachment(
        name="a.png", content_type="image/png", size=len(PNG), sha256=store_blob(PNG),
        content_id="a1@ours.example", is_inline=True,
    )  # fmt: skip
    html = '<p>See [a.png]<img src="cid:a1@ours.example"></p>'
    send(answer(ticket, ana, text="See [a.png]", html=html, attachments=(picture,)))

    related = next(p for p in sink.mails[0].walk() if p.get_content_type() == "multipart/related")
    first, shown = related.iter_parts()
    assert first.get_content_type() == "text/html"
    assert shown["Content-ID"] == "<a1@ours.example>"
    assert shown.get_content() == PNG
    assert 'src="cid:a1@ours.example"' in first.get_content()


@pytest.mark.parametrize("subject", ["Re: AW: Re[2]: Lamp", "Lamp", "SV: Fwd: Lamp"])
def test_a_subject_has_one_mark_and_one_number(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox, subject: str
) -> None:
    send(answer(ticket, ana, subject=f"{subject} [#{ticket.number}]"))

    assert sink.mails[0]["Subject"] == f"Re: Lamp [#{ticket.number}]"


@pytest.mark.parametrize("field", ["name", "signature"])
def test_no_field_makes_a_header(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox, field: str
) -> None:
    evil = 'Ana, "<x@y.example>"\r\nBcc: all@evil.example\r\n\r\nBody'
    setattr(ana, field, evil)
    ana.save(update_fields=[field])
    Mailbox.objects.update(name="A, <b@c.example>\nBcc: d@evil.example")

    send(answer(ticket, ana))

    (out,) = sink.mails
    assert out["Bcc"] is None
    assert [one.addr_spec for one in out["From"].addresses] == ["support@ours.example"]


def test_the_customers_language_decides_the_labels(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox
) -> None:
    Mailbox.objects.update(quotes="last")
    Message.objects.filter(ticket=ticket).update(language="de")

    send(answer(ticket, ana, text="Bitte versuchen Sie es erneut."))

    assert "schrieb" in part(sink.mails[0], "text/plain")
    assert 'lang="de"' in part(sink.mails[0], "text/html")


def test_our_own_template_is_used_and_its_values_are_no_templates(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox
) -> None:
    body = "Dear {name},\n\n{message}\n\nYour {mailbox}"
    MailTemplate.objects.create(kind="reply", language="en", subject="{subject}", body=body)

    send(answer(ticket, ana, text="Use {number}."))

    text = part(sink.mails[0], "text/plain")
    assert text.strip() == "Dear Kofi Mensah,\n\nUse {number}.\n\nYour Support"


def test_what_we_send_reads_back_as_it_was_written(
    sink: Sink, ticket: Ticket, ana: Agent, box: Mailbox, read: Read
) -> None:
    Mailbox.objects.update(quotes="full")
    text = "Dear Kofi,\n\nplease press the red button twice and wait for ten seconds.\n\nAna"
    send(answer(ticket, ana, text=text))
    raw = sink.mails[0].as_bytes().replace(b"X-Beforehand-Loop", b"X-Other")
    raw = re.sub(rb"(?im)^(?:Message-ID|References|In-Reply-To):.*\n(?:[ \t].*\n)*", b"", raw)
    raw = raw.replace(b"support@ours.example", b"friend@other.example")

    assert read(raw).own_text.strip() == text

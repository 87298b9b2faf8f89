"""What leaves, read again by another parser: parts, files, pictures, fields and their lengths."""

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import store_blob
from helpdesk.lib.html import html_to_text
from tests.channels.email import test_sending
from tests.channels.email.test_sending import Sink, send
from tests.channels.email.test_written_mail import PNG, answer, part, words
from tests.conftest import MONDAY_9AM, said
from tickets.channels.email.layout import in_paragraphs
from tickets.models import Message, Ticket
from tickets.operations import NewAttachment, receive_message, reply_to_ticket
from tickets.operations.replying import REFERENCES

sink = test_sending.sink
LONGEST_LINE = 998  # RFC 5322 2.1.1, without the line's end
NAMES = [
    "Rechnung für Grüße & Söhne.pdf",
    'a "quoted", name.txt',
    "価格表.xlsx",
    f"{'long' * 40}.bin",
]


def file(name: str, kind: str, data: bytes, **more: Any) -> NewAttachment:
    stored = store_blob(data)
    return NewAttachment(name=name, content_type=kind, size=len(data), sha256=stored, **more)


def picture(number: int) -> NewAttachment:
    cid = f"p{number}@ours.example"
    return file(f"p{number}.png", "image/png", PNG, content_id=cid, is_inline=True)


def converse(ticket: Ticket, ana: Agent, turns: int) -> Message:
    """Kofi writes and Ana answers, in turn; return her last answer."""
    for turn in range(1, turns + 1):
        at, its_id = MONDAY_9AM + timedelta(hours=turn), f"{'k' * 90}.{turn}@client.example"
        kofi = Actor.customer(ticket.customer_id)
        receive_message(ticket, content=said("And now?", mail_id=its_id), by=kofi, at=at)
        at += timedelta(minutes=5)
        last = reply_to_ticket(ticket, content=said("Wait."), by=Actor.agent(ana.pk), at=at)
    return last


def fields(out: EmailMessage, name: str) -> list[str]:
    return re.findall(r"<([^<>\s]+)>", str(out[name]))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["application/pdf", "text/plain", "text/csv"])
def test_a_file_comes_out_as_it_went_in(
    sink: Sink, ticket: Ticket, ana: Agent, name: str, kind: str
) -> None:
    data = b"bytes: \xff\x00 \r\nFrom here\nto there\r"
    send(answer(ticket, ana, attachments=(file(name, kind, data),)))

    (got,) = sink.mails[0].iter_attachments()
    assert (got.get_filename(), got.get_content_type()) == (name, kind)
    assert got.get_content_disposition() == "attachment"
    assert got.get_payload(decode=True) == data


@pytest.mark.parametrize("text", ["Grüße\n", "a;b\r\nc;d\n"])
def test_a_text_file_says_its_charset(sink: Sink, ticket: Ticket, ana: Agent, text: str) -> None:
    send(answer(ticket, ana, attachments=(file("a.txt", "text/plain", text.encode()),)))

    (got,) = sink.mails[0].iter_attachments()
    assert got.get_content() == text


def test_a_mail_goes_along_as_a_mail(sink: Sink, ticket: Ticket, ana: Agent) -> None:
    inner = b"Subject: inner\r\nFrom: x@y.example\r\n\r\nOnly words.\r\n"
    send(answer(ticket, ana, attachments=(file("a.eml", "message/rfc822", inner),)))

    (got,) = sink.mails[0].iter_attachments()
    assert got.get_content_type() == "message/rfc822"
    assert got.get_content()["Subject"] == "inner"
    assert got["Content-Transfer-Encoding"] in (None, "7bit", "8bit")


def test_pictures_stand_in_the_html_and_files_beside_it(
    sink: Sink, ticket: Ticket, ana: Agent
) -> None:
    html = '<p>See <img src="cid:p1@ours.example"> and <img src="cid:p2@ours.example"></p>'
    files = (picture(1), file("a.pdf", "application/pdf", b"%PDF"), picture(2))
    send(answer(ticket, ana, text="See and", html=html, attachments=files))

    (out,) = sink.mails
    kinds = [one.get_content_type() for one in out.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related",
        "text/html", "image/png", "image/png", "application/pdf",
    ]  # fmt: skip
    shown = re.findall(r'src="cid:([^"]+)"', part(out, "text/html"))
    brought = [one["Content-ID"].strip("<>") for one in out.walk() if one["Content-ID"]]
    assert shown == brought == ["p1@ours.example", "p2@ours.example"]


def test_a_picture_the_text_does_not_show_is_a_file(sink: Sink, ticket: Ticket, ana: Agent) -> None:
    send(answer(ticket, ana, attachments=(picture(1),)))

    (got,) = sink.mails[0].iter_attachments()
    assert got.get_filename() == "p1.png"


def test_rich_text_and_plain_say_the_same_and_ask_for_nothing(
    sink: Sink, ticket: Ticket, ana: Agent
) -> None:
    html = (
        "<p>Dear Kofi,</p><ol><li>press <b>red</b></li><li>wait</li></ol><p>why?</p>"
        '<table><tr><td>Lamp</td><td>3 EUR</td></tr></table><p><a href="https://example.com/a">'
        'the page</a><img src="https://spy.example/x.png"><link href="//spy.example/y.css"></p>'
    )
    send(answer(ticket, ana, text=html_to_text(html), html=html))

    out = part(sink.mails[0], "text/html")
    assert words(part(sink.mails[0], "text/plain")) == words(html_to_text(out))
    assert "spy.example" not in out
    assert not re.search(r"url\(|@import|<(?:script|link|style|iframe)", out)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<p>Hi</p><p><br></p><p>a <b>b</b></p><p>c</p>", "<p>Hi</p>\n<p>a <b>b</b><br>c</p>"),
        ("<p>a</p><p><br></p><ul><li>b</li></ul>c", "<p>a</p>\n<ul><li>b</li></ul>\nc"),
        ('<p>a</p><p><br></p><p dir="rtl">b</p>', '<p>a</p>\n<p dir="rtl">b</p>'),
        ("<p>a</p><p>b</p>", "<p>a</p><p>b</p>"),
        ("", ""),
    ],
)
def test_lines_of_the_composer_become_paragraphs(written: str, sent: str) -> None:
    assert in_paragraphs(written) == sent


def test_a_long_thread_keeps_its_first_mail_and_its_newest(
    sink: Sink, ticket: Ticket, ana: Agent
) -> None:
    send(converse(ticket, ana, turns=15))

    (out,) = sink.mails
    refs = fields(out, "References")
    assert len(refs) == REFERENCES
    assert refs[0] == "1@example.com"
    assert fields(out, "In-Reply-To") == [refs[-1]] == [f"{'k' * 90}.15@client.example"]


def test_no_line_is_longer_than_a_server_must_take(sink: Sink, ticket: Ticket, ana: Agent) -> None:
    last = converse(ticket, ana, turns=15)
    last.mail_refs = ["h" * 980 + "@example.com", *last.mail_refs]
    last.save(update_fields=["mail_refs"])
    Message.objects.filter(pk=last.pk).update(text="word " * 900, subject="Grüße " * 49)

    send(last)

    lines = sink.raws[0].split(b"\r\n")
    assert max(map(len, lines)) <= LONGEST_LINE
    assert [line for line in lines if line.lower().startswith(b"message-id: <")]
    assert len(fields(sink.mails[0], "References")) == REFERENCES


def test_each_of_ours_is_named_as_its_reader_knows_it(
    sink: Sink, ticket: Ticket, ana: Agent
) -> None:
    both = {"recipients": ("kofi@example.com",), "cc": ("mia@example.com",)}
    send(answer(ticket, ana, **both))
    send(answer(ticket, ana, **both))

    to_kofi, to_mia, then_kofi, then_mia = sink.mails
    for before, after in ((to_kofi, then_kofi), (to_mia, then_mia)):
        assert fields(after, "In-Reply-To") == fields(before, "Message-ID")

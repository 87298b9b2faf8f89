"""Mails that are not what they declare, read as they were meant."""

from base64 import b64encode

import pytest

from tickets.channels.email.headers import decode_header, parse_addresses, parse_parameters
from tickets.channels.email.reading import ParsedMail, read_mail

SENDER = b"From: kofi@example.org\n"
PICTURE = b"\x89PNG" + bytes(range(60))


def mixed(*parts: bytes, kind: bytes = b"mixed") -> ParsedMail:
    head = SENDER + b"Content-Type: multipart/" + kind + b"; boundary=b\n\n"
    return read_mail(head + b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n")


def encoded(kind: bytes, body: bytes) -> bytes:
    return b"Content-Type: " + kind + b"\nContent-Transfer-Encoding: base64\n\n" + body


def test_words_that_were_never_encoded_are_shown_as_they_are() -> None:
    mail = mixed(encoded(b"text/plain", b"The pump does not start.\nPlease send somebody.\n"))

    assert mail.text == "The pump does not start.\nPlease send somebody."


def test_words_a_list_wrote_below_encoded_ones_are_kept() -> None:
    mail = mixed(encoded(b"text/plain", b64encode(b"Hello") + b"\n____\nList: a@example.org\n"))

    assert mail.text == "Hello\n____\nList: a@example.org"


def test_a_damaged_line_within_an_encoded_file_costs_only_itself() -> None:
    data = b64encode(PICTURE * 3)
    mail = mixed(encoded(b"image/png", data[:76] + b"\n!\n" + data[76:]))

    assert mail.attachments[0].data == PICTURE * 3


def test_a_notice_below_an_encoded_file_is_no_part_of_it() -> None:
    body = b64encode(PICTURE) + b"\n-- checked by a scanner --\n"
    mail = mixed(encoded(b'image/png; name="a.png"', body))

    assert mail.attachments[0].data == PICTURE


def test_parts_within_parts_may_share_a_boundary() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhi\n--b--\n"
    mail = mixed(inner, b'Content-Type: image/png; name="a.png"\n\nx')

    assert mail.text == "hi"
    assert [file.name for file in mail.attachments] == ["a.png"]


def test_a_boundary_may_be_the_end_of_the_one_around_it() -> None:
    inner = b'Content-Type: multipart/mixed; boundary="b--"\n\n--b--\n\nhi\n--b----\n'

    assert mixed(inner).text == "hi"


def test_a_file_that_came_empty_is_listed() -> None:
    mail = mixed(b"\nhi", b'Content-Type: image/png\nContent-Disposition: attachment; name=""\n\n')

    assert [file.data for file in mail.attachments] == [b""]


def test_other_words_among_the_alternatives_are_not_lost() -> None:
    mail = mixed(b"\nThe first half.", b"\nThe second half.", b"\nfirst half.", kind=b"alternative")

    assert mail.text == "The first half.\n\nThe second half."


def test_words_that_bear_a_name_are_shown_where_there_are_no_others() -> None:
    mail = mixed(b"Content-Type: text/plain; name=words.txt\n\nThe lamp is broken.")

    assert mail.text == "The lamp is broken."
    assert [file.name for file in mail.attachments] == ["words.txt"]


def test_markup_that_calls_itself_plain_is_no_text() -> None:
    mail = mixed(b"\nHello", b"\n<div>Hello</div>", kind=b"alternative")

    assert (mail.text, mail.html) == ("Hello", "<div>Hello</div>")


UUENCODED = {
    "a checksum behind a line": b"begin 644 a.txt\n#0V%T!\n`\nend\n",
    "no name": b"begin 644 \n#0V%T\n`\nend\n",
    "base64 within": b"begin-base64 644 a.txt\nQ2F0\n====\n",
}


@pytest.mark.parametrize("case", UUENCODED)
def test_a_file_written_into_the_text_is_taken_out(case: str) -> None:
    mail = read_mail(SENDER + b"\nSee:\n\n" + UUENCODED[case] + b"\nBye\n")

    assert [file.data for file in mail.attachments] == [b"Cat"]
    assert mail.text.split() == ["See:", "Bye"]


PARAMETERS = [
    (b"attachment; filename=\"a.txt\"; filename*=UTF-8''%C3%A9.txt", "filename", "é.txt"),
    (b'attachment; filename="my "own" file.txt"; size=3', "filename", 'my "own" file.txt'),
    (b'attachment filename="a.txt"', "filename", "a.txt"),
    (b"text/plain; charset=utf-8 name=a.txt", "charset", "utf-8"),
    (b"text/plain; charset=utf-8, name=a.txt", "name", "a.txt"),
    (b'text/plain; name="a.txt; charset=utf-8', "charset", "utf-8"),
    (b"image/png; name=Plan, as of size 3 (new).png", "name", "Plan, as of size 3 (new).png"),
    (b"text/html (a comment); charset=utf-8", "charset", "utf-8"),
]


@pytest.mark.parametrize(("field", "name", "value"), PARAMETERS)
def test_parameters_are_read_where_their_form_is_broken(
    field: bytes, name: str, value: str
) -> None:
    assert parse_parameters(field)[1][name] == value


@pytest.mark.parametrize("field", [b'"text/html"; a=b', b"text/html(x)", b" Text/HTML charset=x"])
def test_the_type_is_read_where_its_form_is_broken(field: bytes) -> None:
    assert parse_parameters(field)[0] == "text/html"


def test_a_nameless_picture_is_shown_under_the_name_in_its_content_id() -> None:
    mail = mixed(b"Content-Type: image/png\nContent-ID: <image001.png@01D0.A1>\n\nx")

    assert [(file.name, file.display_name) for file in mail.attachments] == [("", "image001.png")]


ADDRESSES = [
    (b"=?utf-8?Q?K=C3=B6fi_=3Ckofi@example.org=3E?=", ("Köfi", "kofi@example.org")),
    (b"Kofi [mailto:kofi@example.org]", ("", "kofi@example.org")),
    (b"Kofi <old@example.net> <kofi@example.org>", ("Kofi  old@example.net", "kofi@example.org")),
    (b"=?utf-8?Q?ceo_=3Cceo@bank.example=3E?= <matmail>", ("ceo <ceo@bank.example>", "")),
]


@pytest.mark.parametrize(("field", "person"), ADDRESSES)
def test_an_address_is_read_where_its_form_is_broken(field: bytes, person: tuple) -> None:
    assert parse_addresses(field) == (person,)


def test_an_encoded_word_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    assert decode_header(b"Re: =?utf-8?Q?caf=C3=A9_cl") == "Re: café cl"


def test_markup_says_its_charset_where_the_mail_says_only_ascii() -> None:
    html = '<meta charset="iso-8859-2"><p>Zażółć</p>'.encode("iso-8859-2")
    mail = read_mail(SENDER + b"Content-Type: text/html; charset=us-ascii\n\n" + html)

    assert mail.text == "Zażółć"

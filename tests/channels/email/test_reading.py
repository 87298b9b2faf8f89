import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.reading import ParsedMail, read_mail

MAILS = Path(__file__).parents[2] / "data" / "emails"


def read(name: str) -> ParsedMail:
    return read_mail((MAILS / f"{name}.eml").read_bytes())


def test_people_are_read_from_encoded_names_groups_and_comments() -> None:
    mail = read("everything")

    assert (mail.from_name, mail.from_address) == ("Kofi Mensah, Küche", "Kofi@example.org")
    assert mail.to == (("Support, EU", "support@example.com"), ("Jörg", "joerg@example.net"))
    assert mail.cc == (("Ana", "ana@example.net"),)
    assert mail.reply_to == (("", "kofi.private@example.org"),)


def test_a_character_split_over_two_encoded_words_is_whole_again() -> None:
    assert read("everything").subject == "Die Dichtung ist undicht 😢 [#1192]"


def test_ids_come_without_brackets_and_the_date_with_its_zone() -> None:
    mail = read("everything")

    assert mail.message_id == "m1@example.org"
    assert mail.in_reply_to == "ours.1@example.com"
    assert mail.references == ("ours.0@example.com", "ours.1@example.com")
    assert mail.sent_at == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def test_flowed_text_is_joined_and_beats_the_markup_as_text() -> None:
    mail = read("everything")

    assert mail.text == "Die Dichtung leckt.\n\n> war sieneu?"
    assert mail.html.startswith("<p>Die Dichtung leckt.</p><img")


def test_files_keep_their_names_and_bytes() -> None:
    files = {file.display_name: file for file in read("everything").attachments}

    assert list(files) == ["foto.png", "Rechnung für Kofi.pdf", "Your order 55-3.eml", "visit.ics"]
    assert files["Rechnung für Kofi.pdf"].data == b"%PDF-"
    assert files["Your order 55-3.eml"].data.endswith(b"\r\n\r\nThanks.")
    assert (files["foto.png"].content_id, files["foto.png"].is_inline) == ("foto@example.org", True)


def test_a_mail_crosses_to_another_process_unchanged() -> None:
    mail = read("everything")

    assert pickle.loads(pickle.dumps(mail)) == mail  # noqa: S301 - our own bytes


def test_a_header_with_lost_folding_and_blank_lines_is_still_read() -> None:
    mail = read("broken-header")

    assert (mail.from_name, mail.from_address) == ("Kofi Küche", "kofi@example.org")
    assert mail.subject == "Tür klemmt"
    assert mail.to == (("", "support@example.com"),)
    assert mail.sent_at is None
    assert mail.text == "Die Tür klemmt € 99."


def test_a_bounce_needs_no_sender_address() -> None:
    mail = read("bounce")

    assert (mail.from_name, mail.from_address) == ("MAILER-DAEMON", "")
    assert mail.automatic_kind == "bounce"
    assert mail.is_automatic


def test_a_uuencoded_file_in_the_text_becomes_an_attachment() -> None:
    mail = read("uuencoded")

    assert mail.text == "Here it is:\n\nBye"
    assert [(file.name, file.data) for file in mail.attachments] == [("note.txt", b"Cat")]


def test_a_mail_of_html_only_has_its_words_as_text() -> None:
    mail = read("html-only")

    assert mail.subject == "テスト"
    assert mail.text == ("テスト\n\n- one\n- two\na  b\nx\n  y\nhere <https://example.org/x>")


def test_a_forward_without_words_shows_those_of_the_embedded_mail() -> None:
    mail = read_mail(
        b"From: a@example.org\nContent-Type: message/rfc822\n\nFrom: b@example.org\n\nPlease help\n"
    )

    assert mail.text == "Please help"
    assert [file.display_name for file in mail.attachments] == ["attachment.eml"]


def test_the_first_sender_with_an_address_counts() -> None:
    mail = read_mail(b"From: [??]\nFrom: Kofi <kofi@example.org>\nSender: x@example.net\n\nhi")

    assert (mail.from_name, mail.from_address) == ("Kofi", "kofi@example.org")


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"hello", b"Subject: x\n\nhi", b"From: \n\nhi", b"\x00\xff" * 50]
)
def test_a_mail_that_names_no_sender_is_read_without_one(raw: bytes) -> None:
    mail = read_mail(raw)

    assert (mail.from_name, mail.from_address) == ("", "")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"X: y\n" * 1_001, "more than 1000 fields"),
        (b"X: " + b"y" * 300_000 + b"\n", "header is larger"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 501, "500 parts"),
        (
            b"".join(
                b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(22)
            ),
            "20 levels",
        ),
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n"
            + b"--b\nContent-Type: image/png\n\nx\n" * 201,
            "200 attachments",
        ),
        (b"\n" + b"x" * (50 * 1024 * 1024), "larger than 50 MB"),
    ],
)
def test_a_mail_beyond_the_limits_is_refused_with_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableMail, match=sentence):
        read_mail(b"From: a@example.org\n" + body)


BROKEN_PARTS = {
    "no line end before the last boundary": b"boundary=b\n\n--b\n\nhi--b--\n",
    "words after a boundary": b"boundary=b\n\n--b ignored\n\nhi\n--b-- ignored\n\nepilogue\n",
    "another boundary than declared": b"boundary=x\n\n--b\nSubject: y\n\nhi\n--b--\n",
    "no blank line before the first boundary": b"boundary=b\n--b\nSubject: y\n\nhi\n--b--\n",
}


@pytest.mark.parametrize("case", BROKEN_PARTS)
def test_broken_parts_are_read_as_they_were_meant(case: str) -> None:
    mail = read_mail(b"From: a@example.org\nContent-Type: multipart/mixed; " + BROKEN_PARTS[case])

    assert mail.text == "hi"


def test_a_line_of_words_before_the_header_is_passed_over() -> None:
    mail = read_mail(b"---- Original email message ----\nFrom: a@example.org\nSubject: x\n\nhi")

    assert (mail.from_address, mail.subject, mail.text) == ("a@example.org", "x", "hi")


def test_a_nameless_file_is_shown_under_what_it_says_of_itself() -> None:
    part = b"Content-Type: image/png\nContent-Description: The broken part\n\nx\n"
    mail = read_mail(
        b"From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + part + b"--b--"
    )

    assert [(file.name, file.display_name) for file in mail.attachments] == [
        ("", "The broken part.png")
    ]


def test_what_a_report_says_to_programs_is_no_file() -> None:
    mail = read_mail(
        b"From: a@example.org\nContent-Type: multipart/report; boundary=b\n\n--b\n\nReturned.\n"
        b"--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n\n--b--"
    )

    assert (mail.text, mail.attachments) == ("Returned.", ())


def test_the_sender_on_a_mailbox_line_is_cleaned_too() -> None:
    assert (
        read_mail(b"From a@exa\x00mple.org Mon\nSubject: x\n\nhi").from_address == "a@example.org"
    )


def test_a_name_that_looks_like_an_address_is_none() -> None:
    mail = read_mail(b'From: "ceo@bank.example" <matmail>\nReply-To: kofi@example.com\n\nhi')

    assert mail.from_address == "kofi@example.com"

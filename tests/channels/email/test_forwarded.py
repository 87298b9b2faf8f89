"""A mail sent on says the same whether it stands in the text or came as a file."""

import pytest

from tickets.channels.email.forwarded import Forwarded
from tickets.channels.email.reading import read_mail

INNER = b"From: Kofi <kofi@example.com>\nSubject: It leaks\n\nThe tap drips."
BLOCK = b"---------- Forwarded message ---------\n" + INNER
PART = b"--b\nContent-Type: message/rfc822\n\n" + INNER + b"\n"


def told(subject: bytes, words: bytes, *, attached: bytes = b"") -> Forwarded | None:
    head = b"From: ana@example.com\nSubject: " + subject
    mixed = b"\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
    if not attached:
        return read_mail(head + b"\n\n" + words).forward
    return read_mail(head + mixed + words + b"\n" + attached + b"--b--\n").forward


@pytest.mark.parametrize("comment", [b"Please look at this.", b""])
def test_an_attached_forward_says_what_one_in_the_text_says(comment: bytes) -> None:
    attached = told(b"Fwd: It leaks", comment, attached=PART)

    assert attached is not None
    assert attached == told(b"Fwd: It leaks", comment + b"\n\n" + BLOCK)
    assert (attached.from_address, attached.body) == ("kofi@example.com", "The tap drips.")


def test_a_mail_attached_to_a_letter_is_no_forward() -> None:
    assert told(b"My complaint", b"See what you wrote to me.", attached=PART) is None
    assert told(b"Re: It leaks", b"See what you wrote to me.", attached=PART) is None


def test_several_attached_mails_have_no_one_writer() -> None:
    assert told(b"Fwd: It leaks", b"All of them.", attached=PART * 2) is None


def test_a_returned_mail_is_not_sent_on() -> None:
    raw = b"From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered\nContent-Type: multipart/mixed"
    assert read_mail(raw + b"; boundary=b\n\n" + PART + b"--b--\n").forward is None

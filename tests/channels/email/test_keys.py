import pytest

from tickets.channels.email.keys import arrival_key

MAIL = (
    b"Received: by a.example.net\n\tfor b; Mon, 2 Mar 2026 09:15:02 +0000\n"
    b"From: kofi@example.org\nSubject: Leak\n under the sink\nMessage-ID: <1@example.org>\n\n"
    b"It leaks.\n\nKofi\n"
)


@pytest.mark.parametrize(
    "again",
    [
        MAIL.replace(b"\n", b"\r\n"),
        MAIL.replace(b"\n", b"\r"),
        MAIL + b"\n \r\n\n",
        b"\r\nFrom kofi@example.org Mon Mar  2 09:15:02 2026\n" + MAIL,
        b"Return-Path: <kofi@example.org>\nDelivered-To: support@example.com\n" + MAIL,
        b"ARC-Seal: i=1\nX-Spam-Score: 3\nDKIM-Signature: a=b;\n c=d\n" + MAIL,
        b"authentication-results: mx.example.com; spf=pass\nX-Original-To: a@example.com\n" + MAIL,
        MAIL.replace(b"a.example.net", b"b.example.net"),
        MAIL.replace(b"Leak\n under", b"Leak under"),
    ],
)
def test_a_redelivery_has_the_same_key(again: bytes) -> None:
    assert arrival_key(again) == arrival_key(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"It leaks.", b"It drips."),
        MAIL.replace(b"It leaks.\n\n", b"It leaks.\n"),
        MAIL.replace(b"sink", b"tub"),
        MAIL.replace(b"<1@", b"<2@"),
        b"X-Order: 7\n" + MAIL,
        MAIL.replace(b"\n\nIt", b"\nIt"),
        MAIL.replace(b"\n\nIt", b"\n\nReceived: by c\nIt"),
    ],
)
def test_another_mail_with_the_same_message_id_has_another_key(other: bytes) -> None:
    assert arrival_key(other) != arrival_key(MAIL)


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\r\r\r", b"x", b"From ", b":\n:\n\n:", b"\n" * 9_999]
)
def test_any_bytes_have_a_key(raw: bytes) -> None:
    assert len(arrival_key(raw)) == 64

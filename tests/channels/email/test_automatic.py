import pytest

from tickets.channels.email.reading import read_mail

PERSON = b"From: Kofi <kofi@example.org>\nSubject: Vacation rental is too cold\n"


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (b"Auto-Submitted: auto-replied (vacation)", "auto-reply"),
        (b"Auto-Submitted: auto-generated", "generated"),
        (b"X-Auto-Response-Suppress: All", "generated"),
        (b"X-Autoreply: yes", "auto-reply"),
        (b"X-Autorespond: yes", "auto-reply"),
        (b"Precedence: auto_reply", "auto-reply"),
        (b"Precedence: bulk", "list"),
        (b"List-Unsubscribe: <https://example.org>", "list"),
        (b"List-Id: <l.example.org>", "list"),
        (b"X-Failed-Recipients: a@example.net", "bounce"),
        (b"X-Loop: other@example.net", "loop"),
        (b"X-Beforehand-Loop: help.example.com", "loop"),
        (b"Return-Path: <>", "generated"),
        (b"Content-Type: multipart/report; report-type=feedback-report", "feedback-report"),
        (b"Content-Type: multipart/report; report-type=delivery-status", "bounce"),
        (b"Content-Type: multipart/report; report-type=disposition-notification", "generated"),
    ],
)
def test_a_machine_is_known_by_its_fields(field: bytes, kind: str) -> None:
    mail = read_mail(PERSON + field + b"\n\nhi")

    assert (mail.is_automatic, mail.automatic_kind) == (True, kind)


@pytest.mark.parametrize(
    "field", [b"Auto-Submitted: no", b"Precedence: first-class", b"Return-Path: <kofi@example.org>"]
)
def test_a_person_is_not_taken_for_a_machine(field: bytes) -> None:
    assert not read_mail(PERSON + field + b"\n\nhi").is_automatic


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        (b"MAILER-DAEMON@example.net", "bounce"),
        (b"postmaster@example.net", "bounce"),
        (b"no-reply@example.net", "generated"),
        (b"bounces+7f@example.net", "generated"),
        (b"noreen@example.net", ""),
        (b"rooter@example.net", ""),
    ],
)
def test_a_machine_is_known_by_its_sender(sender: bytes, kind: str) -> None:
    assert read_mail(b"From: " + sender + b"\n\nhi").automatic_kind == kind


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Out of Office: back on Monday", "auto-reply"),
        ("Automatische Antwort: Ihre Rechnung", "auto-reply"),
        ("Undelivered Mail Returned to Sender", "bounce"),
        ("Re: my vacation", ""),
        ("The office chair never came", ""),
    ],
)
def test_a_machine_is_known_by_its_subject(subject: str, kind: str) -> None:
    mail = read_mail(f"From: kofi@example.org\nSubject: {subject}\n\nhi".encode())

    assert mail.automatic_kind == kind


def test_an_empty_envelope_sender_is_a_machine() -> None:
    assert read_mail(PERSON + b"\nhi", envelope_from="").is_automatic
    assert not read_mail(PERSON + b"\nhi", envelope_from="kofi@example.org").is_automatic

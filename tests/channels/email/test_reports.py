"""What returned mail says of its recipients, in the words of the servers that write it."""

import pytest

from tickets.channels.email.reading import read_mail
from tickets.channels.return_report import Returned, ReturnReport

SENDER = b"From: MAILER-DAEMON@mx.example.net\nSubject: Returned mail\n"


def report(raw: bytes) -> ReturnReport:
    found = read_mail(raw).report
    assert found is not None
    return found


def returned(fields: str, prose: str = "It failed.") -> Returned:
    """The one recipient of a report in the form of RFC 3464."""
    raw = SENDER + (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\n{prose}\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; kofi@example.com\n"
        f"Action: failed\n{fields}\n--b--\n"
    ).encode("iso-2022-jp")
    return report(raw).recipients[0]


UNKNOWN = "Status: 5.0.0\nDiagnostic-Code: smtp; 550 Unknown user kofi@example.com"


@pytest.mark.parametrize("prose", ["It failed.", ">>> RCPT To:<kofi@example.com>\n<<< 550 no"])
def test_an_unknown_user_is_a_hard_bounce(prose: str) -> None:
    assert returned(UNKNOWN, prose).is_hard


@pytest.mark.parametrize(
    "prose",
    [
        "<kofi@example.com>: host mx said: 550 Unknown user (in reply to end of DATA command)",
        ">>> RCPT To:<kofi@example.com>\n<<< 250 ok\n>>> DATA\n<<< 550 Unknown user",
    ],
)
def test_an_unknown_user_that_is_noticed_after_the_data_is_a_filter(prose: str) -> None:
    assert not returned(UNKNOWN, prose).is_hard


def test_a_code_for_a_mailbox_that_exists_outweighs_words() -> None:
    fields = "Status: 5.2.1\nDiagnostic-Code: smtp; 550 5.2.1 <kofi@example.com>... User unknown"
    assert not returned(fields).is_hard
    assert returned(fields, "(in reply to RCPT TO command) kofi@example.com").is_hard


def test_the_other_servers_code_outweighs_the_reporters() -> None:
    found = returned("Status: 5.1.1\nDiagnostic-Code: smtp; 552 5.2.2 Over quota")
    assert (found.status, found.is_hard) == ("5.2.2", False)


def test_a_name_service_out_of_order_says_nothing_of_the_address() -> None:
    said = "X-Postfix; Name service error for name=example.com type=MX: Malformed name server reply"
    assert not returned(f"Status: 5.4.4\nDiagnostic-Code: {said}").is_hard


def test_a_reason_in_japanese_is_read() -> None:
    said = "X-Notes; ユーザーは Domino ディレクトリには見つかりません。"
    assert returned(f"Status: 5.0.0\nDiagnostic-Code: {said}").is_hard


def test_a_report_inside_a_filters_own_mail_is_found() -> None:
    inner = (
        b"Content-Type: multipart/report; boundary=i\n\n--i\nContent-Type: message/delivery-status"
        b"\n\nFinal-Recipient: rfc822; kofi@example.com\nAction: failed\nStatus: 5.1.1\n--i--\n"
    )
    raw = SENDER + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nIt failed.\n--b\n"
    found = report(raw + b"Content-Type: message/rfc822\n\n" + inner + b"--b--\n")

    assert [(one.address, one.is_hard) for one in found.recipients] == [("kofi@example.com", True)]


def test_a_notice_of_amazon_ses_is_a_bounce() -> None:
    found = report(
        b"From: no-reply@sns.amazonaws.com\nX-Amz-Sns-Message-Id: 1\n\n"
        b'{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":'
        b'"kofi@example.com","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},'
        b'"mail":{"source":"help@example.org"}}'
    )
    assert [(one.address, one.status, one.is_hard) for one in found.recipients] == [
        ("kofi@example.com", "5.1.1", True)
    ]


def test_a_complaint_sent_by_amazon_ses_is_one() -> None:
    found = report(
        b"From: no-reply@sns.amazonaws.com\nX-Amz-Sns-Message-Id: 1\n\n"
        b'{"notificationType":"Complaint","complaint":{"complainedRecipients":'
        b'[{"emailAddress":"kofi@example.com"}]}}'
    )
    assert found.is_complaint
    assert [one.address for one in found.recipients] == ["kofi@example.com"]

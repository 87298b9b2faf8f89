"""The talk with the mail server about one copy of a message, and what its answers mean."""

import re
import smtplib
from typing import Any

import requests
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.filebased import EmailBackend as FileBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import sanitize_address
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.lib.errors import TransientError
from tickets.channels.base import CutOff, Undeliverable
from tickets.channels.email.building import Posted, build_copy
from tickets.channels.email.faults import SignInNeeded
from tickets.channels.email.outgoing import mail_only, outgoing_connection, sending_fault
from tickets.models import Delivery
from tickets.operations import hand_over

# RFC 5321 4.2.1: answers from here on are permanent.
PERMANENT = 500
_OK, _GO_ON = 250, 354
_END = b".\r\n"
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


def send_mail(delivery: Delivery) -> str:
    """Hand one copy to the mail server and return its answer.

    Raises CutOff, TransientError when it did not go out and trying again may help, Undeliverable
    when it will not.
    """
    posted = build_copy(delivery)
    connection = outgoing_connection(posted.mailbox)
    try:
        _open(connection)
        if isinstance(connection, SmtpBackend) and connection.connection is not None:
            return _talk(connection.connection, posted, delivery)
        return _post(connection, posted, delivery)
    finally:
        connection.close()


def _open(connection: BaseEmailBackend) -> None:
    """Connect and sign in. Whatever fails here is the server's trouble, never the mail's."""
    try:
        connection.open()
    except (smtplib.SMTPException, OSError, SignInNeeded) as error:
        raise TransientError(_said(error)) from error


def _post(connection: BaseEmailBackend, posted: Posted, delivery: Delivery) -> str:
    """Hand the copy to a provider, or to a file."""
    if not isinstance(connection, FileBackend):
        mail_only(posted.recipient, posted.mail, by=connection)
    hand_over(delivery, at=timezone.now())
    try:
        connection.send_messages([posted.mail])
    except requests.ConnectionError as error:
        raise CutOff(_said(error)) from error
    except Exception as error:
        raise sending_fault(error) or TransientError(_said(error)) from error
    return "accepted"


def _talk(smtp: smtplib.SMTP, posted: Posted, delivery: Delivery) -> str:
    """RFC 5321 3.3, with a note of ours between the last line and the dot that ends it."""
    mail: Any = posted.mail.message()
    content: bytes = mail.as_bytes(linesep="\r\n")
    try:
        smtp.ehlo_or_helo_if_needed()
        _ask(smtp, "mail", f"FROM:<{_bare(posted.sender)}>{_size(smtp, content)}", expect=_OK)
        _ask(smtp, "rcpt", f"TO:<{_bare(posted.recipient)}>", expect=_OK)
        _ask(smtp, "data", "", expect=_GO_ON)
        smtp.send(_LEADING_DOT.sub(b"..", content))
        if not content.endswith(b"\r\n"):
            smtp.send(b"\r\n")
    except (smtplib.SMTPException, OSError) as error:
        raise TransientError(_said(error)) from error
    hand_over(delivery, at=timezone.now())
    try:
        smtp.send(_END)
        code, answer = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise CutOff(_said(error)) from error
    if code // 100 != _OK // 100:
        raise _refusal(code, answer)
    return f"{code} {answer.decode('utf-8', 'replace')}"[:300]


def _ask(smtp: smtplib.SMTP, verb: str, rest: str, *, expect: int) -> None:
    code, answer = smtp.docmd(verb, rest)
    if code // 100 != expect // 100:
        raise _refusal(code, answer)


def _size(smtp: smtplib.SMTP, content: bytes) -> str:
    return f" size={len(content)}" if smtp.has_extn("size") else ""


def _bare(address: str) -> str:
    """The address as SMTP takes it: without a name, an international domain in ASCII."""
    return str(sanitize_address(address, "utf-8"))


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
        return f"{error.smtp_code} {text}"
    return str(error) or type(error).__name__


def _refusal(code: int, answer: bytes) -> Exception:
    said = _("The mail server refused this mail (%(code)s): %(answer)s") % {
        "code": code,
        "answer": answer.decode("utf-8", "replace"),
    }
    return Undeliverable(said) if code >= PERMANENT else TransientError(said)

"""What is wrong with a mailbox, in a sentence for the person who can mend it."""

import smtplib
import socket
import ssl
from dataclasses import dataclass

from django.utils.translation import gettext as _
from imapclient.exceptions import IMAPClientError, LoginError

from helpdesk.lib.crypto import CannotUnseal
from helpdesk.lib.errors import TransientError
from helpdesk.lib.text import clean_line


class SignInNeeded(Exception):
    """The provider takes our tokens no more; somebody has to sign in again."""


class NoSuchFolder(Exception):
    """The server opens no folder of that name for this user."""


@dataclass(frozen=True)
class Fault:
    """`is_refused`: trying again soon will not help and may lock the account."""

    reason: str
    is_refused: bool = False


# What talking to a mail server or a provider may end in, other than by a fault of ours.
OUTSIDE = (
    IMAPClientError,
    smtplib.SMTPException,
    OSError,
    CannotUnseal,
    SignInNeeded,
    NoSuchFolder,
    TransientError,
    ValueError,
)


def explain(error: Exception, *, host: str, port: int) -> Fault:
    """Say in words what an error of OUTSIDE means, with the server's own words where it has any."""
    where = f"{host}:{port}"
    said = _said(error)
    for kind, text in _refusals():
        if isinstance(error, kind):
            return Fault(text % {"where": where, "said": said}, is_refused=True)
    if isinstance(error, TransientError):
        return Fault(said)
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return Fault(_network(error, host=host, where=where, said=said))
    return Fault(_("%(where)s answered: %(said)s") % {"where": where, "said": said})


def _refusals() -> tuple[tuple[tuple[type[Exception], ...], str], ...]:
    """What stays so until a person does something."""
    return (
        ((SignInNeeded,), _("Somebody has to sign in: %(said)s")),
        (
            (CannotUnseal,),
            _("The stored password cannot be opened with the present key. Enter it again."),
        ),
        (
            (LoginError, smtplib.SMTPAuthenticationError),
            _("%(where)s refused the user or the password: %(said)s"),
        ),
        ((NoSuchFolder,), _("The folder cannot be opened: %(said)s")),
    )


def _network(error: OSError, *, host: str, where: str, said: str) -> str:
    facts = {"host": host, "where": where, "said": said}
    if isinstance(error, ssl.SSLCertVerificationError):
        facts["said"] = error.verify_message or said
        return _("The certificate of %(where)s is not trusted: %(said)s") % facts
    if isinstance(error, ssl.SSLError):
        return (
            _("%(where)s does not speak TLS there; check port and encryption. (%(said)s)") % facts
        )
    if isinstance(error, socket.gaierror):
        return _("The name %(host)s cannot be found. Is it spelt right?") % facts
    if isinstance(error, ConnectionRefusedError):
        return _("%(where)s refused the connection: nothing listens there.") % facts
    if isinstance(error, TimeoutError):
        return _("%(where)s does not answer. Is a firewall between?") % facts
    return _("The connection to %(where)s failed: %(said)s") % facts


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
        return clean_line(f"{error.smtp_code} {text}", limit=200)
    first = error.args[0] if error.args else ""
    text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error)
    return clean_line(text or type(error).__name__, limit=200)

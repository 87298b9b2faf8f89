"""The way out of a mailbox: the installation's server, one of its own, or a provider's API."""

import smtplib
from functools import partial
from typing import Any

from anymail.backends.mailgun import EmailBackend as MailgunBackend
from anymail.backends.mailgun import MailgunPayload
from anymail.backends.postmark import EmailBackend as PostmarkBackend
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.lib.errors import TransientError
from helpdesk.lib.text import clean_line
from tickets.channels.base import Undeliverable
from tickets.channels.email.faults import SignInNeeded
from tickets.channels.email.oauth import access_token, forget_access
from tickets.channels.models import Mailbox
from tickets.channels.models.mailbox_parts import Security

PIECE = 80  # Postmark takes so many characters of metadata a field
MAIL_ID = "mail_id"
_SENDGRID_RELAY = ("smtp.sendgrid.net", 587, "apikey")
# By name, for it needs the extra `ses`.
_SES = "anymail.backends.amazon_ses.EmailBackend"
_REFUSED_FOR_GOOD = {400, 406, 413, 422}


class TokenSMTP(SMTPBackend):
    """SMTP that signs in with a mailbox's OAuth 2 token: XOAUTH2."""

    def __init__(self, *, mailbox: Mailbox, **options: Any) -> None:
        super().__init__(**options)
        self.mailbox = mailbox

    def open(self) -> bool | None:
        """Connect and sign in. Raises SignInNeeded, TransientError, SMTPAuthenticationError."""
        if self.connection:
            return False
        token = access_token(self.mailbox, at=timezone.now())
        opened = super().open()
        try:
            self.connection.ehlo_or_helo_if_needed()  # type: ignore[union-attr]
            self.connection.auth("XOAUTH2", partial(self._answer, token))  # type: ignore[union-attr]
        except smtplib.SMTPAuthenticationError:
            forget_access(self.mailbox)
            self.close()
            raise
        return opened

    def _answer(self, token: str, challenge: bytes | None = None) -> str:
        """Say who we are; a challenge says what is wrong and wants an empty answer."""
        return "" if challenge else f"user={self.mailbox.smtp_user}\1auth=Bearer {token}\1\1"


class KeepingIds:
    """Has a provider keep our Message-ID and repeat it in what it reports of the mail."""

    def build_message_payload(self, message: Any, defaults: Any) -> Any:
        own = message.extra_headers.get("Message-ID", "").strip("<>")
        if isinstance(self, PostmarkBackend):
            message.extra_headers.setdefault("X-PM-KeepID", "true")
        known = dict(getattr(message, "metadata", {}))
        message.metadata = known | mail_id_pieces(own)
        return super().build_message_payload(message, defaults)  # type: ignore[misc]


class Postmark(KeepingIds, PostmarkBackend):  # type: ignore[misc]
    pass


class MailAsBuilt(MailgunPayload):  # type: ignore[misc]
    """The mail as we built it, to one recipient: Mailgun's `/messages.mime`."""

    def get_api_endpoint(self) -> str:
        return f"{super().get_api_endpoint()}.mime"

    def set_spoofed_to_header(self, header_to: str) -> None:
        """Nothing to do: the fields of the mail itself are what is seen."""

    def serialize_data(self) -> dict[str, Any]:
        raw = self.message.message().as_bytes(linesep="\r\n")
        self.files = [("message", ("message.eml", raw, "message/rfc822"))]
        data = super().serialize_data()
        return {key: data[key] for key in data if key == "to" or key.startswith("v:")}


class MailgunAsBuilt(MailgunBackend):  # type: ignore[misc]
    def build_message_payload(self, message: Any, defaults: Any) -> MailAsBuilt:
        return MailAsBuilt(message, defaults, self)


class Mailgun(KeepingIds, MailgunAsBuilt):
    pass


def outgoing_connection(mailbox: Mailbox | None) -> BaseEmailBackend:
    """The connection the mails of a mailbox leave by; without one, the installation's.

    Nothing is connected yet. Raises TransientError where a provider is not fully set up; sending
    raises what `sending_fault` reads.
    """
    if mailbox is None or mailbox.outgoing == Mailbox.Outgoing.INSTANCE:
        return get_connection()
    if mailbox.outgoing == Mailbox.Outgoing.SMTP:
        return _smtp(mailbox)
    try:
        connection: BaseEmailBackend = _provider(mailbox)
    except ImproperlyConfigured as error:
        raise TransientError(clean_line(str(error), limit=200)) from error
    return connection


def mail_only(recipient: str, mail: EmailMultiAlternatives, *, by: BaseEmailBackend) -> None:
    """Have a provider send a copy to this recipient alone.

    A provider mails everybody it is told of. One that takes the mail as we built it shows all
    whom it names; the others build it themselves and name this one only.
    """
    if not isinstance(by, Postmark):
        mail.extra_headers["To"] = ", ".join(mail.to)
        if mail.cc:
            mail.extra_headers["Cc"] = ", ".join(mail.cc)
    mail.to, mail.cc = [recipient], []


def _smtp(mailbox: Mailbox) -> BaseEmailBackend:
    options: dict[str, Any] = {
        "host": mailbox.smtp_host,
        "port": mailbox.smtp_port,
        "use_ssl": mailbox.smtp_security == Security.TLS,
        "use_tls": mailbox.smtp_security == Security.STARTTLS,
        "timeout": settings.EMAIL_TIMEOUT,
    }
    if mailbox.smtp_auth == Mailbox.Auth.OAUTH2:
        return TokenSMTP(mailbox=mailbox, username="", password="", **options)
    # Django takes the installation's user and password for None, but not for empty ones.
    return SMTPBackend(username=mailbox.smtp_user, password=mailbox.smtp_secret, **options)


def _provider(mailbox: Mailbox) -> Any:
    if mailbox.provider == Mailbox.Provider.POSTMARK:
        return Postmark(server_token=mailbox.provider_key, timeout=settings.EMAIL_TIMEOUT)
    if mailbox.provider == Mailbox.Provider.MAILGUN:
        domain = mailbox.provider_domain or mailbox.address.rpartition("@")[2]
        host = "api.eu" if mailbox.provider_region.lower() == "eu" else "api"
        return Mailgun(
            api_key=mailbox.provider_key,
            sender_domain=domain,
            api_url=f"https://{host}.mailgun.net/v3",
            timeout=settings.EMAIL_TIMEOUT,
        )
    if mailbox.provider == Mailbox.Provider.SENDGRID:
        host, port, user = _SENDGRID_RELAY
        return SMTPBackend(
            host=host,
            port=port,
            username=user,
            password=mailbox.provider_key,
            use_tls=True,
            use_ssl=False,
            timeout=settings.EMAIL_TIMEOUT,
        )
    return get_connection(
        _SES,
        session_params={
            "aws_access_key_id": mailbox.provider_account,
            "aws_secret_access_key": mailbox.provider_key,
            "region_name": mailbox.provider_region,
        },
    )


def sending_fault(error: Exception) -> Exception | None:
    """Whether a fault of sending passes (TransientError) or is for good (Undeliverable).

    None where it is neither a provider's nor a sign-in's: SMTP answers are the sender's to read.
    """
    said = clean_line(str(error), limit=300)
    if isinstance(error, SignInNeeded):
        return TransientError(_("The mailbox must sign in again: %s") % said)
    if isinstance(error, AnymailRecipientsRefused):
        return Undeliverable(_("The provider refused the recipients: %s") % said)
    if isinstance(error, AnymailAPIError):
        status = getattr(error, "status_code", None) or getattr(error.response, "status_code", 0)
        return Undeliverable(said) if status in _REFUSED_FOR_GOOD else TransientError(said)
    if isinstance(error, AnymailError | ImproperlyConfigured):
        return TransientError(said)
    return None


def mail_id_pieces(mail_id: str) -> dict[str, str]:
    """A Message-ID as metadata of a mail, in pieces a provider takes."""
    pieces = [mail_id[start : start + PIECE] for start in range(0, len(mail_id), PIECE)]
    return {f"{MAIL_ID}_{number}": piece for number, piece in enumerate(pieces)}


def joined_mail_id(metadata: dict[str, Any]) -> str:
    """The Message-ID that `mail_id_pieces` took apart; empty where there is none."""
    found = []
    for number in range(13):  # 998 characters at most
        piece = metadata.get(f"{MAIL_ID}_{number}")
        if not isinstance(piece, str):
            break
        found.append(piece)
    return "".join(found)

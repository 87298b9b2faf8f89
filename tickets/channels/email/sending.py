"""A message as a mail on the wire, and what the mail server's answer means."""

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage as WireMail
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Q
from django.utils.translation import gettext as _

from helpdesk.lib.blobs import open_blob
from helpdesk.lib.errors import TransientError
from helpdesk.lib.text import clean_line
from helpdesk.lib.tokens import reply_address
from tickets.channels.base import Undeliverable
from tickets.channels.models import Mailbox
from tickets.models import Message
from tickets.operations import reply_token

# RFC 5321 4.2.1: answers from here on are permanent.
PERMANENT = 500
LONGEST_HEADER_LINE = 900  # RFC 5322 2.1.1 allows 998


class UnfoldedMail(EmailMultiAlternatives):
    """A mail whose Message-ID stays on its line: folded ones are legal and widely misread."""

    def message(self, **options: Any) -> WireMail:
        mail = super().message(**options)
        mail.policy = mail.policy.clone(max_line_length=LONGEST_HEADER_LINE)
        return mail


def send_mail(message: Message) -> str:
    """Hand a message to the mail server and return its answer.

    Raises TransientError when trying again may help, Undeliverable when it will not.
    """
    mail = build_mail(message)
    try:
        with get_connection() as connection:
            connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        raise _as_fault(error, *_worst(error.recipients)) from error
    except smtplib.SMTPResponseException as error:
        raise _as_fault(error, error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransientError(str(error) or type(error).__name__) from error
    return "accepted"


def build_mail(message: Message) -> EmailMultiAlternatives:
    """Build the mail of an outgoing message: text and HTML alike, threaded, and marked as ours."""
    ticket = message.ticket
    sender = _sender(message)
    headers = {
        "Message-ID": f"<{message.mail_id}>",
        "Date": format_datetime(message.at),
        "X-Beforehand-Loop": f"{settings.MAIL_DOMAIN}",
    }
    if message.mail_refs:
        headers["In-Reply-To"] = f"<{message.mail_refs[-1]}>"
        headers["References"] = " ".join(f"<{ref}>" for ref in message.mail_refs)
    if message.kind == Message.Kind.AUTOMATIC:
        headers["Auto-Submitted"] = "auto-replied"  # RFC 3834 section 5
    mail = UnfoldedMail(
        subject=clean_line(f"{_prefix(message)}{message.subject} [#{ticket.number}]", limit=400),
        body=message.text,
        from_email=sender,
        to=message.recipients,
        cc=message.cc,
        reply_to=_reply_to(message),
        headers=headers,
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for file in message.attachments.all():
        with open_blob(file.sha256) as stored:
            mail.attach(clean_line(file.name), stored.read(), file.content_type)
    return mail


def _prefix(message: Message) -> str:
    return "Re: " if message.mail_refs and not message.subject.lower().startswith("re:") else ""


def _mailbox(message: Message) -> Mailbox | None:
    """Return the mailbox the customer wrote to, else the team's, else the default one."""
    boxes = Mailbox.objects.filter(is_active=True)
    asked = (
        Message.objects.filter(ticket=message.ticket_id, kind=Message.Kind.INBOUND)
        .order_by("-at", "-id")
        .values_list("recipients", "cc")
        .first()
    )
    addresses = [address.lower() for part in asked or () for address in part]
    named = Q(address__in=addresses) | Q(aliases__overlap=addresses)
    return (
        boxes.filter(named).order_by("pk").first()
        or boxes.filter(team=message.ticket.team_id).order_by("-is_default", "pk").first()
        or boxes.filter(is_default=True).first()
    )


def _sender(message: Message) -> str:
    """Return who the mail is from: the agent's name at the team's address."""
    mailbox = _mailbox(message)
    address = mailbox.address if mailbox else settings.DEFAULT_FROM_EMAIL
    name = clean_line(message.agent.name if message.agent else (mailbox.name if mailbox else ""))
    return str(Address(name, addr_spec=address)) if name else address


def _reply_to(message: Message) -> list[str]:
    if not settings.REPLY_DOMAIN:
        return []
    return [reply_address(reply_token(message.ticket), domain=settings.REPLY_DOMAIN)]


def _worst(recipients: dict[str, tuple[int, bytes]]) -> tuple[int, bytes]:
    return max(recipients.values(), key=lambda answer: answer[0])


def _as_fault(error: Exception, code: int, answer: bytes | str) -> Exception:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    said = _("The mail server refused this mail (%(code)s): %(answer)s") % {
        "code": code,
        "answer": text,
    }
    return Undeliverable(said) if code >= PERMANENT else TransientError(said)

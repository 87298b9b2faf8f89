"""A copy of a message as a mail: text and HTML alike, threaded, and marked as ours."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage as WireMail
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from helpdesk.lib.blobs import open_blob
from helpdesk.lib.text import clean_line
from helpdesk.lib.tokens import reply_address
from tickets.channels.addresses import mailboxes_of
from tickets.channels.models import Mailbox
from tickets.models import Delivery, Message
from tickets.operations import reply_token

LONGEST_HEADER_LINE = 900  # RFC 5322 2.1.1 allows 998


class UnfoldedMail(EmailMultiAlternatives):
    """A mail whose Message-ID stays on its line: folded ones are legal and widely misread."""

    def message(self, **options: Any) -> WireMail:
        mail = super().message(**options)
        mail.policy = mail.policy.clone(max_line_length=LONGEST_HEADER_LINE)
        return mail


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A mail ready to go: to one address, from an envelope sender that tells its bounces apart."""

    mail: EmailMultiAlternatives
    sender: str
    recipient: str
    mailbox: Mailbox | None


def build_copy(delivery: Delivery) -> Posted:
    """Build one copy of an outgoing message. All copies name all recipients; each has its own
    Message-ID, reply address and return path, which prove to whom it went.
    """
    message = delivery.message
    mailbox = _mailbox(message)
    address = mailbox.address if mailbox else settings.DEFAULT_FROM_EMAIL
    sender = _sender(message, mailbox, address)
    mail = UnfoldedMail(
        subject=_subject(message),
        body=message.text,
        from_email=sender,
        to=message.recipients,
        cc=message.cc,
        reply_to=_own_address(delivery, "reply"),
        headers=_headers(delivery),
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for file in message.attachments.all():
        with open_blob(file.sha256) as stored:
            mail.attach(clean_line(file.name), stored.read(), file.content_type)
    returns_to = _own_address(delivery, "bounce")
    return Posted(
        mail=mail,
        sender=returns_to[0] if returns_to else address,
        recipient=delivery.address,
        mailbox=mailbox,
    )


def _headers(delivery: Delivery) -> dict[str, str]:
    message = delivery.message
    headers = {
        "Message-ID": f"<{delivery.mail_id}>",
        "Date": format_datetime(message.at),
        "X-Beforehand-Loop": f"{settings.MAIL_DOMAIN}",
    }
    if refs := _references(delivery):
        headers["In-Reply-To"] = f"<{refs[-1]}>"
        headers["References"] = " ".join(f"<{ref}>" for ref in refs)
    if message.kind == Message.Kind.AUTOMATIC:
        headers["Auto-Submitted"] = "auto-replied"  # RFC 3834 section 5
        headers["X-Auto-Response-Suppress"] = "All"
    return headers


def _references(delivery: Delivery) -> list[str]:
    """What the message answers to, our own mails by the ids under which this person got them."""
    refs = delivery.message.mail_refs
    copies = Delivery.objects.filter(address=delivery.address, message__mail_id__in=refs)
    theirs = dict(copies.values_list("message__mail_id", "mail_id")) if refs else {}
    return [theirs.get(ref, ref) for ref in refs]


def _subject(message: Message) -> str:
    is_answer = message.mail_refs and not message.subject.lower().startswith("re:")
    subject = f"{'Re: ' if is_answer else ''}{message.subject} [#{message.ticket.number}]"
    return clean_line(subject, limit=400)


def _mailbox(message: Message) -> Mailbox | None:
    """Return the mailbox the customer wrote to, else the team's, else the default one."""
    asked = (
        Message.objects.filter(ticket=message.ticket_id, kind=Message.Kind.INBOUND)
        .order_by("-at", "-id")
        .values_list("recipients", "cc")
        .first()
    )
    boxes = mailboxes_of(address for part in asked or () for address in part)
    if boxes and not boxes[0].is_default:
        return boxes[0]
    of_team = Mailbox.objects.filter(is_active=True, team=message.ticket.team_id)
    return of_team.order_by("-is_default", "pk").first() or next(iter(boxes), None)


def _sender(message: Message, mailbox: Mailbox | None, address: str) -> str:
    """Return who the mail is from: the agent's name at the team's address."""
    name = clean_line(message.agent.name if message.agent else (mailbox.name if mailbox else ""))
    return str(Address(name, addr_spec=address)) if name else address


def _own_address(delivery: Delivery, local: str) -> list[str]:
    """Return the address that names the ticket and the person; none where we own no domain."""
    if not settings.REPLY_DOMAIN:
        return []
    ticket = delivery.message.ticket
    token = reply_token(ticket, delivery.customer_id or ticket.customer_id)
    return [reply_address(token, domain=settings.REPLY_DOMAIN, local=local)]

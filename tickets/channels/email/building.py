"""A copy of a message as a mail: text and HTML alike, threaded, and marked as ours."""

import re
from dataclasses import dataclass
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.headerregistry import Address
from email.message import EmailMessage as WireMail
from email.message import Message as WirePart
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from helpdesk.lib.blobs import open_blob
from helpdesk.lib.html import text_to_html
from helpdesk.lib.survey_links import unmask
from helpdesk.lib.text import clean_line
from helpdesk.lib.tokens import reply_address
from tickets.channels.addresses import mailbox_of
from tickets.channels.email.layout import frame, in_paragraphs
from tickets.channels.email.quoting import history_for
from tickets.channels.email.survey_ids import SURVEY_ID, survey_token_of
from tickets.channels.email.template import Template
from tickets.channels.email.templating import (
    Words,
    filled,
    render_body,
    template_for,
)
from tickets.channels.models import Mailbox, MailTemplate
from tickets.models import Attachment, Delivery, Message
from tickets.operations import reply_token

LONGEST_HEADER_LINE = 900  # RFC 5322 2.1.1 allows 998
# Answering and forwarding marks of many programs, and the numbers we put there ourselves.
_MARKS = re.compile(
    r"^(?:(?:re|aw|antw|sv|vs|odp|ynt|rif|ref|res|fwd?|wg|tr)(?:\[\d{1,3}\])?\s{0,3}:\s{0,3})+",
    re.IGNORECASE,
)


def _soft_wrapped() -> Charset:
    """UTF-8 whose long lines are broken for the way and whole again for the reader (RFC 2045)."""
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return charset


class FramedMail(EmailMultiAlternatives):
    """A mail with its pictures beside the HTML that shows them.

    The Message-ID stays on its line: folded ones are legal and widely misread.
    """

    def message(self, **options: Any) -> WireMail:
        mail = super().message(**options)
        mail.policy = mail.policy.clone(max_line_length=LONGEST_HEADER_LINE)
        _relate_pictures(mail)
        return mail


def _relate_pictures(mail: WirePart) -> None:
    """Move the parts with a Content-ID into a multipart/related with the HTML (RFC 2387)."""
    if not mail.is_multipart():
        return
    parts: Any = mail.get_payload()
    pictures = [part for part in parts if part["Content-ID"]]
    bodies: Any = next((p for p in parts if p.get_content_type() == "multipart/alternative"), None)
    if not pictures or bodies is None:
        return
    mail.set_payload([part for part in parts if part not in pictures])
    *plain, html = bodies.get_payload()
    related = MIMEMultipart("related", type="text/html")
    for part in (html, *pictures):
        related.attach(part)
    bodies.set_payload([*plain, related])


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

    Text and HTML, where there is any, say the same: the template's words around the message, the
    signature, and what the mailbox quotes of the conversation, as far as this recipient had it.
    """
    message = delivery.message
    mailbox = mailbox_of(message)
    address = mailbox.address if mailbox else settings.DEFAULT_FROM_EMAIL
    template, language = _template(message, mailbox)
    subject = _subject(message, template)
    words = _words(delivery, mailbox, template, language)
    mail = FramedMail(
        subject=subject,
        body=words.text,
        from_email=_sender(message, mailbox, address),
        to=message.recipients,
        cc=message.cc,
        reply_to=_own_address(delivery, "reply"),
        headers=_headers(delivery),
    )
    mail.encoding = _soft_wrapped()
    html = frame(words.html, language=language, title=subject) if words.html else ""
    if html:
        mail.attach_alternative(html, "text/html")
    for file in message.attachments.all():
        _attach(mail, file, html)
    returns_to = _own_address(delivery, "bounce")
    return Posted(
        mail=mail,
        sender=returns_to[0] if returns_to else address,
        recipient=delivery.address,
        mailbox=mailbox,
    )


def _template(message: Message, mailbox: Mailbox | None) -> tuple[Template, str]:
    """The words around a message, in the language of whom it is for."""
    heard = (
        Message.objects.filter(ticket=message.ticket_id, kind=Message.Kind.INBOUND)
        .exclude(language="")
        .order_by("-at", "-id")
        .values_list("language", flat=True)
        .first()
    )
    languages = (
        message.language,
        heard or "",
        message.ticket.customer.language,
        mailbox.language if mailbox else "",
        settings.LANGUAGE_CODE,
    )
    kind = MailTemplate.Kind.REPLY if message.mail_refs else MailTemplate.Kind.NOTICE
    template, spoken = template_for(kind, languages)
    return template, next(filter(None, languages), spoken)


def _words(delivery: Delivery, mailbox: Mailbox | None, template: Template, language: str) -> Words:
    message = delivery.message
    text = message.text.strip("\n")
    if message.kind == Message.Kind.AUTOMATIC:
        token = survey_token_of(message)
        return Words(text=unmask(text, token), html=unmask(message.html, token))
    own = Words(text=text, html=in_paragraphs(message.html) or text_to_html(message.text))
    signature = message.agent.signature if message.agent else ""
    signature = (signature or (mailbox.signature if mailbox else "")).strip()
    # RFC 3676 4.3: by this line a reader's program knows what is no part of the answer.
    signature = f"-- \n{signature}" if signature else ""
    values = _values(message, mailbox) | {"message": own.text, "signature": signature}
    rich = {"message": own.html}
    words = render_body(template.body, values, rich=rich)
    quoting = mailbox.quotes if mailbox else Mailbox.Quoting.NONE
    history = history_for(delivery, quoting=quoting, language=language)
    if not history.text:
        return words
    return Words(text=f"{words.text}\n\n{history.text}", html=f"{words.html}\n{history.html}")


def _values(message: Message, mailbox: Mailbox | None) -> dict[str, str]:
    ticket = message.ticket
    values = {
        "number": str(ticket.number),
        "subject": _MARKS.sub("", message.subject or ticket.subject),
        "name": ticket.customer.name,
        "agent": message.agent.name if message.agent else "",
        "mailbox": mailbox.name if mailbox else "",
    }
    return {name: clean_line(value) for name, value in values.items()}


def _attach(mail: EmailMultiAlternatives, file: Attachment, html: str) -> None:
    with open_blob(file.sha256) as stored:
        data = stored.read()
    name = clean_line(file.name)
    if file.content_type == "message/rfc822":
        mail.attach(name, data, file.content_type)  # RFC 2046 5.2.1: never in base64
        return
    main, _slash, sub = file.content_type.partition("/")
    part = MIMEBase(main, sub or "octet-stream")
    part.set_payload(data)
    encode_base64(part)  # text too, whose lines would not all end as they did
    if main == "text" and _is_utf8(data):
        part.set_param("charset", "utf-8")
    is_shown = file.is_inline and f'"cid:{file.content_id}"' in html
    if is_shown:
        part["Content-ID"] = f"<{clean_line(file.content_id)}>"
    part.add_header("Content-Disposition", "inline" if is_shown else "attachment", filename=name)
    mail.attach(part)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


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
        # RFC 3834 section 5: an answer to their mail, or one that we began
        is_survey = message.external_id.startswith(SURVEY_ID)
        headers["Auto-Submitted"] = "auto-generated" if is_survey else "auto-replied"
        headers["X-Auto-Response-Suppress"] = "All"
    return headers


def _references(delivery: Delivery) -> list[str]:
    """What the message answers to, our own mails by the ids under which this person got them.

    An id that fits on no line cannot be repeated (RFC 5322 2.1.1).
    """
    refs = [ref for ref in delivery.message.mail_refs if len(ref) <= LONGEST_HEADER_LINE]
    copies = Delivery.objects.filter(address=delivery.address, message__mail_id__in=refs)
    theirs = dict(copies.values_list("message__mail_id", "mail_id")) if refs else {}
    return [theirs.get(ref, ref) for ref in refs]


def _subject(message: Message, template: Template) -> str:
    """The subject with one mark of an answer and one number, whatever it carried before."""
    number = f"[#{message.ticket.number}]"
    if message.kind == Message.Kind.AUTOMATIC:
        subject = message.subject
        return clean_line(subject if number in subject else f"{subject} {number}", limit=400)
    plain = _MARKS.sub("", message.subject.replace(number, "").strip())
    values = _values(message, None) | {"subject": plain}
    subject = filled(template.subject, values)
    return clean_line(f"{'Re: ' if message.mail_refs else ''}{subject}", limit=400)


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

from dataclasses import replace
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Agent
from helpdesk.lib.blobs import store_blob
from helpdesk.lib.tokens import (
    ReplyToken,
    read_reply_token,
    subject_numbers,
    token_in_address,
    token_in_message_id,
)
from tickets.channels.base import ForwardNote, Inbound, NotForUs, UnreadableArrival
from tickets.channels.email.apart import read_apart
from tickets.channels.email.authentication import is_forged, read_authentication
from tickets.channels.email.automatic import BOUNCE, OWN_LOOP_FIELD
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.forwarded import Forwarded
from tickets.channels.email.keys import arrival_key
from tickets.channels.email.reading import ParsedMail
from tickets.channels.email.sending import send_mail
from tickets.channels.models import Arrival
from tickets.models import Delivery
from tickets.operations import NewAttachment, NewMessage

MAX_REFS = 50
# Servers that return a mail without an address of their own (RFC 2606: it reaches nobody).
NAMELESS_SERVER = "mailer-daemon@server.invalid"
_TELL_THE_NULL_PATH = {Arrival.Source.SMTP, Arrival.Source.LMTP}


class EmailChannel:
    """Mail in and out, RFC 5322."""

    name: ClassVar[str] = "email"

    def read(self, arrival: Arrival) -> Inbound:
        """Read a raw mail. Raises UnreadableArrival, or NotForUs for our own automatic mail, or
        TransientError where no reader can be had."""
        try:
            mail = read_apart(bytes(arrival.raw), envelope_from=_envelope_sender(arrival))
        except UnreadableMail as error:
            raise UnreadableArrival(str(error)) from error
        if (OWN_LOOP_FIELD, settings.MAIL_DOMAIN) in _lowered(mail.headers):
            raise NotForUs("A mail of our own came back.")
        sender = mail.from_address
        if "@" not in sender and mail.automatic_kind == BOUNCE:
            sender = NAMELESS_SERVER
        if not sender:
            raise UnreadableArrival(
                _("The mail names no sender address, so there is nobody to answer.")
            )
        refs = tuple(dict.fromkeys([mail.in_reply_to, *reversed(mail.references)]))
        refs = tuple(filter(None, refs))[:MAX_REFS]
        addressed = (*arrival.envelope_to, *(address for _, address in (*mail.to, *mail.cc)))
        authentication = read_authentication(
            mail.headers,
            authserv_id=settings.MAIL_AUTHSERV_ID,
            trusted_hops=settings.MAIL_TRUSTED_HOPS,
        )
        inbound = Inbound(
            sender_kind="email",
            sender=sender,
            sender_name=mail.from_name,
            subject=mail.subject,
            content=replace(_content(mail, arrival), authentication=authentication),
            is_forged=is_forged(authentication),
            report=mail.report,
            at=arrival.received_at,
            tokens=_tokens(addressed, refs),
            refs=refs,
            numbers=subject_numbers(mail.subject),
            addressed_to=addressed,
            people=tuple((address, name) for name, address in (*mail.to, *mail.cc)),
        )
        return _for_its_writer(inbound, mail.forward) if mail.forward else inbound

    def send(self, delivery: Delivery) -> str:
        return send_mail(delivery)


def _envelope_sender(arrival: Arrival) -> str | None:
    """MAIL FROM; empty for the null path, and None where the door was not told."""
    if arrival.envelope_from or arrival.source in _TELL_THE_NULL_PATH:
        return arrival.envelope_from
    return None


def _content(mail: ParsedMail, arrival: Arrival) -> NewMessage:
    return NewMessage(
        text=_with_invitation(mail.text, mail),
        html=mail.safe_html,
        remote_images=mail.remote_images,
        channel="email",
        subject=mail.subject,
        author_name=mail.from_name,
        author_address=mail.from_address,
        external_id=arrival_key(bytes(arrival.raw)),
        mail_id=mail.message_id,
        mail_refs=_references(mail),
        recipients=tuple(address for _, address in mail.to)[:100],
        cc=tuple(address for _, address in mail.cc)[:100],
        claimed_date_at=mail.sent_at,
        is_automatic=mail.is_automatic,
        mail_kind=mail.automatic_kind or ("calendar" if mail.invitation else ""),
        visible_text=_with_invitation(mail.own.text, mail) if mail.own.text else "",
        visible_html=mail.own.html,
        language=mail.own.language,
        is_courtesy=mail.own.is_courtesy and not mail.attachments,
        attachments=tuple(
            NewAttachment(
                name=file.display_name,
                content_type=file.content_type,
                size=len(file.data),
                sha256=store_blob(file.data),
                content_id=file.content_id,
                is_inline=file.is_inline,
            )
            for file in mail.attachments
        ),
    )


def _with_invitation(text: str, mail: ParsedMail) -> str:
    """The words, and below them what a calendar file in the mail says."""
    return "\n\n".join(filter(None, [text.rstrip(), mail.invitation]))


def _for_its_writer(inbound: Inbound, forward: Forwarded) -> Inbound:
    """A mail an agent sent on to us is its writer's; of anybody else it is their own words."""
    if "@" not in forward.from_address or inbound.tokens:
        return inbound
    agent = Agent.objects.filter(email__iexact=inbound.sender, is_active=True).first()
    if agent is None or forward.from_address.lower() == inbound.sender.lower():
        return inbound
    return replace(
        inbound,
        sender=forward.from_address,
        sender_name=forward.from_name,
        subject=forward.subject or inbound.subject,
        content=replace(
            inbound.content,
            text=forward.body,
            html="",
            visible_text="",
            visible_html="",
            is_courtesy=False,
            subject=forward.subject or inbound.subject,
            author_name=forward.from_name,
            author_address=forward.from_address,
        ),
        people=(),
        refs=(),
        note=ForwardNote(agent_id=agent.pk, text=forward.comment),
    )


def _references(mail: ParsedMail) -> tuple[str, ...]:
    """What the mail answers to, the nearest last, as `In-Reply-To` alone may say it."""
    refs = dict.fromkeys((*mail.references, *filter(None, [mail.in_reply_to])))
    return tuple(refs)[-20:]


def _lowered(headers: tuple[tuple[str, str], ...]) -> set[tuple[str, str]]:
    return {(name.lower(), value.strip().lower()) for name, value in headers}


def _tokens(addresses: tuple[str, ...], refs: tuple[str, ...]) -> tuple[ReplyToken, ...]:
    """Return the genuine reply tokens in recipients and references, each once."""
    candidates = [token_in_address(address) for address in addresses]
    candidates += [token_in_message_id(ref) for ref in refs]
    tokens = (
        read_reply_token(candidate, keys=settings.MAIL_TOKEN_KEYS)
        for candidate in dict.fromkeys(candidates)
        if candidate
    )
    return tuple(token for token in tokens if token)

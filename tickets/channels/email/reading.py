"""A raw mail as what a ticket needs of it. The way in for everything else: `read_mail`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from helpdesk.lib.html import CleanHtml, clean_html, html_to_text
from helpdesk.lib.text import clean_text
from tickets.channels.email.attachments import ParsedAttachment
from tickets.channels.email.automatic import automatic_kind
from tickets.channels.email.body import read_body
from tickets.channels.email.envelope import (
    Address,
    addresses_in,
    sender_of,
    subject_of_mail,
    usual_charset,
)
from tickets.channels.email.forwarded import Forwarded, read_forwarded
from tickets.channels.email.headers import decode_header, message_ids
from tickets.channels.email.mime import Part, read_structure
from tickets.channels.email.reports import read_report
from tickets.channels.email.written.courtesy import is_courtesy
from tickets.channels.email.written.html import split_html
from tickets.channels.email.written.language import detect_language
from tickets.channels.email.written.text import split_text
from tickets.channels.return_report import ReturnReport

MAX_SPLIT = 300_000  # longer HTML is shown whole: telling its words apart would take too long
_FIRST_YEAR = 1970  # before it there was no mail
MAX_FIELDS_SHOWN = 200
MAX_FIELD_SHOWN = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnWords:
    """What the writer wrote this time, sanitised; both empty where that is the whole mail.

    `language` is ISO 639-1, empty where it cannot be told. A courtesy is mere thanks.
    """

    text: str
    html: str
    language: str
    is_courtesy: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedMail:
    """A mail read: words decoded and safe to store. `html` is as it came, `safe_html` sanitised
    and without the `remote_images` of other servers.

    Addresses are (name, address) pairs; ids have no angle brackets; `sent_at` is the sender's own
    claim. `invitation` tells of a calendar file in a few lines. `automatic_kind` is one of
    `automatic`'s kinds, empty where a person may have written.
    """

    from_name: str
    from_address: str
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sent_at: datetime | None
    text: str
    html: str
    safe_html: str
    remote_images: int
    attachments: tuple[ParsedAttachment, ...]
    automatic_kind: str
    report: ReturnReport | None
    own: OwnWords
    forward: Forwarded | None
    invitation: str
    headers: tuple[tuple[str, str], ...]

    @property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it, so that no machine may answer."""
        return bool(self.automatic_kind)


def read_mail(raw: bytes, *, envelope_from: str | None = None) -> ParsedMail:
    """Read a mail. Linear in its size, without side effects, safe to call in another process.

    `from_address` is empty where nobody is named as sender. Raises UnreadableMail where the limits
    of `mime` are passed.
    """
    root = read_structure(raw)
    charset = usual_charset(root)
    sender_name, sender_address = sender_of(root, raw, charset, envelope_from or "")
    subject = subject_of_mail(root, charset)
    body = read_body(root)
    text, html = clean_text(body.text), body.html
    html_text = html_to_text(html) if 0 < len(html) <= MAX_SPLIT else ""
    clean = clean_html(html) if html else CleanHtml(html="")
    in_reply_to = message_ids(root.field("in-reply-to"))
    kind = automatic_kind(
        root,
        from_address=sender_address or sender_name,
        subject=subject,
        envelope_from=envelope_from,
    )
    return ParsedMail(
        from_name=sender_name,
        from_address=sender_address,
        reply_to=addresses_in(root, "reply-to", charset),
        to=addresses_in(root, "to", charset),
        cc=addresses_in(root, "cc", charset),
        subject=subject,
        message_id=next(iter(message_ids(root.field("message-id"))), ""),
        in_reply_to=next(iter(in_reply_to), ""),
        references=message_ids(root.field("references")),
        sent_at=_moment(root.field("date")),
        text=text,
        html=html,
        safe_html=clean.html,
        remote_images=clean.remote_images,
        attachments=tuple(body.attachments),
        automatic_kind=kind,
        report=read_report(root, body.text, from_address=sender_address, kind=kind),
        own=_own_words(text, html, html_text),
        forward=read_forwarded(root, subject=subject, text=text, html_text=html_text, kind=kind),
        invitation=clean_text(body.invitation),
        headers=_shown_fields(root, charset),
    )


def _own_words(text: str, html: str, html_text: str) -> OwnWords:
    visible = split_text(text).visible
    written = split_html(html) if 0 < len(html) <= MAX_SPLIT else None
    folds = written is not None and bool(written.folded and written.visible_text)
    if written is not None and folds and html_text.split() == text.split():
        visible = written.visible_text  # the text was made from the HTML, which tells more
    shown = visible if visible and visible != text.strip() else ""
    return OwnWords(
        text=shown,
        html=clean_html(written.visible).html if written is not None and folds else "",
        language=detect_language(visible or text),
        is_courtesy=is_courtesy(visible),
    )


def _moment(raw: bytes) -> datetime | None:
    text = re.sub(r"\s+", " ", raw[:200].decode("ascii", "replace")).strip()
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.year >= _FIRST_YEAR else None


def _shown_fields(root: Part, charset: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, decode_header(value[: MAX_FIELD_SHOWN * 2], charset=charset)[:MAX_FIELD_SHOWN])
        for name, value in root.fields[:MAX_FIELDS_SHOWN]
    )

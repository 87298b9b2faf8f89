"""A raw mail as what a ticket needs of it. The way in for everything else: `read_mail`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from helpdesk.lib.text import clean_text
from tickets.channels.email.attachments import ParsedAttachment
from tickets.channels.email.automatic import automatic_kind
from tickets.channels.email.body import read_body
from tickets.channels.email.charsets import WESTERN, codec_of
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.headers import decode_header, message_ids, parse_addresses
from tickets.channels.email.mime import Part, read_structure
from tickets.channels.email.reports import read_report
from tickets.channels.return_report import ReturnReport

_FIRST_YEAR = 1970  # before it there was no mail
MAX_SUBJECT = 998
MAX_FIELDS_SHOWN = 200
MAX_FIELD_SHOWN = 2_000

Address = tuple[str, str]
_MBOX_SENDER = re.compile(rb"\s*>?From ([^\s@<>]{1,64}@[^\s<>]{1,255}) ")


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedMail:
    """A mail read: words decoded and safe to store, HTML as it came (sanitise before showing).

    Addresses are (name, address) pairs; ids have no angle brackets; `sent_at` is the sender's own
    claim. `automatic_kind` is one of `automatic`'s kinds, empty where a person may have written.
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
    attachments: tuple[ParsedAttachment, ...]
    automatic_kind: str
    report: ReturnReport | None
    headers: tuple[tuple[str, str], ...]

    @property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it, so that no machine may answer."""
        return bool(self.automatic_kind)


def read_mail(raw: bytes, *, envelope_from: str | None = None) -> ParsedMail:
    """Read a mail. Linear in its size, without side effects, safe to call in another process.

    Raises UnreadableMail where the limits of `mime` are passed or nobody is named as sender.
    """
    root = read_structure(raw)
    charset = _usual_charset(root)
    sender_name, sender_address = _sender(root, raw, charset, envelope_from or "")
    subject = decode_header(root.field("subject"), charset=charset)[:MAX_SUBJECT]
    body = read_body(root)
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
        reply_to=_addresses(root, "reply-to", charset),
        to=_addresses(root, "to", charset),
        cc=_addresses(root, "cc", charset),
        subject=subject,
        message_id=next(iter(message_ids(root.field("message-id"))), ""),
        in_reply_to=next(iter(in_reply_to), ""),
        references=message_ids(root.field("references")),
        sent_at=_moment(root.field("date")),
        text=clean_text(body.text),
        html=body.html,
        attachments=tuple(body.attachments),
        automatic_kind=kind,
        report=read_report(root, body.text, from_address=sender_address, kind=kind),
        headers=_shown_fields(root, charset),
    )


def _usual_charset(root: Part) -> str:
    """The charset the mail declares for its words: the best guess for undeclared header bytes."""
    declared = (part.parameters.get("charset", "") for part in root.walk())
    known = [charset for charset in declared if codec_of(charset)]
    return next((charset for charset in known if codec_of(charset) not in WESTERN), "")


def _sender(root: Part, raw: bytes, charset: str, envelope_from: str) -> Address:
    named = ""
    for field_name in (
        "from",
        "sender",
        "reply-to",
        "resent-from",
        "return-path",
        "apparently-from",
    ):
        for found_name, address in _addresses(root, field_name, charset):
            if "@" in address:
                return (found_name or named) if field_name in {"from", "sender"} else named, address
            named = named or found_name
    mbox = _MBOX_SENDER.match(raw[:500])
    if address := envelope_from or (mbox[1].decode("latin-1") if mbox else ""):
        return named, address
    if named and root.field("from"):
        return named, ""
    raise UnreadableMail("The mail does not say who sent it.")


def _addresses(root: Part, name: str, charset: str) -> tuple[Address, ...]:
    found: list[Address] = []
    for key, value in root.fields:
        if key == name and value:
            found.extend(parse_addresses(value, charset=charset))
    return tuple(dict.fromkeys(found))[:1_000]


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

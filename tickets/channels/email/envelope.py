"""Who a mail is from and to and what it is called, by its header."""

import re

from tickets.channels.email.charsets import WESTERN, codec_of, is_like_ascii
from tickets.channels.email.guessing import guess_charset
from tickets.channels.email.headers import clean_address, decode_header, parse_addresses
from tickets.channels.email.mime import Part

MAX_SUBJECT = 998

Address = tuple[str, str]
_NAMING = {"subject", "from", "sender", "reply-to", "to", "cc"}
_SPACES = re.compile(r"\s{2,}")
_MBOX_SENDER = re.compile(rb"\s*>?From ([^\s@<>]{1,64}@[^\s<>]{1,255}) ")


def subject_of_mail(root: Part, charset: str) -> str:
    """The subject as one line, empty where there is none."""
    subject = decode_header(root.field("subject"), charset=charset)
    return _SPACES.sub(" ", subject)[:MAX_SUBJECT].rstrip()


def usual_charset(root: Part) -> str:
    """The charset of undeclared header bytes: what the mail declares for its words, else a guess
    from all such bytes together."""
    declared = (part.parameters.get("charset", "") for part in root.walk())
    codecs = (codec_of(charset) for charset in declared)
    found = (codec for codec in codecs if codec not in WESTERN and is_like_ascii(codec))
    raw = b"\n".join(value for key, value in root.fields if key in _NAMING and not value.isascii())
    return next(found, "") or guess_charset(raw)


def sender_of(root: Part, raw: bytes, charset: str, envelope_from: str) -> Address:
    """Name and address of the sender; the address is empty where none is named."""
    named = ""
    for field_name in (
        "from",
        "sender",
        "reply-to",
        "resent-from",
        "return-path",
        "apparently-from",
    ):
        for found_name, address in addresses_in(root, field_name, charset):
            if "@" in address:
                return (found_name or named) if field_name in {"from", "sender"} else named, address
            named = named or found_name
    mbox = _MBOX_SENDER.match(raw[:500])
    if address := envelope_from or (mbox[1].decode("latin-1") if mbox else ""):
        return named, clean_address(address)
    return named, ""


def addresses_in(root: Part, name: str, charset: str) -> tuple[Address, ...]:
    """Everybody in the fields of that name, each once."""
    found: list[Address] = []
    for key, value in root.fields:
        if key == name and value:
            found.extend(parse_addresses(value, charset=charset))
    return tuple(dict.fromkeys(found))[:1_000]

"""The signed reply token: which ticket a mail of ours was about, and to whom it was sent.

There is one format and no other way in. A token never says who is writing: the author of an
answer is who its From names.
"""

import base64
import binascii
import hashlib
import hmac
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

_FIELDS = struct.Struct(">BQQ")
_MAC_BYTES = 16
_LENGTH = 53  # characters of base32 for 17 bytes of fields and 16 of MAC
_PURPOSE = b"beforehand reply token 1\0"
_TOKEN = re.compile(rf"[a-z2-7]{{{_LENGTH}}}")
_SUBJECT_NUMBER = re.compile(r"(?<![\w&/#.-])#(\d{1,12})(?![\w])")
MAX_SUBJECT_NUMBERS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyToken:
    """What a valid token grants: a place in the ticket, for the one it was sent to."""

    ticket_id: int
    recipient_id: int
    key_version: int


def make_reply_token(ticket_id: int, recipient_id: int, *, key: bytes, key_version: int) -> str:
    """A token of 53 lower-case letters and digits; `key_version` is 0 to 255."""
    fields = _FIELDS.pack(key_version, ticket_id, recipient_id)
    return _encoded(fields + _mac(fields, key))


def read_reply_token(token: str, *, keys: Mapping[int, bytes]) -> ReplyToken | None:
    """What the token says, or None unless it was signed with the key of its version.

    Letters may have changed case on the way; nothing else may have changed.
    """
    text = token.lower()
    if not _TOKEN.fullmatch(text):
        return None
    try:
        data = base64.b32decode(text.upper() + "=" * (-_LENGTH % 8))
    except binascii.Error:
        return None
    fields, mac = data[: _FIELDS.size], data[_FIELDS.size :]
    key_version, ticket_id, recipient_id = _FIELDS.unpack(fields)
    expected = _mac(fields, keys.get(key_version, b""))
    is_genuine = hmac.compare_digest(mac, expected) and _encoded(data) == text
    if not is_genuine or not keys.get(key_version):
        return None
    return ReplyToken(ticket_id=ticket_id, recipient_id=recipient_id, key_version=key_version)


def _mac(fields: bytes, key: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + fields, hashlib.sha256).digest()[:_MAC_BYTES]


def _encoded(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def reply_address(token: str, *, domain: str, local: str = "reply") -> str:
    """The address an answer goes to. Raises ValueError where the local part passes 64 letters."""
    if len(local) + 1 + len(token) > 64:  # noqa: PLR2004 - RFC 5321, section 4.5.3.1.1
        raise ValueError(f"{local!r} is too long for a reply address")
    return f"{local}+{token}@{domain}"


def reply_message_id(token: str, *, random: str, domain: str) -> str:
    """A Message-ID of ours, without angle brackets; `random` makes it unique."""
    return f"{token}.{random}@{domain}"


def token_in_address(address: str) -> str:
    """What stands where a token would in a plus address; empty where nothing does."""
    local = address.strip().rpartition("@")[0].lower()
    candidate = local.rpartition("+")[2] if "+" in local else ""
    return candidate if _TOKEN.fullmatch(candidate) else ""


def token_in_message_id(message_id: str) -> str:
    """What stands where a token would in a Message-ID; empty where nothing does."""
    candidate = message_id.strip("<> ").partition(".")[0].lower()
    return candidate if _TOKEN.fullmatch(candidate) else ""


def subject_numbers(subject: str) -> tuple[int, ...]:
    """Ticket numbers named in a subject, as in `[#1192]` or `#1192`; a hint, never a grant."""
    numbers = (int(digits) for digits in _SUBJECT_NUMBER.findall(subject[:998]))
    return tuple(dict.fromkeys(filter(None, numbers)))[:MAX_SUBJECT_NUMBERS]

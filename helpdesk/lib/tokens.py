"""The one signed token that says which ticket a mail belongs to and to whom we sent it.

It never says who is writing: that is for the receiver to decide. There is one format and no
other; an older or shorter one is not accepted (RELIABILITY 1.5, reports 1 and 2).
"""

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass

VERSION = 1
MAC_BYTES = 16
_TOKEN_BYTES = 1 + 6 + 6 + MAC_BYTES
_SHAPE = re.compile(r"[a-z2-7]{47}")


@dataclass(frozen=True)
class ReplyToken:
    ticket_id: int
    recipient_id: int


def make_reply_token(ticket_id: int, recipient_id: int, *, key: bytes) -> str:
    """Return 47 lower-case base32 characters: version, ticket, recipient and 128 bits of HMAC."""
    body = struct.pack(">B", VERSION) + _six(ticket_id) + _six(recipient_id)
    raw = body + _mac(body, key)
    return base64.b32encode(raw).decode().rstrip("=").lower()


def read_reply_token(token: str, *, keys: tuple[bytes, ...]) -> ReplyToken | None:
    """Return what a token of ours says, or None when it was not made with one of the keys."""
    token = token.lower()
    if not _SHAPE.fullmatch(token):
        return None
    raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    # Unused low bits of the last character would give one token many spellings.
    if base64.b32encode(raw).decode().rstrip("=").lower() != token or body[0] != VERSION:
        return None
    if not any(hmac.compare_digest(mac, _mac(body, key)) for key in keys):
        return None
    return ReplyToken(int.from_bytes(body[1:7]), int.from_bytes(body[7:13]))


def find_reply_tokens(text: str, *, keys: tuple[bytes, ...]) -> list[ReplyToken]:
    """Return the genuine tokens in a header's first 20,000 characters, in order."""
    found = (read_reply_token(m, keys=keys) for m in _SHAPE.findall(text[:20_000].lower()))
    return [token for token in found if token]


def _six(number: int) -> bytes:
    return number.to_bytes(6)


def _mac(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, b"reply-token:" + body, hashlib.sha256).digest()[:MAC_BYTES]

"""Transfer encodings undone (RFC 2045, section 6), also where they are not what was declared."""

import binascii
import re

from tickets.channels.email.headers import decode_base64
from tickets.channels.email.uuencode import uuencoded

_UUENCODED = {b"x-uuencode", b"uuencode", b"x-uue", b"uue"}
_FOREIGN_LINE = re.compile(rb"^[ \t]*+(?![A-Za-z0-9+/]++={0,2}[ \t\r]*+$)[^\r\n]", re.MULTILINE)
_LONG_LINE = re.compile(rb"^[ \t]*+[A-Za-z0-9+/]{40,}+={0,2}[ \t\r]*+$", re.MULTILINE)
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
_SHARE_OF_TEXT = 0.05  # of words, more are spaces and signs


def undo_transfer_encoding(body: bytes, encoding: bytes, *, is_words: bool) -> bytes:
    """The body as it was before it was sent; what is broken is kept as it can be."""
    name = encoding.split(b";")[0].strip(b" \t\r\n\"'").lower()
    if name.startswith(b"base64"):
        return _undo_base64(body, is_words=is_words)
    if name.startswith(b"quoted-print"):
        return binascii.a2b_qp(body)
    if name in _UUENCODED:
        return next((data for _, data in uuencoded(body)), body)
    return body


def _undo_base64(body: bytes, *, is_words: bool) -> bytes:
    """Words that a list or a scanner wrote below the encoded ones are words, not noise in them.

    A body that is no base64 at all was never encoded.
    """
    foreign = _FOREIGN_LINE.search(body)
    if foreign is None:
        return decode_base64(body)
    encoded, rest = body[: foreign.start()], body[foreign.start() :]
    if _LONG_LINE.search(rest):  # one damaged line among others
        return decode_base64(body)
    if encoded.strip():
        return decode_base64(encoded) + (b"\n" + rest if is_words else b"")
    is_plain = len(_FOREIGN.findall(rest)) > _SHARE_OF_TEXT * len(rest)
    return body if is_plain else decode_base64(body)

"""Files written into a text as uuencode (POSIX), as mail had them before MIME."""

import binascii
import re
from collections.abc import Iterator

from tickets.channels.email.headers import decode_base64

_UU_BEGIN = re.compile(rb"^begin(-base64)? [0-7]{3,4} ([^\r\n]{0,255}?)[ \t]*\r?$", re.MULTILINE)
_BASE64_END = b"\n===="


def uuencoded(body: bytes) -> Iterator[tuple[tuple[bytes, int, int], bytes]]:
    """((name, start, end), data) of each uuencoded file in a text."""
    position = 0
    while begin := _UU_BEGIN.search(body, position):
        undo = _undo_base64 if begin[1] else _uudecode
        data, end = undo(body, begin.end() + 1)
        position = max(end, begin.end())
        if data is not None:
            yield (begin[2], begin.start(), end), data


def _undo_base64(body: bytes, position: int) -> tuple[bytes | None, int]:
    end = body.find(_BASE64_END, position)
    if end < 0:
        return None, position
    return decode_base64(body[position:end]), min(end + len(_BASE64_END) + 1, len(body))


def _uudecode(body: bytes, position: int) -> tuple[bytes | None, int]:
    out: list[bytes] = []
    while position < len(body):
        stop = body.find(b"\n", position)
        stop = len(body) if stop < 0 else stop
        line = body[position:stop].rstrip(b"\r")
        position = stop + 1
        if line.strip() == b"end":
            return b"".join(out), min(position, len(body))
        if not line.strip(b"` "):
            continue
        wanted = ((line[0] - 32 & 63) * 4 + 5) // 3  # with the length; more would be a checksum
        try:
            out.append(binascii.a2b_uu(line[:wanted]))
        except binascii.Error:
            return None, position
    return (b"".join(out), len(body)) if out else (None, len(body))

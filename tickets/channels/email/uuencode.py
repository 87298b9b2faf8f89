"""Files written into a text as uuencode (POSIX), as mail had them before MIME."""

import binascii
import re
from collections.abc import Iterator

_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255}?)[ \t]*\r?$", re.MULTILINE)


def uuencoded(body: bytes) -> Iterator[tuple[tuple[bytes, int, int], bytes]]:
    """((name, start, end), data) of each uuencoded file in a text."""
    position = 0
    while begin := _UU_BEGIN.search(body, position):
        data, end = _uudecode(body, begin.end() + 1)
        position = max(end, begin.end())
        if data is not None:
            yield (begin[1], begin.start(), end), data


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
        wanted = ((line[0] - 32 & 63) * 4 + 5) // 3
        try:
            out.append(binascii.a2b_uu(line[: wanted + 1]))
        except binascii.Error:
            return None, position
    return (b"".join(out), len(body)) if out else (None, len(body))

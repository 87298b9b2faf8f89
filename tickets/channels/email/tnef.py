"""What Outlook wraps into winmail.dat: its files, and its words where the mail has no others.

Follows [MS-OXTNEF]; the compressed rich text [MS-OXRTFCP]. Linear, and nothing grows beyond
MAX_TEXT but the files, which are slices of what came.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from tickets.channels.email.charsets import decode_text
from tickets.channels.email.rich_text import decompressed, rich_text_to_text

TNEF_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}
SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_TEXT = 2_000_000
MAX_FILES = 200
MAX_PROPERTIES = 5_000
MAX_DEPTH = 3

_ATTRIBUTE = struct.Struct("<BII")
_NEW_FILE, _FILE_NAME, _FILE_DATA, _FILE_PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005
_MAIL_PROPERTIES, _TEXT, _CODE_PAGE = 0x69003, 0x2800C, 0x69007
_PR_BODY, _PR_HTML, _PR_RTF = 0x1000, 0x1013, 0x1009
_PR_DATA, _PR_SHORT_NAME, _PR_NAME, _PR_TYPE, _PR_CONTENT_ID = (
    0x3701, 0x3704, 0x3707, 0x370E, 0x3712,
)  # fmt: skip
_UNICODE, _BINARY, _OBJECT, _MANY = 0x1F, 0x102, 0x0D, 0x1000
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_FIRST_NAMED = 0x8000
_FEW = 99


@dataclass
class WrappedFile:
    """A file inside; `name` as the sender gave it."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    data: bytes = b""


@dataclass
class Wrapped:
    """What was found; `html` is not sanitised."""

    text: str = ""
    html: str = ""
    files: list[WrappedFile] = field(default_factory=list)


def read_tnef(data: bytes) -> Wrapped | None:
    """What the bytes hold, as far as they are whole; None where they are no TNEF."""
    return _read(data, 0) if data.startswith(SIGNATURE) else None


def _read(data: bytes, depth: int) -> Wrapped:
    found, codec = Wrapped(), "cp1252"
    for kind, value in _attributes(data):
        if kind == _CODE_PAGE and len(value) >= 4:  # noqa: PLR2004 - a number of four bytes
            codec = f"cp{int.from_bytes(value[:4], 'little')}"
        elif kind == _TEXT:
            found.text = found.text or _words(value, codec)
        elif kind == _MAIL_PROPERTIES:
            _read_body(found, value, codec)
        elif kind == _NEW_FILE:
            if len(found.files) >= MAX_FILES:
                break
            found.files.append(WrappedFile())
        elif found.files:
            _read_file(found, kind, value, codec, depth)
    found.files = [file for file in found.files if file.data or file.name]
    return found


def _read_file(found: Wrapped, kind: int, value: bytes, codec: str, depth: int) -> None:
    file = found.files[-1]
    if kind == _FILE_NAME:
        file.name = file.name or _words(value, codec)
    elif kind == _FILE_DATA:
        file.data = value
    elif kind == _FILE_PROPERTIES:
        for number, data, is_unicode in _properties(value):
            if number == _PR_DATA and data[16:20] == SIGNATURE and depth < MAX_DEPTH:
                inner = _read(data[16:], depth + 1)  # a mail within the mail, after its type
                found.files += inner.files[: MAX_FILES - len(found.files)]
                file.data = inner.text.encode()
            elif number == _PR_DATA:
                file.data = file.data or data
            else:
                _describe(file, number, _words(data, "utf_16_le" if is_unicode else codec))


def _describe(file: WrappedFile, number: int, words: str) -> None:
    if number == _PR_NAME or (number == _PR_SHORT_NAME and not file.name):
        file.name = words or file.name
    elif number == _PR_TYPE:
        file.content_type = words.lower()
    elif number == _PR_CONTENT_ID:
        file.content_id = words.strip("<> ")


def _read_body(found: Wrapped, value: bytes, codec: str) -> None:
    for number, data, is_unicode in _properties(value):
        if number == _PR_BODY:
            found.text = found.text or _words(data, "utf_16_le" if is_unicode else codec)
        elif number == _PR_HTML:
            found.html = found.html or _words(data, "utf_16_le" if is_unicode else codec)
        elif number == _PR_RTF and not found.text:
            rich = decompressed(data, limit=MAX_TEXT)
            found.text = rich_text_to_text(rich, limit=MAX_TEXT)


def _words(data: bytes, codec: str) -> str:
    return decode_text(data[:MAX_TEXT], codec).rstrip("\x00")


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = len(SIGNATURE) + 2
    while position + _ATTRIBUTE.size <= len(data):
        _level, kind, size = _ATTRIBUTE.unpack_from(data, position)
        position += _ATTRIBUTE.size
        yield kind, data[position : position + size]
        position += size + 2  # a checksum


def _properties(data: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """(number, value, whether it is UTF-16) of each property; of many values the first."""
    reader = _Reader(data)
    for _ in range(min(reader.number(), MAX_PROPERTIES)):
        if reader.is_done:
            return
        head = reader.number()
        kind, number = head & 0xFFFF, head >> 16
        if number >= _FIRST_NAMED:
            _skip_name(reader)
        base = kind & ~_MANY
        size = _SIZES.get(base)
        count = 1 if size and not kind & _MANY else reader.number()
        values = [
            reader.take(reader.number() if size is None else size) for _ in range(min(count, _FEW))
        ]
        if count > len(values):
            return
        if values and base in {0x1E, _UNICODE, _BINARY, _OBJECT}:
            yield number, values[0], base == _UNICODE


def _skip_name(reader: "_Reader") -> None:
    reader.take(16)
    has_words = reader.number()
    reader.take(reader.number() if has_words else 4)


class _Reader:
    """Numbers and padded values, one after the other; past the end everything is empty."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def is_done(self) -> bool:
        return self._position >= len(self._data)

    def take(self, size: int) -> bytes:
        value = self._data[self._position : self._position + size]
        self._position += size + -size % 4
        return value

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")

"""Rich text of Outlook: decompressed [MS-OXRTFCP], and read as plain words."""

import re
import struct

_HEAD = struct.Struct("<II4sI")
_KNOWN_BEFORE = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096


def decompressed(data: bytes, *, limit: int) -> bytes:
    """The rich text of a compressed property, at most `limit` bytes; what is broken ends it."""
    if len(data) < _HEAD.size:
        return b""
    _, size, kind, _ = _HEAD.unpack_from(data)
    size = min(size, limit)
    if kind == b"MELA":
        return data[_HEAD.size : _HEAD.size + size]
    return _expanded(data, size) if kind == b"LZFu" else b""


def _expanded(data: bytes, size: int) -> bytes:
    window = bytearray(_KNOWN_BEFORE).ljust(_WINDOW, b"\x00")
    write = len(_KNOWN_BEFORE)
    out = bytearray()
    position = _HEAD.size
    while position < len(data) and len(out) < size:
        flags = data[position]
        position += 1
        for bit in range(8):
            if position + (flags >> bit & 1) >= len(data) or len(out) >= size:
                return bytes(out)
            if flags >> bit & 1:
                pair = int.from_bytes(data[position : position + 2], "big")
                position += 2
                start, length = pair >> 4, (pair & 15) + 2
                if start == write % _WINDOW:
                    return bytes(out)  # a reference to itself is the end
                piece = [start + step for step in range(length)]
            else:
                piece = [-1]
            for place in piece:
                byte = data[position] if place < 0 else window[place % _WINDOW]
                window[write % _WINDOW] = byte
                write += 1
                out.append(byte)
            position += piece[0] < 0
    return bytes(out)


_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
_NOT_SHOWN = {
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer",
    b"listtable", b"listoverridetable", b"rsidtbl", b"generator", b"themedata", b"htmltag",
    b"mhtmltag", b"xmlnstbl", b"latentstyles", b"datastore",
}  # fmt: skip
_SIGNS = {
    b"par": "\n", b"line": "\n", b"tab": "\t", b"row": "\n", b"cell": "  ", b"bullet": "\u2022",
    b"emdash": "\u2014", b"endash": "\u2013", b"lquote": "\u2018", b"rquote": "\u2019",
    b"ldblquote": "\u201c", b"rdblquote": "\u201d",
}  # fmt: skip


def rich_text_to_text(data: bytes, *, limit: int) -> str:
    """The words of rich text with its paragraphs; HTML wrapped into it without its tags."""
    reader = _Words(data)
    for match in _TOKEN.finditer(data[: limit * 4]):
        reader.take(match)
    return "".join(reader.out)[:limit].strip()


class _Words:
    """Walks through groups without recursion."""

    def __init__(self, data: bytes) -> None:
        found = re.search(rb"\\ansicpg(\d{3,5})", data[:500])
        self.out: list[str] = []
        self._codec = f"cp{found[1].decode()}" if found else "cp1252"
        self._hidden: list[bool] = [False]
        self._bytes = bytearray()
        self._skip = 0  # characters that repeat the last \u for older programs
        self._starts_group = self._is_rtf_only = False

    def take(self, match: re.Match[bytes]) -> None:
        word, number, code, sign, brace, text = match.groups()
        if code:
            self._byte(bytes([int(code, 16)]))
        elif text:
            self._text(text)
        else:
            self._flush()
        if brace == b"{":
            self._hidden.append(self._hidden[-1])
        elif brace and len(self._hidden) > 1:
            self._hidden.pop()
        elif sign == b"*" and self._starts_group:
            self._hidden[-1] = True
        elif sign in {b"\\", b"{", b"}", b"~", b"_"}:
            self._show({b"~": " ", b"_": "-"}.get(sign, sign.decode()))
        elif word:
            self._word(word.lower(), number)
        self._starts_group = brace == b"{"

    def _word(self, word: bytes, number: bytes | None) -> None:
        if word == b"htmlrtf":
            self._is_rtf_only = number != b"0"
        elif word in _NOT_SHOWN:
            self._hidden[-1] = True
        elif word == b"u" and number:
            self._show(chr(int(number) & 0xFFFF))
            self._skip = 1
        elif word in _SIGNS:
            self._show(_SIGNS[word])

    def _text(self, text: bytes) -> None:
        self._byte(text[self._skip :])
        self._skip = 0

    def _byte(self, data: bytes) -> None:
        if self._skip and len(data) == 1:
            self._skip = 0
        elif not (self._hidden[-1] or self._is_rtf_only):
            self._bytes += data

    def _flush(self) -> None:
        if self._bytes:
            try:
                text = self._bytes.decode(self._codec, "replace")
            except LookupError:
                text = self._bytes.decode("cp1252", "replace")
            self.out.append(text)
            self._bytes.clear()

    def _show(self, text: str) -> None:
        self._flush()
        if not (self._hidden[-1] or self._is_rtf_only):
            self.out.append(text)

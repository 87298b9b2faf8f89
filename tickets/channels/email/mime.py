"""The structure of a mail: fields and parts as slices of its own bytes (RFC 5322, RFC 2046).

Python's email package recurses into nested parts, re-writes embedded mails and holds three copies
of a large one. This reader counts before it reads, goes through the bytes once a level and keeps
every attachment bit for bit. Broken structure is read the way most mail programs do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.headers import decode_header, parse_parameters
from tickets.channels.email.transfer import undo_transfer_encoding

MAX_BYTES = 50 * 1024 * 1024
MAX_HEADER_BYTES = 256 * 1024
MAX_FIELDS = 1_000
MAX_PARTS = 500
MAX_DEPTH = 20
MAX_DELIMITERS = 100_000
MAX_SEARCHED = 8 * MAX_BYTES

Fields = tuple[tuple[str, bytes], ...]

_LINE = re.compile(rb"([^\r\n]*)(\r*\n|\r|\Z)")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]{0,20}:")
_KNOWN = re.compile(
    rb"(from|to|cc|subject|date|message-id|mime-version|reply-to|received|sender|return-path|"
    rb"references|in-reply-to|delivered-to|envelope-to|delivery-date|dkim-signature|"
    rb"(?:x|content|list|arc|resent|authentication|received)-[a-z0-9-]{1,60})[ \t]{0,9}:",
    re.IGNORECASE,
)
_MAX_STRAY_LINES = 60
_FEW_STRAY_LINES = 3  # once the sender is known, the body may simply have begun
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_BOUNDARY_END = re.compile(rb"(--)?(?:[ \t][^\r\n]{0,500})?(\r*\n|\r|\Z)")
_GUESSED_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n[A-Za-z-]{1,60}:")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One entity: its fields, and either its children or its undecoded body."""

    fields: Fields
    content_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    body: bytes
    children: tuple["Part", ...] = ()

    def field(self, name: str) -> bytes:
        """The first field of that (lower-case) name; empty where there is none."""
        return next((value for key, value in self.fields if key == name), b"")

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in their order in the mail."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def declared_name(self) -> str:
        """The file name the sender gave, not made safe; empty where there is none."""
        return self.disposition_parameters.get("filename") or self.parameters.get("name", "")

    def content(self) -> bytes:
        """The body with its transfer encoding undone; what is broken is kept as it can be."""
        encoding = self.field("content-transfer-encoding")
        is_file = bool(self.declared_name) or self.disposition == "attachment"
        is_words = self.content_type.startswith("text/") and not is_file
        return undo_transfer_encoding(self.body, encoding, is_words=is_words)


def read_structure(raw: bytes) -> Part:
    """The mail as a tree of parts. Raises UnreadableMail beyond the limits above."""
    if len(raw) > MAX_BYTES:
        raise UnreadableMail(f"The mail is larger than {MAX_BYTES // 1024 // 1024} MB.")
    if b"\n" not in raw:  # line ends of old Macintoshes
        raw = raw.replace(b"\r", b"\n")
    return _Reader(raw).read_part(0, len(raw), 0, default_type="text/plain", charset="")


class _Reader:
    """Reads parts by their place in the mail, so that only the leaves are ever copied."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._parts = self._delimiters = self._searched = 0

    def read_part(
        self, start: int, end: int, depth: int, *, default_type: str, charset: str
    ) -> Part:
        self._count(depth)
        fields, body_start = read_fields(self._raw, start, end, is_mail=depth == 0)
        by_name = dict(reversed(fields))
        kind, parameters = parse_parameters(by_name.get("content-type", b""), charset=charset)
        charset = parameters.get("charset", charset)  # the guess for undeclared bytes in names
        disposition, disposition_parameters = parse_parameters(
            by_name.get("content-disposition", b""), charset=charset
        )
        kind = _content_type(kind, default_type)
        children: tuple[Part, ...] = ()
        if kind.startswith("multipart/"):
            child_type = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            begin = self._raw[body_start : min(body_start + 65_536, end)]
            for boundary in _boundaries(parameters, begin):
                children = children or tuple(
                    self.read_part(*place, depth + 1, default_type=child_type, charset=charset)
                    for place in self._split(body_start, end, boundary)
                )
            kind = kind if children else "text/plain"
        return Part(
            fields=fields,
            content_type=kind,
            parameters=parameters,
            disposition=disposition,
            disposition_parameters=disposition_parameters,
            body=b"" if children else self._raw[body_start:end],
            children=children,
        )

    def _count(self, depth: int) -> None:
        self._parts += 1
        if depth > MAX_DEPTH:
            raise UnreadableMail(f"The mail is nested more than {MAX_DEPTH} levels deep.")
        if self._parts > MAX_PARTS:
            raise UnreadableMail(f"The mail has more than {MAX_PARTS} parts.")

    def _split(self, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
        """Where the chunks between the lines that are the boundary start and end."""
        if not boundary:
            return
        raw, chunk = self._raw, -1
        for found, after in self._lines_starting(b"--" + boundary, start, end):
            line_end = _BOUNDARY_END.match(raw, after, end)
            if line_end is None or (line_end[1] and self._is_inner(boundary + b"--", chunk, found)):
                continue
            if chunk >= 0:
                yield chunk, max(_before_line_end(raw, chunk, found), chunk)
            # Some programs give parts within parts their boundary: more may follow its end.
            chunk = -1 if line_end[1] else line_end.end()
        if 0 <= chunk < end:
            closing = b"--" + boundary + b"--"  # some programs forget the line end before it
            last = raw.rfind(closing, max(chunk, end - len(closing) - 4), end)
            yield chunk, last if last >= 0 else end

    def _is_inner(self, boundary: bytes, chunk: int, found: int) -> bool:
        """Whether what would be our end begins a part of a multipart that has just been opened."""
        header_end = min(found, chunk + 2_000)
        return (
            chunk >= 0
            and self._raw.find(b"boundary=", chunk, header_end) >= 0
            and (self._raw.find(b'"' + boundary + b'"', chunk, header_end) >= 0)
        )

    def _lines_starting(self, text: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        raw = self._raw
        self._searched += end - start
        if self._searched > MAX_SEARCHED:
            raise UnreadableMail("The mail is too large for how deeply its parts are nested.")
        if raw.startswith(text, start, end):
            yield start, start + len(text)
        position = start
        while (found := raw.find(b"\n" + text, position, end)) >= 0:
            self._delimiters += 1
            if self._delimiters > MAX_DELIMITERS:
                raise UnreadableMail("The mail is full of lines that look like boundaries.")
            yield found + 1, found + 1 + len(text)
            position = found + 1


def _content_type(declared: str, default: str) -> str:
    kind = declared.replace(" ", "").replace("\t", "")
    if _TYPE.fullmatch(kind):
        return kind
    return {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(
        kind.strip("/"), default if not kind or kind.startswith("text") else "text/plain"
    )


def _boundaries(parameters: dict[str, str], body: bytes) -> Iterator[bytes]:
    """The declared boundary, and what looks like one where that leads to nothing."""
    if boundary := parameters.get("boundary", "").rstrip():
        yield boundary.encode("utf-8", "replace")
    if guess := _GUESSED_BOUNDARY.search(body):
        yield guess[1]


def _before_line_end(body: bytes, start: int, end: int) -> int:
    """Where a chunk ends: the line end before a boundary belongs to the boundary."""
    if end > start and body[end - 1 : end] == b"\n":
        end -= 1
    if end > start and body[end - 1 : end] == b"\r":
        end -= 1
    return end


def read_fields(raw: bytes, start: int, end: int, *, is_mail: bool) -> tuple[Fields, int]:
    """The header fields between two places, names in lower case, and where the body starts.

    Raises UnreadableMail where the block is larger than MAX_HEADER_BYTES or has more than
    MAX_FIELDS fields.
    """
    position = begin = _skip_preface(raw, start) if is_mail else start
    fields: list[tuple[str, list[bytes]]] = []
    while position < end:
        line = _LINE.match(raw, position, end)
        if line is None or line.end() - begin > MAX_HEADER_BYTES:
            raise UnreadableMail(f"The header is larger than {MAX_HEADER_BYTES // 1024} KB.")
        text, following = line[1], line.end()
        if text and (field := _FIELD.match(text)):
            if len(fields) >= MAX_FIELDS:
                raise UnreadableMail(f"The header has more than {MAX_FIELDS} fields.")
            fields.append((field[1].decode("ascii").lower(), [text[field.end() :]]))
        elif text[:1] in (b" ", b"\t") and text.strip():
            if fields:
                fields[-1][1].append(b"\n " + text.lstrip())
        else:
            resumed = _resume(raw, position, end, {name for name, _ in fields})
            if resumed < 0 or not fields:
                return _joined(fields), position if text.strip() else following
            fields[-1][1].append(b"\n " + b" ".join(raw[position:resumed].split()))
            following = resumed
        position = following
    return _joined(fields), position


def _joined(fields: list[tuple[str, list[bytes]]]) -> Fields:
    return tuple((name, b"".join(value).strip()) for name, value in fields)


def _resume(raw: bytes, position: int, end: int, seen: set[str]) -> int:
    """Where the header goes on after a line that should have ended it; negative where it does not.

    Stray lines within a header come from lost folding. After a blank line only folded lines may
    precede the next field, and it must be one not seen so far.
    """
    if raw.startswith(b"--", position):  # a boundary: the blank line before it was lost
        return -1
    line = _LINE.match(raw, position, end)
    is_blank = line is not None and not line[1].strip()
    folded = line is not None and bool(line[1])  # a line of spaces is a fold itself
    for _ in range(_MAX_STRAY_LINES if "from" not in seen else _FEW_STRAY_LINES):
        if line is None or not line.group():
            return -1
        position = line.end()
        field = _KNOWN.match(raw, position, end)
        if field and (not is_blank or (folded and field[1].decode().lower() not in seen)):
            return position
        folded = True
        line = _LINE.match(raw, position, end)
        if line and (not line[1].strip() or (is_blank and line[1][:1] not in (b" ", b"\t"))):
            return -1
    return -1


_PREFACE = re.compile(rb"[\r\n\t \xef\xbb\xbf]*")


def _skip_preface(raw: bytes, start: int) -> int:
    """Past blank lines, a byte order mark, the `From ` line of a mailbox file and a line that is
    no field before one that is."""
    preface = _PREFACE.match(raw, start)
    position = preface.end() if preface else start
    while raw.startswith((b"From ", b">From "), position):
        line = _LINE.match(raw, position)
        position = line.end() if line else len(raw)
    line = _LINE.match(raw, position)
    if line and line[1].strip() and not _FIELD.match(line[1]) and _KNOWN.match(raw, line.end()):
        return line.end()
    return position


def subject_of(raw: bytes) -> str:
    """The subject of an embedded mail; empty where it has none or cannot be read."""
    try:
        fields, _ = read_fields(raw, 0, len(raw), is_mail=True)
    except UnreadableMail:
        return ""
    by_name = dict(reversed(fields))
    _, parameters = parse_parameters(by_name.get("content-type", b""))
    return decode_header(by_name.get("subject", b""), charset=parameters.get("charset", ""))

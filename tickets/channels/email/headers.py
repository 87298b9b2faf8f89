"""Header fields: encoded words (RFC 2047), parameters (RFC 2231) and addresses (RFC 5322).

Everything here is linear in the length of the field and never raises: what cannot be decoded
is shown as it came.
"""

import binascii
import re
from urllib.parse import unquote_to_bytes

from helpdesk.lib.text import clean_line, without_invisible
from tickets.channels.email.charsets import decode_text

type_of_address = tuple[str, str]
STRUCTURED_LIMIT = 10_000
ADDRESS_FIELD_LIMIT = 100_000
MAX_ADDRESSES = 1_000
MAX_IDS = 200

_WORD_START = re.compile(rb"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([BbQq])\?")
_FOLD = re.compile(rb"[\r\n]+[ \t]?")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def decode_header(raw: bytes, *, charset: str = "") -> str:
    """A field's value as one readable line; `charset` is the guess for undeclared 8-bit bytes."""
    data = _FOLD.sub(lambda m: b" " if m.group()[-1:] in b" \t" else b"", raw)
    return clean_line(_decode_words(data, charset), limit=100_000)


def _decode_words(data: bytes, charset: str) -> str:
    out: list[str] = []
    held: list[bytes] = []  # bytes of neighbouring words in one charset: characters may be split
    held_charset, position = "", 0
    while (word := _next_word(data, position)) is not None:
        start, end, word_charset, content = word
        between = data[position:start]
        joined = bool(held) and not between.strip()
        if held and (not joined or word_charset != held_charset):
            out.append(decode_text(b"".join(held), held_charset))
            held = []
        if not joined:
            out.append(decode_text(between, charset))
        held.append(content)
        held_charset, position = word_charset, end
    if held:
        out.append(decode_text(b"".join(held), held_charset))
    out.append(decode_text(data[position:], charset))
    return "".join(out)


def _next_word(data: bytes, position: int) -> tuple[int, int, str, bytes] | None:
    while match := _WORD_START.search(data, position):
        end = data.find(b"?=", match.end())
        charset = match[1].decode("ascii", "replace").lower()
        if end < 0:  # cut off, as a whole word of its own
            rest = data[match.end() :].rstrip(b"? ")
            if not rest or rest.split() != [rest] or b"=?" in rest:
                return None
            decoded = _decode_q(rest) if match[2] in b"Qq" else decode_base64(rest)
            return match.start(), len(data), charset, decoded
        content = data[match.end() : end]
        following = data.find(b"=?", match.end(), end)
        if following < 0 or match[2] in b"Qq":
            decoded = _decode_q(content) if match[2] in b"Qq" else decode_base64(content)
            return match.start(), end + 2, charset, decoded
        position = following
    return None


def _decode_q(content: bytes) -> bytes:
    return binascii.a2b_qp(content.replace(b" ", b"=20").replace(b"_", b"=20"), header=False)


def decode_base64(data: bytes) -> bytes:
    """Bytes of base64 text, broken padding and foreign characters forgiven."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        padless = _NOT_BASE64.sub(b"", data)
        usable = len(padless) - (len(padless) % 4 == 1)
        return binascii.a2b_base64(padless[:usable] + b"=" * (-usable % 4))


_MAIN = re.compile(
    r'[\s"]{0,99}([^\s;,="(]{0,200}(?:[ \t]{0,9}/[ \t]{0,9}[^\s;,="(]{1,200})?)', re.ASCII
)
# A quoted value ends where nothing or another parameter follows, so that it may hold quotation
# marks itself; any value ends where the semicolon before a known parameter was lost.
_KNOWN = (
    r"(?i:charset|name|filename|boundary|format|delsp|type|start|size|method|report-type|protocol|"
    r"micalg|creation-date|modification-date|x-[\w-]{1,40})(?:\*\d{0,4}\*?)?"
)
_LOST = rf"[,\s]\s{{0,9}}{_KNOWN}\s{{0,9}}="
_PARAMETER = re.compile(
    r'([^\s=;"]{1,100})\s{0,9}=\s{0,9}'
    rf'("(?>(?:[^"\\]|\\.){{0,9999}})"(?=\s{{0,9}}(?:;|\Z|\(|{_LOST}))'
    rf'|"[^;]*|(?:(?!{_LOST})[^;])*)',
    re.DOTALL,
)
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,4}))?(\*)?")


def parse_parameters(raw: bytes, *, charset: str = "") -> tuple[str, dict[str, str]]:
    """The main value in lower case and its parameters, of Content-Type and its like.

    A name with a charset (RFC 2231) counts before the plain one for older programs.
    """
    text = _FOLD.sub(b" ", raw[:STRUCTURED_LIMIT]).decode("latin-1")
    main = _MAIN.match(text)
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(text, main.end() if main else 0):
        name = _SECTION.fullmatch(match[1].lower())
        if name:
            value = (bool(name[3]), _unquoted(match[2].strip()))
            numbered = sections.setdefault(name[1], {})
            number = int(name[2] or 0)
            if number not in numbered or (value[0] and not numbered[number][0]):
                numbered[number] = value
    values = {name: _joined(parts, charset) for name, parts in sections.items()}
    return (main[1].strip().lower() if main else ""), values


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    return re.sub(r'\\(["\\])', r"\1", value[1:].rstrip().removesuffix('"'))


def _joined(parts: dict[int, tuple[bool, str]], charset: str) -> str:
    ordered = [parts[number] for number in sorted(parts)]
    if not any(encoded for encoded, _ in ordered):
        return decode_header(
            "".join(text for _, text in ordered).encode("latin-1"), charset=charset
        )
    declared, data = "", b""
    for index, (encoded, text) in enumerate(ordered):
        content = text
        if index == 0 and encoded and content.count("'") > 1:
            declared, _, content = content.split("'", 2)
        chunk = content.encode("latin-1")
        data += unquote_to_bytes(chunk) if encoded else chunk
    return clean_line(decode_text(data, declared or charset), limit=STRUCTURED_LIMIT)


_TOKEN = re.compile(r'"((?>(?:[^"\\]|\\.){0,500}))"|[^"()<>,;:\\]+|\\.|.', re.DOTALL)


def parse_addresses(raw: bytes, *, charset: str = "") -> tuple[type_of_address, ...]:
    """(name, address) of each mailbox in the field, groups opened, at most MAX_ADDRESSES."""
    text = decode_text(_FOLD.sub(b" ", raw[:ADDRESS_FIELD_LIMIT]), charset)
    reader = _AddressReader(charset)
    for match in _TOKEN.finditer(text):
        reader.take(match.group(), match[1])
        if len(reader.found) >= MAX_ADDRESSES:
            break
    reader.finish()
    return tuple(reader.found)


# What is left where somebody encoded the brackets with the name.
_ENCODED_MAILBOX = re.compile(r"([^<>]{0,300})<([^<>\s]{1,320}@[^<>\s]{1,255})>")


class _AddressReader:
    """Collects words, the text in angle brackets and comments until a mailbox is complete."""

    def __init__(self, charset: str) -> None:
        self.charset = charset
        self.found: list[type_of_address] = []
        self._depth = 0
        self._angle = False
        self._reset()

    def _reset(self) -> None:
        self._words: list[str] = []
        self._route: list[str] = []
        self._comments: list[str] = []
        self._seen_angle = self._angle = self._is_quoted = False

    def take(self, piece: str, quoted: str | None) -> None:
        if self._depth or piece == "(":
            self._take_comment(piece)
        elif self._angle:
            self._take_route(piece)
        elif piece == "<":
            self._words.extend(self._route)  # of two addresses the first is part of the name
            self._route = []
            self._angle = self._seen_angle = True
        elif piece in {",", ";"}:
            self.finish()
        elif piece == ":" and "@" not in "".join(self._words):
            self._words = []  # the name of a group, or "mailto"
        elif piece not in {")", ">"}:
            self._words.append(self._word(piece, quoted))

    def _word(self, piece: str, quoted: str | None) -> str:
        self._is_quoted = self._is_quoted or quoted is not None
        if quoted is None:
            return piece[1:] if piece[0] == "\\" else piece
        return re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)

    def _take_comment(self, piece: str) -> None:
        self._depth += (piece == "(") - (piece == ")")
        if self._depth and not (piece == "(" and self._depth == 1):
            self._comments.append(piece)

    def _take_route(self, piece: str) -> None:
        if piece == ">":
            self._angle = False
        elif piece == "<":
            self._words.extend(self._route)
            self._route = []
        else:
            self._route.append(piece)

    def finish(self) -> None:
        """Close the mailbox being read."""
        words, route = "".join(self._words), "".join(self._route)
        if self._depth:  # a comment never closed: what it swallowed may hold the address
            words, self._depth = words + " " + "".join(self._comments), 0
            self._comments = []
        name, address = self._name_and_address(words, route)
        if name or address:
            self.found.append((name, address))
        self._reset()

    def _name_and_address(self, words: str, route: str) -> type_of_address:
        comment = "".join(self._comments)
        if self._seen_angle and "@" in route:
            return self._readable(words or comment), clean_address(route)
        if not (route or self._is_quoted):
            words = decode_header(words.encode("utf-8", "replace"))
            if whole := _ENCODED_MAILBOX.fullmatch(words):
                return self._readable(whole[1]), clean_address(whole[2])
        before, bare, after = _bare_address(words)
        is_name = self._is_quoted or "=?" in bare  # which may look like an address
        if bare and not (route.strip() and is_name):
            return self._readable(f"{before} {after}".strip() or comment), clean_address(bare)
        return self._readable(words or route or comment), ""

    def _readable(self, text: str) -> str:
        name = decode_header(text.encode("utf-8", "replace"))
        return clean_line(without_invisible(name).strip(" \"'"), limit=200)


def _bare_address(text: str) -> tuple[str, str, str]:
    """(before, the first word with an @ inside, after)."""
    words = text.split()
    for index, word in enumerate(words):
        if "@" in word.strip("@<>\"'"):
            return " ".join(words[:index]), word, " ".join(words[index + 1 :])
    return text, "", ""


def clean_address(text: str) -> str:
    """An address as it may be stored and compared: one word, domain in lower case."""
    address = without_invisible(clean_line(text, limit=320)).removeprefix("mailto:")
    if "=?" in address:
        address = decode_header(address.encode())
    address = address.strip(" \"'<>.,;") if '"@' not in address else address.strip(" '<>.,;")
    address = address if "[" in address else address.rstrip("]")
    local, at, domain = address.rpartition("@")
    if not at:
        return "".join(address.split())
    route_end = local.rfind(":") if local.startswith("@") else -1
    local = (
        local[route_end + 1 :] if local.startswith('"') else "".join(local[route_end + 1 :].split())
    )
    return f"{local}@{''.join(domain.split()).lower()}"


_ID = re.compile(r"<([^<>\s]{1,998})>")


def message_ids(raw: bytes) -> tuple[str, ...]:
    """Ids in a Message-ID, In-Reply-To or References field, without their angle brackets."""
    text = decode_header(raw[:ADDRESS_FIELD_LIMIT])
    ids = _ID.findall(text)
    if not ids:
        ids = [word.strip("<>,;\"'")[:998] for word in text.split() if "@" in word]
    unique = list(dict.fromkeys(filter(None, ids)))
    return tuple(unique if len(unique) <= MAX_IDS else unique[:1] + unique[1 - MAX_IDS :])

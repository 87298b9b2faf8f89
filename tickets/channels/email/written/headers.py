"""Header blocks and separators above a message that was replied to or forwarded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tickets.channels.email.written.lines import bare, is_blank, is_quoted, is_rule, unquoted
from tickets.channels.email.written.phrases import (
    FORWARDED,
    LABELS,
    ORIGINAL,
    WRITTEN_LABELS,
    fold,
    plain,
)

MAX_FIELDS = 14
MAX_CONTINUATIONS = 12
MAX_SEPARATOR = 120
MAX_GLUED = 3_000
_FIELD = re.compile(r"[*_ ]{0,4}([^\W\d_][\w .'()/-]{0,28}?)[*_ ]{0,4}:[*_]{0,2}(?=\s|$|\S)(.*)")
_ADDRESS = re.compile(r"@(?<=[^\s@<>\[\]()\":;,]@)[^\s@<>\[\]()\":;,]")
_DRAWN_START = re.compile(r"[-_=*#~ >|]{2,}")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[:.]\d\d")
_GLUED = re.compile(
    "(?:^|(?<=[>\\s\\w.)]))("
    + "|".join(re.escape(label) for label, _ in WRITTEN_LABELS)
    + r")\s{0,2}:(?!\d)"
)
# Some translations of Yahoo forgot the colon after their last label, which follows a time zone.
_GLUED_SUBJECT = re.compile(
    "(?<=[A-Z0-9])("
    + "|".join(re.escape(label) for label, role in WRITTEN_LABELS if role == "subject")
    + r")\s"
)
_ROLE_OF_WRITTEN = dict(reversed(WRITTEN_LABELS))
_SPACED = {
    True: tuple(f"{phrase} " for phrase in FORWARDED),
    False: tuple(f"{phrase} " for phrase in ORIGINAL),
}
_ABOVE = re.compile(
    "above this line|oberhalb dieser zeile|über dieser zeile|au-dessus de cette ligne"
    "|encima de esta línea|acima desta linha|sopra questa riga|boven deze (?:regel|lijn)"
    "|ovanför denna rad|over denne linje|powyżej tej linii|nad tento řádek|выше этой строки"
)


@dataclass(frozen=True, slots=True)
class Separator:
    """A line like "-----Original Message-----"."""

    is_forward: bool
    rest: str = ""  # what follows it in the same line


@dataclass(slots=True)
class Block:
    """A header block: where it ends (exclusive), and its fields by role."""

    end: int = 0
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def is_convincing(self) -> bool:
        """Whether it can hardly be a customer's own list of things with colons."""
        roles = self.fields.keys() - {"other"}
        has_address = any(
            _ADDRESS.search(self.fields.get(role, "")) for role in ("from", "to", "cc")
        )
        if "from" in roles:
            others = roles & {"date", "to", "subject"}
            return bool(others) and (has_address or ("subject" in roles and "date" in roles))
        dated = "date" in roles and _YEAR.search(self.fields["date"]) is not None
        return dated and "to" in roles and has_address


def read_separator(line: str) -> Separator | None:
    """The separator this line is or begins with, if any."""
    text = bare(line)
    if not text or len(text) > MAX_GLUED:
        return None
    drawn = _DRAWN_START.match(text)
    words = text.strip("-_=*#~ >|")
    folded = fold(words)
    if drawn and _ABOVE.search(folded[:MAX_SEPARATOR]):
        return Separator(is_forward=False)
    name = folded.rstrip(": ")
    if name in FORWARDED and (drawn or folded.endswith(":") or text.startswith("*")):
        return Separator(is_forward=True)
    if name in ORIGINAL and (drawn or folded.endswith(":")):
        return Separator(is_forward=False)
    return _drawn_separator(text[drawn.end() :]) if drawn else None


def _drawn_separator(text: str) -> Separator | None:
    """A separator drawn with dashes that carries more than its name."""
    head, dashes, rest = text.partition("--")
    folded = fold(head).rstrip(" :")
    for phrases, is_forward in ((FORWARDED, True), (ORIGINAL, False)):
        if folded in phrases and dashes:
            return Separator(is_forward=is_forward, rest=rest.lstrip("- "))
        if dashes and len(folded) <= MAX_SEPARATOR and folded.startswith(_SPACED[is_forward]):
            return Separator(is_forward=is_forward, rest=rest.lstrip("- "))
    return None


def read_field(line: str) -> tuple[str, str] | None:
    """(role, value) of a header line in any language, quotation marks or stars around it or not."""
    match = _FIELD.match(bare(unquoted(line)))
    if match is None:
        return None
    role = LABELS.get(fold(match[1]))
    return (role, match[2].strip().strip("*").strip()) if role else None


def read_block(lines: Sequence[str], start: int) -> Block | None:
    """The header block that begins in this line; fields may be wrapped or a blank line apart."""
    first = read_field(lines[start])
    if first is None or first[0] == "other":
        return None
    block = Block(end=start + 1, fields={first[0]: first[1]})
    last, continued, index = first[0], 0, start + 1
    while index < len(lines) and len(block.fields) < MAX_FIELDS:
        line = unquoted(lines[index])
        if is_blank(line):
            following = _next_field(lines, index)
            if following is None or (block.is_convincing and following[0] in block.fields):
                break
        elif (found := read_field(line)) is not None:
            last, value = found
            if last in block.fields and last != "other":
                break
            block.fields[last] = value
            block.end, continued = index + 1, 0
        elif not _continues(lines, index, block, last, continued):
            break
        else:
            block.fields[last] = f"{block.fields[last]} {bare(line)}".strip()
            block.end, continued = index + 1, continued + 1
        index += 1
    return block


def _next_field(lines: Sequence[str], blank: int) -> tuple[str, str] | None:
    """The field after one blank line."""
    return read_field(lines[blank + 1]) if blank + 1 < len(lines) else None


def _continues(lines: Sequence[str], index: int, block: Block, last: str, continued: int) -> bool:
    """Whether a line without a label belongs to the field above it: another field must follow."""
    if continued >= MAX_CONTINUATIONS or is_rule(lines[index]):
        return False
    for following in range(index + 1, min(index + MAX_CONTINUATIONS, len(lines))):
        line = unquoted(lines[following])
        if is_blank(line):
            return False
        found = read_field(line)
        if found is not None:
            return found[0] not in block.fields or found[0] == "other"
    return False


def read_glued(text: str) -> dict[str, str]:
    """The fields of a header block that lost its line ends, as Yahoo writes it."""
    found: list[tuple[str, int, int]] = []
    text = plain(text[:MAX_GLUED])
    for match in _GLUED.finditer(text):
        role = _ROLE_OF_WRITTEN[match[1]]
        if all(role != seen for seen, _, _ in found):
            found.append((role, match.start(), match.end()))
    if not found:
        return {}
    if found[-1][0] == "date" and (subject := _GLUED_SUBJECT.search(text, found[-1][2])):
        found.append(("subject", subject.start(), subject.end()))
    ends = [start for _, start, _ in found[1:]] + [len(text)]
    return {
        role: text[value:end].strip() for (role, _, value), end in zip(found, ends, strict=True)
    }


def is_history_mark(line: str) -> bool:
    """Whether the line alone, quoted or not, opens a message that was sent before."""
    return read_separator(unquoted(line) if is_quoted(line) else line) is not None

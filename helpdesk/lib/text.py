"""Plain text: made safe to store, and cut to size."""

import re
import unicodedata

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff]")
_ANY_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NEWLINES = re.compile("\r\n|\r|\u2028|\u2029|\x85")
_BLANK_LINES = re.compile("\n{4,}")


def clean_text(text: str) -> str:
    """Text as it may be stored: line ends are newlines, no NUL, control or lone surrogate."""
    return _CONTROL.sub("", _NEWLINES.sub("\n", text))


def clean_line(text: str, *, limit: int = 998) -> str:
    """One line of at most `limit` characters, without control characters, spaces trimmed."""
    return _ANY_CONTROL.sub(" ", text[: limit * 4]).strip()[:limit].rstrip()


def id_in(text: str) -> int | None:
    """The number a text is, where a row could have it as its id."""
    is_number = text.isdecimal() and len(text) < len(str(2**63))
    return int(text) if is_number else None


def without_invisible(text: str) -> str:
    """The text without zero-width and direction-changing characters, which disguise names."""
    return _INVISIBLE.sub("", text)


def tidy_lines(text: str) -> str:
    """Trailing spaces, blank edges and long runs of blank lines removed."""
    lines = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n\n", lines).strip("\n")


def excerpt(text: str, *, limit: int = 140) -> str:
    """The beginning of a text in one line, ending in an ellipsis where it was cut at a word."""
    line = " ".join(text[: limit * 8].split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut).rstrip(" ,;:.") + "…"


def comparable(text: str) -> str:
    """The text folded for comparison: NFKC, caseless, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def harmless_cell(text: str) -> str:
    """Return a text as a table's cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

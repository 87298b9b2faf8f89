"""Single lines of a mail: how deep they are quoted, and whether they are mere decoration."""

import re

from tickets.channels.email.written.phrases import plain

MAX_LINE = 1_000  # longer lines are judged by their beginning
_QUOTE = re.compile(r"[ \t\u00a0]{0,3}>")
_NAMED = re.compile(r"[A-Za-z]\w{0,14}> ?")
_PIPE = re.compile(r"[ \t]{0,3}\|(?: |$)")
_RULE = frozenset("-_=*~—–─━ \t\u00a0")  # noqa: RUF001
_BLANK = re.compile(r"[\s\u00a0\u200b\ufeff]*", re.UNICODE)
MIN_RULE = 3


def is_blank(line: str) -> bool:
    """Whether nothing can be seen of the line."""
    return _BLANK.fullmatch(line) is not None


def is_rule(line: str) -> bool:
    """Whether the line is drawn, of dashes or the like."""
    drawn = line[:MAX_LINE].strip()
    return len(drawn) >= MIN_RULE and _RULE.issuperset(drawn)


def is_quoted(line: str) -> bool:
    """Whether the line carries a quotation mark (RFC 3676, and spaces before it)."""
    return _QUOTE.match(line) is not None


def quote_style(line: str) -> str:
    """How this line, coming after an attribution, is marked as quoted: ">", "|", "Name>" or ""."""
    if is_quoted(line):
        return ">"
    if _PIPE.match(line):
        return "|"
    named = _NAMED.match(line)
    return named[0].rstrip() if named else ""


def has_style(line: str, style: str) -> bool:
    """Whether the line is quoted in this style of `quote_style`."""
    if style == ">":
        return is_quoted(line)
    return line.lstrip(" \t").startswith(style)


def unquoted(line: str) -> str:
    """The line without its quotation marks."""
    rest = line
    for _ in range(50):
        match = _QUOTE.match(rest)
        if match is None:
            return rest
        rest = rest[match.end() :]
        rest = rest.removeprefix(" ")
    return rest


def bare(line: str) -> str:
    """The beginning of the line as its words are compared: no marks, single spaces."""
    return plain(line[:MAX_LINE])

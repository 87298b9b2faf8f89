"""The line above a quotation: "On Monday Ana wrote:", in any language of `phrases`.

A line is taken for one by what all of them have, not by patterns of single programs: a colon at
the end, a verb of writing, and a moment or an address.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from tickets.channels.email.written.lines import bare, is_blank, is_quoted, unquoted
from tickets.channels.email.written.phrases import ON, WROTE, fold

MAX_LENGTH = 500
MAX_LINES = 6
MAX_WORDS = 45
MAX_NAME_WORDS = 6
# Begins with the sign itself, so that words without one cost next to nothing.
_ADDRESS = re.compile(r"@(?<=[^\s@<>\[\]()\"]@)[^\s@<>\[\]()\",;]")
_ENDS_WITH_ADDRESS = re.compile(r"[<(\[]\s?[^\s<>]{1,100}@[^<>]{1,200}[>)\]]{1,2}[\s:]*$")
_MOMENT = re.compile(
    r"(?<!\d)(?:\d{1,2}[:.h]\d{2}(?!\d)|(?:19|20)\d\d(?!\d)|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
    r"|\d{1,2}\s?[日일])"
)
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)")
_STARTS_WITH_DATE = re.compile(r"[\"'(\[]?(?:\w{1,12}[.,]{0,2} ){0,2}\d{1,4}\s?[:./,年년-]?")
_WORD = re.compile(r"[\w/()'-]+")
_ENDS = (":", ">", "-")
_INSIDE = re.compile(r"(?:^|(?<=[\s-]))On (?=\w{3,9},? |\d)")
_WIDE = re.compile("[\u0590-\u05ff\u0600-\u06ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_OWN_VOICE = frozenset(
    {
        "i",
        "you",
        "your",
        "we",
        "me",
        "ich",
        "sie",
        "ihr",
        "mir",
        "je",
        "vous",
        "votre",
        "yo",
        "usted",
        "io",
        "ik",
        "u",
        "jag",
        "ni",
        "jeg",
    }
)
_SINGLE = frozenset(verb for verb in WROTE if " " not in verb and not _WIDE.search(verb))
_PHRASES = tuple(verb for verb in WROTE if " " in verb or _WIDE.search(verb))
_PREFIXES = tuple(
    f"{prefix}{end}" for prefix in ON for end in ([""] if _WIDE.match(prefix) else " .:,")
)
_LAST_WORDS = frozenset(verb.rpartition(" ")[2] for verb in WROTE)
_IGNORED_AT_END = " \t\r\n\u00a0\u200e\u200f\u202a\u202b\u202c\ufeff"
MAX_SHARED = 3


@dataclass(frozen=True, slots=True)
class _Signs:
    ends: bool
    address: bool
    moment: bool
    verb: bool
    verb_last: bool
    prefix: bool
    dated_start: bool
    drawn: bool


def attribution_length(lines: Sequence[str], start: int) -> int:
    """How many lines, from `start`, are one attribution; 0 where there is none.

    Looks at MAX_LINES lines and MAX_LENGTH characters at most.
    """
    window = lines[start : start + MAX_LINES]
    if not any(map(_may_end, window)):
        return 0
    for taken, joined in _joinable(window):
        if _may_end(window[taken - 1]) and is_attribution(
            joined, before_quote=_quote_follows(lines, start + taken)
        ):
            return taken if taken == 1 or not _starts_later(lines, start, start + taken - 1) else 0
    return 0


def _joinable(window: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The first line, the first two as one, and so on while an attribution may go on."""
    first = bare(window[0])
    reach = len(window) if first and _may_wrap(first) else 1
    joined = ""
    for index, line in enumerate(window[:reach]):
        words = bare(line)
        if not words:
            if index and _continues_after_blank(window, index):
                continue
            return
        joined = f"{joined} {words}" if joined else words
        if len(joined) > MAX_LENGTH:
            return
        yield index + 1, joined


def _may_end(line: str) -> bool:
    """Whether an attribution may end here: a quick look before the thorough one."""
    return _ends_like_one(line[-MAX_LENGTH:])


@lru_cache(maxsize=256)  # each line is the last of six windows
def _ends_like_one(end: str) -> bool:
    end = end.rstrip(_IGNORED_AT_END)
    if end.endswith((":", ">", "-", "*", "\uff1a")):
        return True
    return fold(end[-40:]).rpartition(" ")[2] in _LAST_WORDS


def _may_wrap(first: str) -> bool:
    """Whether the attribution may go on in the next line."""
    folded = fold(first)
    return (
        _has_prefix(folded)
        or _STARTS_WITH_DATE.match(first) is not None
        or first.endswith("<")
        or _ADDRESS.search(first) is not None
        or _verb_at(folded) is not None
    )


def _continues_after_blank(lines: Sequence[str], blank: int) -> bool:
    following = bare(lines[blank + 1]) if blank + 1 < len(lines) else ""
    return following.startswith(("<", "> wrote"))


def _starts_later(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether a later line begins a shorter attribution that ends at the same place."""
    joined = ""
    for index in range(end, start, -1):
        joined = f"{bare(lines[index])} {joined}".strip()
        quote = _quote_follows(lines, end + 1)
        starts = _has_prefix(fold(joined)) or _STARTS_WITH_DATE.match(joined)
        if starts and _ADDRESS.search(joined) and is_attribution(joined, before_quote=quote):
            return True
    return False


def _quote_follows(lines: Sequence[str], start: int) -> bool:
    for index in range(start, min(start + 4, len(lines))):
        if not is_blank(lines[index]):
            if fold(unquoted(lines[index])).rstrip(" :") in WROTE:  # "> wrote:", a wrapped address
                return False
            return is_quoted(lines[index]) or lines[index].startswith("|")
    return False


@lru_cache(maxsize=4_096)  # the search for a forward asks what the split has asked
def is_attribution(joined: str, *, before_quote: bool) -> bool:
    """Whether these words, wrapped lines joined, say who wrote what follows."""
    if len(joined.split()) > MAX_WORDS:
        return False
    signs = _signs(joined)
    if not signs.ends:
        return False
    if signs.verb:
        return _says_who_wrote(joined, signs, before_quote=before_quote)
    return _ENDS_WITH_ADDRESS.search(joined) is not None and _names_author(
        joined, signs, before_quote=before_quote
    )


def _names_author(joined: str, signs: _Signs, *, before_quote: bool) -> bool:
    """Whether a line that ends with an address is an attribution without a verb."""
    if not signs.moment:  # "Quoting Ana <ana@example.com>:"
        return before_quote and joined.endswith(":") and _is_name_and_verb(joined)
    if signs.dated_start and joined.rstrip().endswith(":"):
        return True
    return before_quote and (signs.dated_start or signs.prefix)


def _says_who_wrote(joined: str, signs: _Signs, *, before_quote: bool) -> bool:
    if not (before_quote or signs.address or signs.drawn) and _is_told(joined):
        return False
    if signs.drawn and signs.verb_last:
        return True
    if signs.moment and (signs.prefix or signs.dated_start or signs.address or before_quote):
        return True
    if signs.address and (signs.verb_last or before_quote):
        return True
    if signs.moment and signs.verb_last and joined.rstrip().endswith(":"):
        return signs.address or _WIDE.search(joined) is not None
    return before_quote and signs.verb_last and _is_name_and_verb(joined)


def _is_told(joined: str) -> bool:
    """Whether a person may have said so in passing: "On 12 May your colleague wrote:"."""
    return _CLOCK.search(joined) is None or bool(_OWN_VOICE.intersection(fold(joined).split()))


def _is_name_and_verb(joined: str) -> bool:
    words = fold(joined).rstrip(":").split()
    return len(words) <= MAX_NAME_WORDS and not _OWN_VOICE.intersection(words)


def _signs(joined: str) -> _Signs:
    stripped = joined.strip(" -_*=|")
    folded = fold(stripped)
    verb = _verb_at(folded)
    drawn = joined.startswith("--") and joined.rstrip().endswith("--")
    tail = folded[verb:].rstrip(" :-*>") if verb is not None else ""
    ends = joined.rstrip().endswith(_ENDS) or drawn
    after_verb = len(tail.split())
    moment = _MOMENT.search(stripped) is not None
    return _Signs(
        ends=ends or (after_verb == 1 and moment),
        address=_ADDRESS.search(stripped) is not None,
        moment=moment,
        verb=verb is not None,
        verb_last=verb is not None and after_verb <= 2,  # noqa: PLR2004
        prefix=_has_prefix(folded),
        dated_start=_STARTS_WITH_DATE.match(stripped) is not None,
        drawn=drawn,
    )


def _has_prefix(folded: str) -> bool:
    return folded.lstrip(" -_*=|\"'>").startswith(_PREFIXES)


def _verb_at(folded: str) -> int | None:
    """Where the last verb of writing starts in the folded words."""
    if not any(map(folded.__contains__, WROTE)):
        return None
    found = max((folded.rfind(phrase) for phrase in _PHRASES), default=-1)
    for match in _WORD.finditer(folded):
        word = match[0].strip("()-'")
        glued = word.endswith("wrote")  # "<ana@example.com>wrote:"
        if word in _SINGLE or match[0] in _SINGLE or glued:
            found = max(found, match.start())
    return found if found >= 0 else None


def shared_line(line: str) -> int:
    """Where an attribution begins that shares its line with words before it; 0 where none does."""
    if len(line) > MAX_LENGTH or "@" not in line or is_quoted(line) or not _may_end(line):
        return 0
    for match in islice(_INSIDE.finditer(line), MAX_SHARED):
        start = match.start()
        rest = bare(line[start:])
        if start and _verb_at(fold(rest)) and is_attribution(rest, before_quote=False):
            head = line[:start].rstrip()
            return len(head.rstrip("-").rstrip()) if head.endswith("--") else start
    return 0

"""Text cut into sentences that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What is read of one text, and of one sentence: more is not a sentence anybody wrote.
READ = 20_000
LONGEST = 600

# A line this long was wrapped by a mail program; the end of a shorter one ends the sentence.
WRAPPED = 60

_STOP = re.compile(r"[.!?…]{1,6}[\"'”“»)\]]{0,3}(?=\s|$)|\n")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\.\s?b|d\.\s?h|u\.\s?a|s\.\s?o|bzw|ca|evtl|ggf|inkl|zzgl|tel|nr|no|st|"
    r"dr|mr|mrs|ms|prof|approx|vs|max|min|mo|di|mi|do|fr|sa|so|jan|feb|mar|apr|aug|sep|sept|okt|"
    r"oct|nov|dez|dec)|\b[a-z]\.[a-z])$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s{0,3}(?:[a-zäöüß(,;0-9]|jan|feb|mär|maerz|apr|mai|jun|jul|aug|sep|okt|nov|dez|"
    r"(?:werk|arbeits)?tag|stock|mal\b)",
    re.IGNORECASE,
)
_LOWER_NEXT = re.compile(r"\s{0,3}(?:[a-zäöüß0-9]|[A-Z]\.)")
_LETTER = re.compile(r"(?:^|[\s(.])[A-Za-z]$")
_BULLET = re.compile(r"[-*•–]\s|\d{1,2}[.)]\s")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a text: `text[start:end]`, with typographic apostrophes made plain."""

    words: str
    start: int
    end: int

    @property
    def is_question(self) -> bool:
        return self.words.rstrip("\"'”“»)] \n").endswith("?")


def plain(text: str) -> str:
    """The part of a text that is read, letter for letter at the same places, quotes made plain."""
    return text[:READ].translate(_PLAIN)


_PLAIN = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "\u00a0": " ", "\r": " "})


def sentences_of(text: str) -> list[Sentence]:
    """Cut a text at full stops, blank lines and lines that end early; quoted lines are left out."""
    read = plain(text)
    found = []
    begin = 0
    for end in _ends(read):
        sentence = _trimmed(read, begin, end)
        if sentence is not None:
            found.append(sentence)
        begin = end
    return found


def _ends(text: str) -> Iterator[int]:
    line = 0
    for stop in _STOP.finditer(text):
        if stop.group() == "\n":
            if stop.start() - line < WRAPPED or _begins_anew(text, stop.end()):
                yield stop.end()
            line = stop.end()
        elif not _is_inside(text, stop):
            yield stop.end()
    yield len(text)


def _begins_anew(text: str, at: int) -> bool:
    return text[at : at + 1] in {"\n", ">"} or _BULLET.match(text, at) is not None


def _is_inside(text: str, stop: re.Match[str]) -> bool:
    """Whether a full stop belongs to an abbreviation or an ordinal ("z. B.", "12. Mai")."""
    if stop.group() != ".":
        return False
    before = text[max(0, stop.start() - 8) : stop.start()]
    if _ABBREVIATED.search(before) or _LETTER.search(before):
        return _LOWER_NEXT.match(text, stop.end()) is not None
    is_ordinal = re.search(r"(?:^|[^\d])\d{1,2}$", before) is not None
    return is_ordinal and _GOES_ON.match(text, stop.end()) is not None


def _trimmed(text: str, start: int, end: int) -> Sentence | None:
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()[:LONGEST]
    if not words or words.startswith(">"):
        return None
    return Sentence(words, start, start + len(words))

"""A small notation for phrases, found in time linear in the text.

Words stand apart by spaces. `refund*` is any word that begins so, `*ing` that ends so, `*` any word, `a|b`
either, `word?` may be missing, `has_been` two words in one alternative, `#` a number or number
word, `..` up to three words, `...` up to six, `^` and `$` the sentence's edges, `!a|b` not
followed by one of these words. No gap is unbounded, and none runs over a negation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_APART = r"[^\w]{1,4}"
_NUMBERS = re.findall(
    r"\w+",
    "a an one two three four five six seven eight nine ten eleven twelve several many few couple "
    "ein eine einen einem einer zwei drei vier fünf sechs sieben acht neun zehn elf zwölf mehrere "
    "mehreren mehrerer einige einigen einiger viele vielen vieler",
)
_GAPS = {"..": 3, "...": 6}
_GAP_WORD = r"(?!(?:not|never|no|nicht|nie|niemals|kein\w{0,2}|don't|won't)\b)\w+(?:'\w+)?"
_WORD = re.compile(r"\w+(?:'\w+)?")
# Stems are looked up by their first letters.
_STEM = 2


@dataclass(frozen=True)
class _Phrase:
    pattern: re.Pattern[str]
    is_first: bool


class PhraseBook:
    """Phrases indexed by how they begin, so that a text is read once, word by word."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._words: dict[str, list[_Phrase]] = defaultdict(list)
        self._stems: dict[str, list[tuple[str, _Phrase]]] = defaultdict(list)
        self._any: list[_Phrase] = []
        self._numbers: list[_Phrase] = []
        for phrase in phrases:
            self._add(phrase)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where phrases stand, one a beginning word: the longest that begins there."""
        is_first = True
        for word in _WORD.finditer(text):
            ends = [
                match.end()
                for phrase in self._beginning_with(word.group().lower())
                if (is_first or not phrase.is_first)
                and (match := phrase.pattern.match(text, word.start()))
            ]
            is_first = False
            if ends:
                yield word.start(), max(ends)

    def is_in(self, text: str) -> bool:
        return next(self.find(text), None) is not None

    def _beginning_with(self, word: str) -> Iterator[_Phrase]:
        stem, apostrophe, _ = word.partition("'")
        yield from self._words.get(word, ())
        if apostrophe:
            yield from self._words.get(stem, ())
        for known, phrase in self._stems.get(word[:_STEM], ()):
            if word.startswith(known):
                yield phrase
        if word[0].isdigit():
            yield from self._numbers
        yield from self._any

    def _add(self, written: str) -> None:
        signs = written.split()
        is_first = signs[0] == "^"
        signs = signs[is_first:]
        phrase = _Phrase(re.compile(_expression(signs), re.IGNORECASE), is_first=is_first)
        for begin in set(_beginnings(signs)):
            if begin == "#":
                self._numbers.append(phrase)
                for number in _NUMBERS:
                    self._words[number].append(phrase)
            elif begin.startswith("*"):
                self._any.append(phrase)
            elif begin.endswith("*"):
                self._stems[begin[:_STEM]].append((begin[:-1], phrase))
            else:
                self._words[begin].append(phrase)


def _beginnings(signs: list[str]) -> Iterator[str]:
    """The words a phrase may begin with."""
    for sign in signs:
        if sign.startswith("!"):
            continue
        for part in sign.rstrip("?").split("|"):
            yield part.split("_")[0].lower()
        if not sign.endswith("?"):
            return


def _expression(signs: list[str]) -> str:
    built = ""
    needs_space = False
    for sign in signs:
        if sign == "$":
            built += r"[^\w]{0,6}$"
        elif sign in _GAPS:
            built += rf"(?:{_APART}{_GAP_WORD}){{0,{_GAPS[sign]}}}"
        elif sign.startswith("!"):
            built += rf"(?!{_APART if needs_space else ''}{_either(sign[1:])})"
        elif sign.endswith("?"):
            word = _either(sign[:-1])
            built += rf"(?:{_APART}{word})?" if needs_space else rf"(?:{word}{_APART})?"
        else:
            built += (_APART if needs_space else "") + _either(sign)
            needs_space = True
    return built


def _either(sign: str) -> str:
    return f"(?:{'|'.join(_alternative(part) for part in sign.split('|'))})"


def _alternative(part: str) -> str:
    if part == "#":
        return rf"\b(?:\d{{1,3}}|{'|'.join(_NUMBERS)})\b"
    return _APART.join(_single(word) for word in part.split("_"))


def _single(word: str) -> str:
    if word == "*":
        return r"\b\w+\b"
    if word.startswith("*"):
        return rf"\b\w+{re.escape(word[1:])}\b"
    begin, star, end = word.partition("*")
    if star and end:
        return rf"\b{re.escape(begin)}\w*{re.escape(end)}\b"
    return rf"\b{re.escape(word.rstrip('*'))}" + (r"\w*" if word.endswith("*") else r"\b")

"""What takes a phrase its meaning: a negation beside it, or quotation marks around it."""

from __future__ import annotations

import re

# So many words on either side of a phrase a negation reaches (BRIEFING 3.5).
REACH = 3

_BEFORE = {
    "en": re.compile(
        r"^(?:not|never|no|nor|without|hardly|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|"
        r"won't|wouldn't|can't|cannot|couldn't|shouldn't|haven't|hasn't|dont|wont|far)$"
    ),
    "de": re.compile(r"^(?:nicht|nie|niemals|kein\w{0,2}|ohne|keinesfalls|keineswegs|weder)$"),
}
_AFTER = {
    "en": re.compile(r"^(?:not|n't)$"),
    "de": re.compile(r"^(?:nicht|keinesfalls|keineswegs)$"),
}
_SUPPOSED = {
    "en": re.compile(r"\b(?:if|in case|unless|whether)\b[^,;:.!?]{0,50}$", re.IGNORECASE),
    "de": re.compile(r"\b(?:falls|wenn|ob|sofern)\b[^,;:.!?]{0,50}$", re.IGNORECASE),
}
_WORD = re.compile(r"[\w']+")
_CLAUSE = re.compile(r"[,;:.!?()–—]")
_QUOTED = re.compile(r"[\"“„”«»][^\"“„”«»\n]{1,200}[\"“„”«»]")


def is_negated(sentence: str, start: int, end: int, *, language: str) -> bool:
    """Whether a negation stands within REACH words of a phrase, in the same clause."""
    before = _clause_before(sentence[max(0, start - 60) : start])
    after = _CLAUSE.split(sentence[end : end + 60], maxsplit=1)[0]
    return _has(before[-REACH:], _BEFORE[language]) or _has(_words(after)[:REACH], _AFTER[language])


def is_supposed(sentence: str, start: int, *, language: str) -> bool:
    """Whether a phrase is only a condition: "if the problem persists"."""
    return _SUPPOSED[language].search(sentence[max(0, start - 70) : start]) is not None


def has_negation(words: str, *, language: str) -> bool:
    return _has(_words(words), _BEFORE[language])


def is_quoted(sentence: str, start: int, end: int) -> bool:
    """Whether a phrase is somebody else's: inside quotation marks."""
    return any(q.start() <= start and end <= q.end() for q in _QUOTED.finditer(sentence))


def _clause_before(text: str) -> list[str]:
    return _words(_CLAUSE.split(text)[-1])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _has(words: list[str], negation: re.Pattern[str]) -> bool:
    return any(negation.match(word) for word in words)

"""Promises in what an agent writes: dated, conditional, or without a date (BRIEFING 3.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from helpdesk.lib.calendars import BusinessHours
from tickets.sentences import promise_words_de, promise_words_en
from tickets.sentences.due import Due, due_in, office_hours
from tickets.sentences.guards import is_quoted
from tickets.sentences.languages import languages_to_read
from tickets.sentences.phrases import PhraseBook
from tickets.sentences.splitting import Sentence, sentences_of

DATED = "dated"
CONDITIONAL = "conditional"
UNDATED = "undated"

_WORDS = {"en": promise_words_en, "de": promise_words_de}
_PROMISES = {code: PhraseBook(words.PROMISES) for code, words in _WORDS.items()}
_WITH_DATE = {code: PhraseBook(words.PROMISES_WITH_DATE) for code, words in _WORDS.items()}
_NOT_PROMISES = {code: PhraseBook(words.NOT_PROMISES) for code, words in _WORDS.items()}
_CONDITIONS = {code: PhraseBook(words.CONDITIONS) for code, words in _WORDS.items()}
# What somebody said earlier is told, not promised.
_TOLD = re.compile(
    r"\b(?:told you|said|wrote|thought|mentioned that|sagte|schrieb|meinte|dachte|hieß es)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:–—]|\b(?:and|but|then) (?=i\b|we\b|you'll\b)|\b(?:und|dann) (?=ich\b|wir\b)",
    re.IGNORECASE,
)
# A negation anywhere in the clause of the promise undoes it.
_NEGATED = {
    "en": re.compile(r"\b(?:not|won't|never|unable|no longer|unfortunately)\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:nicht|nie|niemals|leider|kein\w{0,2})\b", re.IGNORECASE),
}
_LATER_THAN = re.compile(
    r"\b(?:no|not) later than\b|\bnicht später als\b|\b(?:nicht|not) (?:mehr )?(?:vorkommt|vorkommen|happen\w*|passier\w*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PromiseSentence:
    """A sentence that promises something: its class, words, place, and when it falls due.

    `due_at` is set in the class "dated" only.
    """

    kind: str
    text: str
    start: int
    end: int
    due_at: datetime | None = None


def promises_in(
    text: str,
    language: str,
    *,
    at: datetime,
    time_zone: ZoneInfo,
    hours: BusinessHours | None = None,
) -> list[PromiseSentence]:
    """Find what an agent's words promise, in their order.

    Days are those of `time_zone`; working days those of `hours`, else Monday to Friday. Questions,
    quotations, hedges and what others will do are no promises. An unknown language is read as
    each we know.
    """
    calendar = hours or office_hours(time_zone)
    found = []
    for sentence in sentences_of(text):
        due = due_in(sentence.words, at=at, hours=calendar)
        for code in languages_to_read(language):
            kind = _kind(sentence, code, due)
            if kind:
                found.append(_promise(kind, sentence, due, text))
                break
    return found


def _promise(kind: str, sentence: Sentence, due: Due | None, text: str) -> PromiseSentence:
    words = " ".join(text[sentence.start : sentence.end].split())
    due_at = due.at if due and kind == DATED else None
    return PromiseSentence(kind, words, sentence.start, sentence.end, due_at)


def _kind(sentence: Sentence, language: str, due: Due | None) -> str:
    """The class of a sentence, or "" for no promise."""
    if sentence.is_question or not _promises(sentence.words, language, has_date=due is not None):
        return ""
    if _CONDITIONS[language].is_in(sentence.words):
        return CONDITIONAL
    return DATED if due else UNDATED


def _promises(words: str, language: str, *, has_date: bool) -> bool:
    said = [*_PROMISES[language].find(words)]
    if has_date:
        said += _WITH_DATE[language].find(words)
    excluded = [*_NOT_PROMISES[language].find(words)]
    return any(
        not is_quoted(words, start, end) and not _is_undone(words, start, end, excluded, language)
        for start, end in said
    )


def _is_undone(
    words: str, start: int, end: int, excluded: list[tuple[int, int]], language: str
) -> bool:
    """Whether a hedge or a negation in the same clause takes the promise back."""
    breaks = [mark.end() for mark in _CLAUSE.finditer(words)]
    opens = max((at for at in breaks if at <= start), default=0)
    closes = min((at for at in breaks if at > end), default=len(words))
    if _TOLD.search(words[:start]):
        return True
    if any(opens <= begin < closes for begin, _ in excluded):
        return True
    clause = _LATER_THAN.sub("", words[opens:closes])
    return _NEGATED[language].search(clause) is not None

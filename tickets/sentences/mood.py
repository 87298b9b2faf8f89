"""Mood cues: what customers say about asking again, waiting, anger and leaving (BRIEFING 3.5)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from tickets.sentences.guards import has_negation, is_negated, is_quoted, is_supposed
from tickets.sentences.languages import languages_to_read
from tickets.sentences.mood_kinds import LEAVING, REPEAT, STRONG, WAITING
from tickets.sentences.mood_words_de import GERMAN
from tickets.sentences.mood_words_en import ENGLISH
from tickets.sentences.phrases import PhraseBook
from tickets.sentences.splitting import Sentence, sentences_of

KINDS = (REPEAT, WAITING, STRONG, LEAVING)

_PHRASES = {
    language: {kind: PhraseBook(phrases) for kind, phrases in words.items()}
    for language, words in (("en", ENGLISH), ("de", GERMAN))
}
# Somebody who is content, or has time, does not say in the same breath that they wait.
_CONTENT = {
    "en": PhraseBook(
        (
            "enjoy*|love|loving|happy|pleased|delighted|perfect|wonderful|excellent|pleasure",
            "no rush|hurry|problem",
            "take your|the time",
            "thanks|thank_you again|for .. help|quick|great",
            "not urgent",
            "don't mind",
            "all good|fine|sorted",
            "fine now",
        )
    ),
    "de": PhraseBook(
        (
            "freu*|begeistert|zufrieden|glücklich|perfekt|wunderbar|super|bestens|gern|gerne",
            "keine eile",
            "nicht eilig|dringend",
            "macht .. nichts aus",
            "lassen|nehmen sie sich",
            "vielen dank für|nochmals",
            "alles gut|bestens",
        )
    ),
}
# "Can I pause for a month?" asks what is possible and waits for nothing.
_ASKS_WHETHER = {
    "en": re.compile(
        r"^[^\w]{0,3}(?:can|could|may|do|does|will|would) (?:i|we|you|it)\b|\bwhat happens\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"^[^\w]{0,3}(?:kann|können|könnte|könnten|darf|dürfen) (?:ich|wir|man|sie|es)\b|"
        r"\bwas passiert\b",
        re.IGNORECASE,
    ),
}
# To ask how something is done is not to say that one does it.
_ASKS_HOW = {
    "en": re.compile(
        r"^[^\w]{0,3}(?:how|what|where|which|can i|could i|may i|is it possible|do i|is there|"
        r"if i wanted)\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"^[^\w]{0,3}(?:wie|was|wo|welche\w{0,2}|kann ich|könnte ich|ist es möglich|gibt es|"
        r"darf ich|muss ich)\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True)
class Cue:
    """A phrase that says a mood: its kind (one of KINDS), the customer's words, and where."""

    kind: str
    quote: str
    start: int
    end: int


def mood_cues(text: str, language: str, kinds: Collection[str] = KINDS) -> list[Cue]:
    """Find what a customer's own words say of their mood, in the order it is written.

    Of these kinds only. One cue a kind and sentence. Negated, quoted and merely asked-about phrases are left out; an
    unknown language is read as each we know.
    """
    cues = []
    for sentence in sentences_of(text):
        for code in languages_to_read(language):
            cues += _cues_in(sentence, code, text, kinds)
    return sorted(dict.fromkeys(cues), key=lambda cue: (cue.start, cue.end))


def _cues_in(sentence: Sentence, language: str, text: str, kinds: Collection[str]) -> list[Cue]:
    found = []
    for kind, phrases in _PHRASES[language].items():
        if kind not in kinds or _takes_back(sentence, kind, language):
            continue
        for start, end in phrases.find(sentence.words):
            if _means_it(sentence.words, start, end, kind=kind, language=language):
                found.append(_cue(kind, text, sentence.start + start, sentence.start + end))
                break
    return found


def _cue(kind: str, text: str, start: int, end: int) -> Cue:
    return Cue(kind, text[start:end], start, end)


def _takes_back(sentence: Sentence, kind: str, language: str) -> bool:
    """Whether the sentence as a whole says otherwise: content people wait gladly, askers ask."""
    if kind in {WAITING, REPEAT}:
        asks = sentence.is_question and _ASKS_WHETHER[language].search(sentence.words)
        return bool(asks or _CONTENT[language].is_in(sentence.words))
    if kind == LEAVING:
        return _ASKS_HOW[language].match(sentence.words) is not None
    return False


def _means_it(words: str, start: int, end: int, *, kind: str, language: str) -> bool:
    if is_quoted(words, start, end):
        return False
    if kind != LEAVING and is_supposed(words, start, language=language):
        return False  # who threatens to leave does so on conditions
    if has_negation(words[start:end], language=language):
        return True  # the phrase is made of its negation: "still not", "nobody answered"
    return not is_negated(words, start, end, language=language)

"""Which known keys a text asks for: "Could you send me your order number?" asks order_number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tickets.sentences.asking_words import NAMES, REQUESTS
from tickets.sentences.languages import languages_to_read
from tickets.sentences.phrases import PhraseBook
from tickets.sentences.splitting import sentences_of

_REQUESTS = {language: PhraseBook(phrases) for language, phrases in REQUESTS.items()}
_NAMES = {key: PhraseBook(phrases) for key, phrases in NAMES.items()}
KEYS = tuple(NAMES)


@dataclass(frozen=True)
class Asked:
    """One sentence that asks for things, by the keys of facts, and where it stands."""

    keys: frozenset[str]
    text: str
    start: int
    end: int


def asks_in(text: str, language: str) -> list[Asked]:
    """Find the sentences that ask for something a fact may hold, in their order.

    A sentence counts that is a question or a request and names a key. An unknown language is read
    as each we know.
    """
    return list(_asks(text, languages_to_read(language)))


def asked_keys(text: str, language: str) -> set[str]:
    """The keys of facts that a text asks for."""
    return {key for asked in asks_in(text, language) for key in asked.keys}


def _asks(text: str, languages: tuple[str, ...]) -> Iterator[Asked]:
    for sentence in sentences_of(text):
        if not any(_REQUESTS[code].is_in(sentence.words) for code in languages):
            continue
        keys = frozenset(key for key, names in _NAMES.items() if names.is_in(sentence.words))
        if keys:
            words = text[sentence.start : sentence.end]
            yield Asked(keys, words, sentence.start, sentence.end)

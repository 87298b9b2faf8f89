"""The terms of a text and how alike two texts are: stems, weighted by how rare they are.

The cosine of TF-IDF vectors (Salton and Buckley 1988): 1 + ln(count) times ln(N / documents).
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

import snowballstemmer

from tickets.issues.common_words import COMMON_WORDS

LONGEST_TERM = 40
MOST_WORDS = 600
_WORD = re.compile(r"[^\W_]+")
_LANGUAGES = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian",
    "nl": "dutch", "no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


def terms_of(subject: str, text: str, *, language: str = "") -> Counter[str]:
    """Return the stems of a ticket's first words with their counts, the subject counted twice.

    At most MOST_WORDS words are read, so that a long text costs no more than a page.
    """
    folded = unicodedata.normalize("NFKC", f"{subject}\n{subject}\n{text[: MOST_WORDS * 20]}")
    words = _WORD.findall(folded.casefold())[:MOST_WORDS]
    two_letters = language[:2].lower()
    common = COMMON_WORDS.get(two_letters, frozenset())
    return Counter(
        stem(word, two_letters)
        for word in words
        if 1 < len(word) <= LONGEST_TERM and word not in common
    )


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Return a word without its endings, in the languages that have a Snowball stemmer."""
    if word.isdecimal() or language not in _LANGUAGES:
        return word
    return str(_stemmer(language).stemWord(word))


@lru_cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_LANGUAGES[language])


def as_written(terms: Iterable[str], text: str, *, language: str = "") -> list[str]:
    """Return terms as a text has them, with their endings; one that is not in it stays as it is."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = {stem(word, language[:2].lower()): word for word in _WORD.findall(folded)[::-1]}
    return [words.get(term, term) for term in terms]


class Weights:
    """How much each term says: ln(N / documents), from one snapshot of all tickets."""

    def __init__(self, documents: int, frequencies: Mapping[str, int]) -> None:
        self.documents = max(1, documents)
        self.frequencies = frequencies
        self._rarities: dict[str, float] = {}

    def rarity(self, term: str) -> float:
        """Return ln((1 + N) / (1 + documents)) + 1; a term never seen counts as seen once."""
        known = self._rarities.get(term)
        if known is None:
            documents = self.frequencies.get(term, 1)
            known = self._rarities[term] = math.log((1 + self.documents) / (1 + documents)) + 1
        return known

    def vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Return the weighted terms of one text, of length one."""
        weighed = {t: (1 + math.log(n)) * self.rarity(t) for t, n in counts.items()}
        length = math.sqrt(sum(w * w for w in weighed.values())) or 1.0
        return {term: weight / length for term, weight in weighed.items()}


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how alike two vectors are, from 0 (no word in common) to 1."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[term] for term, weight in one.items() if term in other)


def shared_terms(one: Mapping[str, float], other: Mapping[str, float], most: int = 3) -> list[str]:
    """Return the terms that make two texts alike, the heaviest first."""
    both = {term: weight * other[term] for term, weight in one.items() if term in other}
    return sorted(both, key=lambda term: (-both[term], term))[:most]

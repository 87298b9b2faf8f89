"""What mail programs write around people's words, in thirty languages: `phrases.json` folded."""

import json
import re
import unicodedata
from pathlib import Path

_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES = re.compile(r"[\s\u00a0]+")
_TABLE: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("phrases.json").read_text(encoding="utf-8")
)
ROLES = ("from", "date", "to", "cc", "subject", "other")
LANGUAGES = tuple(_TABLE)


def plain(text: str) -> str:
    """The text without invisible characters, single spaces, typewriter apostrophes."""
    text = _INVISIBLE.sub("", text).replace("\u2019", "'").replace("\uff1a", ":")
    return _SPACES.sub(" ", text).strip()


def fold(text: str) -> str:
    """The text as phrases are compared: `plain`, composed and caseless."""
    return unicodedata.normalize("NFC", plain(text)).casefold()


def _phrases(kind: str) -> frozenset[str]:
    return frozenset(fold(phrase) for words in _TABLE.values() for phrase in words[kind])


# Folded header label -> role. The earlier language keeps a label two languages use differently.
LABELS: dict[str, str] = {}
for _words in _TABLE.values():
    for _role in ROLES:
        for _label in _words[_role]:
            LABELS.setdefault(fold(_label), _role)

# The same labels as they are written, longest first: for header blocks run together in one line.
WRITTEN_LABELS: tuple[tuple[str, str], ...] = tuple(
    sorted(
        {
            (plain(label), role)
            for words in _TABLE.values()
            for role in ROLES
            for label in words[role]
        },
        key=lambda pair: (-len(pair[0]), pair),
    )
)

WROTE = _phrases("wrote")
ON = tuple(sorted(_phrases("on"), key=len, reverse=True))
ORIGINAL = _phrases("original")
FORWARDED = _phrases("forwarded")
DEVICE = tuple(sorted(_phrases("device")))
CLOSING = _phrases("closing")
CONFIDENTIAL = _phrases("confidential")
CONFIDENTIAL_CORE = frozenset(fold(words["confidential"][0]) for words in _TABLE.values())

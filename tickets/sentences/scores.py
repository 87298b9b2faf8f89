"""How well moods and promises are recognised, on sentences labelled by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tickets.sentences.mood import KINDS, mood_cues
from tickets.sentences.promising import CONDITIONAL, DATED, UNDATED, promises_in

# What the labels are said at: any Thursday does, labels name no day.
_AT = datetime(2026, 2, 26, 10, 0, tzinfo=UTC)
WRITING, ASIDE, LATER = "writing", "aside", "later"


@dataclass(frozen=True)
class Score:
    """Hits, false alarms and misses of one class on some sentences."""

    language: str
    half: str
    name: str
    hits: int
    alarms: int
    misses: int

    @property
    def precision(self) -> float | None:
        return self.hits / (self.hits + self.alarms) if self.hits + self.alarms else None

    @property
    def recall(self) -> float | None:
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else None


def mood_of(text: str, language: str) -> set[str]:
    return {cue.kind for cue in mood_cues(text, language)}


def promise_of(text: str, language: str) -> set[str]:
    found = promises_in(text, language, at=_AT, time_zone=ZoneInfo("UTC"))
    return {found[0].kind} if found else set()


SUBJECTS: dict[str, tuple[tuple[str, ...], Callable[[str, str], set[str]]]] = {
    "mood": (KINDS, mood_of),
    "promises": ((DATED, CONDITIONAL, UNDATED), promise_of),
}


def half_of(text: str) -> str:
    """Which half a sentence is in: read while writing the phrases, or kept aside."""
    return ASIDE if hashlib.sha256(text.encode()).digest()[0] % 2 else WRITING


def scores_of(folder: Path, subject: str) -> Iterator[Score]:
    """Score every language and half of a subject; files are lines of sentence, tab, labels.

    A file that ends in `_later` holds sentences written after the phrases.
    """
    classes, tell = SUBJECTS[subject]
    for path in sorted(folder.glob(f"{subject}_*.tsv")):
        language = path.stem.split("_")[1]
        rows = [line.split("\t") for line in path.read_text().splitlines() if "\t" in line]
        later = path.stem.endswith("_later")
        for half in (LATER,) if later else (WRITING, ASIDE):
            chosen = [row for row in rows if later or half_of(row[0]) == half]
            told = [(set(labels.split(",")), tell(text, language)) for text, labels in chosen]
            for name in classes:
                yield Score(
                    language=language,
                    half=half,
                    name=name,
                    hits=sum(name in want and name in got for want, got in told),
                    alarms=sum(name in got and name not in want for want, got in told),
                    misses=sum(name in want and name not in got for want, got in told),
                )

"""Rows of an import folder: JSON Lines, one at a time, with the reason where one is unusable."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class Unusable(Exception):
    """A row cannot be taken over; says why."""


@dataclass
class Report:
    """What an import did: rows taken over, known already and refused, by file."""

    taken: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str, str]] = field(default_factory=list)

    def refuse(self, file: str, row: str, reason: str) -> None:
        self.refused.append((file, row, reason))

    def lines(self) -> Iterator[str]:
        """Say it in lines: a total per file, then every refused row with its reason."""
        for file in sorted({*self.taken, *self.known, *(f for f, _, _ in self.refused)}):
            refused = sum(f == file for f, _, _ in self.refused)
            yield (
                f"{file}: {self.taken[file]} taken over, {self.known[file]} known already,"
                f" {refused} refused"
            )
        for file, row, reason in self.refused:
            yield f"refused {file} {row}: {reason}"


def read_rows(path: Path, report: Report) -> Iterator[Row]:
    """Yield the objects of a JSON Lines file; a broken line is refused and the rest goes on."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                report.refuse(path.name, f"line {number}", f"no JSON: {error.msg}")
                continue
            if isinstance(row, dict):
                yield row
            else:
                report.refuse(path.name, f"line {number}", "not an object")


def moment(row: Row, key: str) -> datetime:
    """Return the aware moment under a key. Raises Unusable."""
    try:
        at = datetime.fromisoformat(row[key])
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable(f"{key} is no ISO 8601 moment") from error
    if at.tzinfo is None:
        raise Unusable(f"{key} has no time zone")
    return at


def text(row: Row, key: str) -> str:
    """Return the non-empty text under a key. Raises Unusable."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Unusable(f"{key} is missing")
    return value.strip()

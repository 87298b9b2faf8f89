"""Read an incident log: one row per recorded update of an incident, in the order recorded."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TextIO

from tickets.models import Category, Ticket

# What the log calls a state, and the category it stands for. Others are broken rows, left out.
STATES: dict[str, Category] = {
    "New": Category.NEW,
    "Active": Category.OPEN,
    "Awaiting User Info": Category.WAIT_CUSTOMER,
    "Awaiting Vendor": Category.WAIT_OTHER,
    "Awaiting Problem": Category.WAIT_OTHER,
    "Awaiting Evidence": Category.WAIT_OTHER,
    "Resolved": Category.SOLVED,
    "Closed": Category.CLOSED,
}
# Theirs counts from 1, the most urgent; ours to 4.
PRIORITIES: dict[str, Ticket.Priority] = {
    "1": Ticket.Priority.URGENT,
    "2": Ticket.Priority.HIGH,
    "3": Ticket.Priority.NORMAL,
    "4": Ticket.Priority.LOW,
}


@dataclass(frozen=True)
class Update:
    """How an incident stood after one update. `category` is None for a broken row."""

    at: datetime
    state: str
    category: Category | None
    group: str
    assignee: str
    priority: Ticket.Priority


@dataclass(frozen=True)
class Incident:
    key: str
    opened_at: datetime
    updates: tuple[Update, ...]


def read_incidents(folder: Path) -> Iterator[Incident]:
    """Yield the incidents of events.csv.gz or events.csv in a folder, each with its updates.

    Raises FileNotFoundError; ValueError or KeyError where a row is not of the known form.
    """
    with _open(folder) as lines:
        for key, rows in groupby(csv.DictReader(lines), key=lambda row: row["ticket"]):
            updates = list(rows)
            opened_at = _moment(updates[0]["opened_at"])
            yield Incident(key, opened_at, tuple(map(_update, updates)))


def _open(folder: Path) -> TextIO:
    packed = folder / "events.csv.gz"
    if packed.exists():
        return gzip.open(packed, "rt", encoding="utf-8")
    return (folder / "events.csv").open(encoding="utf-8")


def _update(row: dict[str, str]) -> Update:
    return Update(
        at=_moment(row["at"]),
        state=row["state"],
        category=STATES.get(row["state"]),
        group=row["group"],
        assignee=row["assignee"],
        priority=PRIORITIES[row["priority"]],
    )


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)

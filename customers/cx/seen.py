"""A fact as the summary reads it, and the few ways to pick some of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SHORT = timedelta(days=90)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Seen:
    """A fact as the summary reads it; `pk` is its row's, where it has one."""

    kind: str
    at: datetime
    value: float | None = None
    ticket_number: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    pk: int | None = None


def of_kind(facts: Iterable[Seen], *kinds: str) -> list[Seen]:
    return [fact for fact in facts if fact.kind in kinds]


def between(facts: Iterable[Seen], after: datetime, until: datetime) -> list[Seen]:
    return [fact for fact in facts if after < fact.at <= until]


def since(facts: Iterable[Seen], kind: str, after: datetime) -> list[Seen]:
    """The facts of a kind after a moment; those that lie ahead of us too."""
    return [fact for fact in facts if fact.kind == kind and fact.at > after]

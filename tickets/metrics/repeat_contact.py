"""Repeat contacts (METRICS 5.2): the customer had turned to us about the same problem before.

A contact repeats an earlier one of the same customer, within 30 days before it, on another ticket
of the same issue or topic, or on the same ticket once that had been solved in between. A contact
of unknown topic counts as the same problem, so that the number never flatters. Words inside an
open ticket are no repeats but chasers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

REACH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Known:
    """A contact of a customer, with what is known of its problem."""

    at: datetime
    ref: str
    ticket_number: int
    topic: int | None
    issue: int | None


def repeats(
    contacts: Sequence[Known], solved: Mapping[int, Sequence[datetime]]
) -> Iterator[tuple[Known, timedelta]]:
    """Yield each contact that repeats an earlier one, and how long after the last such it came.

    `contacts` are one customer's, oldest first; `solved` are the solvings of tickets by number,
    oldest first.
    """
    for place, contact in enumerate(contacts):
        for earlier in reversed(contacts[:place]):
            gap = contact.at - earlier.at
            if gap > REACH:
                break
            if _is_same(earlier, contact, solved.get(contact.ticket_number, ())):
                yield contact, gap
                break


def is_same_problem(
    topic: int | None, issue: int | None, other_topic: int | None, other_issue: int | None
) -> bool:
    """Whether two tickets are about the same, as far as is known."""
    if issue is not None and issue == other_issue:
        return True
    return None in {topic, other_topic} or topic == other_topic


def _is_same(earlier: Known, later: Known, solved: Sequence[datetime]) -> bool:
    if earlier.ticket_number == later.ticket_number:
        return bisect_right(solved, later.at) > bisect_right(solved, earlier.at)
    return is_same_problem(later.topic, later.issue, earlier.topic, earlier.issue)

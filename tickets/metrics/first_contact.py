"""First-contact resolution (METRICS 5.2, operational).

The first cycle had exactly one public reply (or one answered call or visit), was solved, was not
reopened within the window, and the customer made no further contact about the same issue or topic
within it. The window is seven days, or what the company has chosen (CountingChoices). A contact of
unknown topic counts as the same problem, so that the number never flatters. Not eligible: tickets
we opened, and those the customer withdrew without a reply. A miss is decided at once, a success
only when the window has closed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.metrics.repeat_contact import is_same_problem


@dataclass(frozen=True)
class FirstContact:
    """The verdict; `is_solved` None with a `decided_at` is a ticket that is not eligible."""

    is_solved: bool | None
    decided_at: datetime | None


@dataclass(frozen=True)
class FurtherContact:
    at: datetime
    ticket_number: int
    topic: int | None
    issue: int | None = None


@dataclass(frozen=True)
class Attempt:
    """What is known of a first cycle when the question is asked."""

    ticket_number: int
    topic: int | None
    solved_at: datetime
    replies: int
    is_eligible: bool
    reopened_at: datetime | None
    issue: int | None = None


UNDECIDED = FirstContact(None, None)


def judge(
    attempt: Attempt, further: Iterable[FurtherContact], *, window: timedelta, at: datetime
) -> FirstContact:
    """Say whether a first cycle solved it at first contact, as far as is known at a moment."""
    if not attempt.is_eligible:
        return FirstContact(None, attempt.solved_at)
    if attempt.replies != 1:
        return FirstContact(is_solved=False, decided_at=attempt.solved_at)
    closes_at = attempt.solved_at + window
    came_back = [contact.at for contact in further if _is_same(contact, attempt)]
    if attempt.reopened_at is not None:
        came_back.append(attempt.reopened_at)
    within = [moment for moment in came_back if attempt.solved_at < moment <= closes_at]
    if within:
        return FirstContact(is_solved=False, decided_at=min(within))
    return FirstContact(is_solved=True, decided_at=closes_at) if closes_at <= at else UNDECIDED


def _is_same(contact: FurtherContact, attempt: Attempt) -> bool:
    if contact.ticket_number == attempt.ticket_number:
        return False  # on the same ticket a reopening tells
    return is_same_problem(contact.topic, contact.issue, attempt.topic, attempt.issue)

"""The health word of BRIEFING 3.9: each condition, and that nothing else makes it."""

from datetime import timedelta

import pytest

from customers.cx.health import health
from customers.cx.health_display import health_of
from customers.cx.seen import Seen
from customers.cx.summary import summarise
from tests.conftest import MONDAY_9AM

DAY = timedelta(days=1)
NOW = MONDAY_9AM
SOLVED = {"business": 60.0, "on_us": 60.0, "on_customer": 0.0}


def ago(days: int, kind: str, value: float | None = 1.0, ticket: int = 1) -> Seen:
    data = SOLVED if kind == "time_to_solve" else {}
    return Seen(kind, NOW - days * DAY, value, ticket, data)


def contacts(ticket: int, count: int) -> list[Seen]:
    return [ago(days, "contact", ticket=ticket) for days in range(1, count + 1)]


def word(facts: list[Seen], usual_days: int | None = None) -> tuple[str, list[str]]:
    found = health(sorted(facts, key=lambda one: one.at), at=NOW, usual_days=usual_days)
    return found["word"], [reason["code"] for reason in found["reasons"]]


LABOURED = [ago(3, "open"), *contacts(1, 3)]


@pytest.mark.parametrize(
    ("facts", "expected", "reason"),
    [
        ([ago(29, "leaving")], "at_risk", "leaving"),
        ([ago(31, "leaving")], "unknown", ""),
        ([ago(12, "promise", None)], "at_risk", "promise_long_overdue"),
        ([ago(2, "promise", None)], "watch", "promise_overdue"),
        ([ago(-2, "promise", None)], "unknown", ""),
        ([ago(1, "rating", 2), ago(3, "rating", 1)], "at_risk", "bad_ratings"),
        ([ago(1, "rating", 5), ago(2, "rating", 1), ago(3, "rating", 2)], "at_risk", "bad_ratings"),
        ([ago(1, "rating", 2), ago(3, "rating", 5)], "watch", "last_rating"),
        ([*LABOURED, ago(2, "target_first_reply", 0)], "at_risk", "contacts_and_missed"),
        ([*LABOURED, ago(2, "target_first_reply", 1)], "watch", "many_contacts"),
        ([*LABOURED, ago(2, "target_first_reply", 0, 9)], "watch", "many_contacts"),
        ([ago(3, "open"), *contacts(1, 2)], "unknown", ""),
        ([ago(1, "reopened"), ago(2, "reopened")], "watch", "reopened"),
        ([ago(1, "reopened"), ago(91, "reopened")], "unknown", ""),
        ([ago(n, "time_to_solve", 9, n) for n in (1, 2, 3)], "steady", "solved"),
        ([ago(n, "time_to_solve", 9, n) for n in (1, 2)], "unknown", ""),
    ],
)
def test_each_condition_makes_its_word(facts: list[Seen], expected: str, reason: str) -> None:
    assert word(facts) == (expected, [reason] if reason else [])


def same_issue(*tickets: int) -> list[Seen]:
    return [ago(9, "issue", min(tickets), ticket) for ticket in tickets]


def test_contacts_on_several_tickets_of_one_issue_count_together() -> None:
    spread = [ago(3, "open", ticket=2), *contacts(1, 2), *contacts(2, 1)]

    assert word(spread) == ("unknown", [])
    assert word([*spread, *same_issue(1, 2)]) == ("watch", ["many_contacts"])
    missed = ago(5, "target_solving", 0, 1)
    assert word([*spread, *same_issue(1, 2), missed]) == ("at_risk", ["contacts_and_missed"])


def test_three_tickets_of_one_issue_are_one_issue_solved() -> None:
    solved = [ago(n, "time_to_solve", 9, n) for n in (1, 2, 3)]

    assert word([*solved, *same_issue(1, 2, 3)]) == ("unknown", [])


def test_a_ticket_is_old_only_against_an_age_that_is_known() -> None:
    assert word([ago(8, "open")]) == ("unknown", [])
    assert word([ago(8, "open")], usual_days=9) == ("unknown", [])
    assert word([ago(8, "open")], usual_days=7) == ("watch", ["old_ticket"])


def test_every_reason_is_said_and_names_its_rows() -> None:
    facts = [ago(1, "leaving", ticket=7), ago(12, "promise", None, 8), *LABOURED]

    found = health_of(summarise(facts, at=NOW))

    assert found.label == "At risk"
    assert [reason.code for reason in found.reasons] == ["leaving", "promise_long_overdue"]
    assert found.reasons[0].text == "they spoke of leaving in the last 30 days"

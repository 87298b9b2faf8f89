from datetime import timedelta

import pytest

from customers.cx.cells import cells
from customers.cx.display import show_share, show_times
from customers.cx.seen import Seen
from customers.cx.spreads import wilson
from customers.cx.summary import summarise
from tests.conftest import MONDAY_9AM

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (3, 3, 43.8, 100.0),
        (4, 5, 37.6, 96.4),
        (9, 10, 59.6, 98.2),
        (45, 50, 78.6, 95.7),
        (180, 200, 85.1, 93.4),
    ],
)
def test_the_wilson_interval_is_the_checked_one(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)

    assert (round(100 * found[0], 1), round(100 * found[1], 1)) == (low, high)


def replies(n: int) -> list[Seen]:
    return [
        Seen("first_response", MONDAY_9AM - i * HOUR, 3600.0 * i, i, {"business": 60.0 * i})
        for i in range(1, n + 1)
    ]


def shown(n: int) -> str:
    data = summarise(replies(n), at=MONDAY_9AM)
    return show_times(data["first_reply"]["business"], nothing="none")


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "none"),
        (3, "3 m, 2 m, 1 m"),
        (5, "3 m (all 1 m to 5 m)"),
        (10, "5 m (half of them 3 m to 7 m)"),
    ],
)
def test_times_are_shown_by_how_many_there_are(n: int, text: str) -> None:
    assert shown(n) == text


@pytest.mark.parametrize(
    ("k", "n", "text"),
    [
        (0, 0, "none"),
        (1, 2, "1 of 2"),
        (4, 5, "4 of 5"),
        (9, 10, "90 % (60 to 98 %, n 10)"),
    ],
)
def test_a_share_is_a_percentage_only_from_ten_on(k: int, n: int, text: str) -> None:
    assert show_share(k, n, nothing="none") == text


def test_contacts_are_compared_with_the_window_before() -> None:
    facts = [Seen("contact", MONDAY_9AM - days * DAY, 1, days) for days in (1, 2, 100, 300)]

    block = summarise(facts, at=MONDAY_9AM)["contacts"]

    assert (block["n"], block["was"]) == (2, 1)


def test_an_open_ticket_is_listed_and_never_averaged_in() -> None:
    data = summarise([Seen("open", MONDAY_9AM - 3 * HOUR, 1, 7)], at=MONDAY_9AM)

    (cell,) = [cell for cell in cells(data, at=MONDAY_9AM) if cell.key == "time_to_solve"]
    assert (cell.n, cell.text) == (0, "None solved yet")
    assert cell.note == "1 still open, 0 d so far"


def test_few_ratings_are_shown_one_by_one_without_a_percentage() -> None:
    facts = [Seen("rating", MONDAY_9AM - n * DAY, score) for n, score in ((2, 4), (1, 2))]

    (cell,) = [
        c for c in cells(summarise(facts, at=MONDAY_9AM), at=MONDAY_9AM) if c.key == "ratings"
    ]
    assert (cell.text, cell.note) == ("2, 4", "")

from datetime import timedelta

import pytest

from customers.cx.cells import cells
from customers.cx.display import show_share, show_times
from customers.cx.seen import Seen
from customers.cx.spreads import median_interval, wilson
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


def year_of(values: list[float], *, years_ago: int, kind: str = "first_response") -> list[Seen]:
    """Values in this order over one year, the last of them the newest."""
    step = 360 / len(values)
    begin = MONDAY_9AM - (years_ago + 1) * 365 * DAY
    return [
        Seen(kind, begin + (1 + at * step) * DAY, value, at, {"business": value * 60.0})
        for at, value in enumerate(values)
    ]


def change_of(now: list[float], before: list[float], kind: str = "first_response") -> str:
    facts = [*year_of(before, years_ago=1, kind=kind), *year_of(now, years_ago=0, kind=kind)]
    key = {"first_response": "first_reply"}.get(kind, kind)
    shown = cells(summarise(facts, at=MONDAY_9AM), at=MONDAY_9AM)
    return next(cell.change for cell in shown if cell.key == key)


SLOW, FAST = [float(n) for n in range(50, 60)], [float(n) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (SLOW, FAST, "↑ up from 5 m in the year before (n 10)"),
        (FAST, SLOW, "↓ down from 54 m in the year before (n 10)"),
        (SLOW, SLOW, ""),
        (SLOW[:9], FAST, ""),
        (SLOW, FAST[:9], ""),
        ([10.0, 12.0] * 15, FAST, ""),
        ([10.0, 12.0] * 12 + [30.0, 33.0] * 4, FAST, "↑ higher of late than chance explains"),
    ],
)
def test_an_arrow_needs_intervals_apart_or_from_thirty_values_a_signal(
    now: list[float], before: list[float], said: str
) -> None:
    assert change_of(now, before) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ([1.0] * 20, [0.0] * 20, "↑ up from 0 % in the year before (n 20)"),
        ([1.0] * 9, [0.0] * 20, ""),
        ([1.0, 0.0] * 10, [1.0, 1.0, 0.0, 0.0] * 5, ""),
        ([1.0, 1.0, 1.0, 1.0, 0.0] * 14, [0.0] * 20, ""),
        (
            [1.0, 1.0, 1.0, 1.0, 0.0] * 20 + [0.0] * 20,
            [1.0] * 20,
            "↓ lower of late than chance explains",
        ),
    ],
)
def test_a_share_has_changed_only_where_chance_does_not_explain_it(
    now: list[float], before: list[float], said: str
) -> None:
    assert change_of(now, before, "first_contact") == said


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [
        (6, 0, 5),
        (10, 1, 8),
        (20, 5, 14),
        (100, 39, 60),
        (3, 0, 2),
        (1000, 468, 531),
        (2000, 955, 1044),
    ],
)
def test_the_interval_of_a_median_is_the_binomial_one(n: int, low: int, high: int) -> None:
    assert median_interval(list(range(n))) == (low, high)


@pytest.mark.parametrize(
    ("invited", "said"),
    [([], "never asked"), ([0], "asked once"), ([0, 0], "asked twice"), ([0] * 3, "asked 3 times")],
)
def test_without_ratings_it_is_said_how_often_we_asked(invited: list[float], said: str) -> None:
    facts = [Seen("invited", MONDAY_9AM - DAY, value, 1) for value in invited]

    shown = cells(summarise(facts, at=MONDAY_9AM), at=MONDAY_9AM)

    assert next(c.text for c in shown if c.key == "ratings") == f"No ratings yet ({said})"


def test_a_trend_is_drawn_from_twelve_values_on() -> None:
    for n, drawn in ((11, 0), (12, 12)):
        shown = cells(summarise(replies(n), at=MONDAY_9AM), at=MONDAY_9AM)
        assert next(len(c.trend) for c in shown if c.key == "first_reply") == drawn


def test_effort_is_counts_of_contacts_switches_and_things_asked_again() -> None:
    def contact(hours: int, channel: str, ticket: int) -> Seen:
        return Seen("contact", MONDAY_9AM - hours * HOUR, 1, ticket, {"channel": channel})

    facts = [
        contact(5, "email", 1),
        contact(4, "phone", 1),
        contact(3, "email", 1),
        contact(2, "phone", 2),
        Seen("reasked", MONDAY_9AM - HOUR, 1, 1),
    ]

    shown = cells(summarise(facts, at=MONDAY_9AM), at=MONDAY_9AM)

    cell = next(c for c in shown if c.key == "effort")
    assert (cell.text, cell.note) == ("3, 1", "2 channel switches, asked again 1 time")


def test_imported_tickets_without_times_are_counted_and_averaged_into_nothing() -> None:
    imported = {"imported": True, "channel": "email"}
    facts = [Seen("contact", MONDAY_9AM - n * DAY, 1, n, imported) for n in (1, 2)]
    timed = imported | {"business": 60.0}
    facts.append(Seen("first_response", MONDAY_9AM - DAY, 60.0, 1, timed))

    data = summarise(facts, at=MONDAY_9AM)

    assert (data["imported"], data["untimed"]) == (2, 1)
    assert data["first_reply"]["business"]["n"] == 1

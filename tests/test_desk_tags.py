from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from helpdesk.templatetags.desk import (
    duration,
    initials,
    language_name,
    moment,
    quoted_split,
    reltime,
    size_in_bytes,
)
from helpdesk.templatetags.pictures import dots, due_bar, sparkline

NOON = datetime(2026, 5, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (40, "40 s"),
        (720, "12 m"),
        (3900, "1 h 05 m"),
        (7200, "2 h"),
        (183_600, "2 d 3 h"),
        (-3900, "\N{MINUS SIGN}1 h 05 m"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(
    seconds: float | timedelta | None, words: str
) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=-5), "5 m ago"),
        (timedelta(hours=3, minutes=39), "in 3 h 39 m"),
        (timedelta(days=-2), "12 May"),
        (timedelta(days=-400), "9 Apr 2025"),
    ],
)
def test_times_within_a_day_are_relative_and_others_dates(moved: timedelta, words: str) -> None:
    assert reltime(NOON + moved, NOON) == words


@time_machine.travel(NOON, tick=False)
def test_a_moment_keeps_the_absolute_time_for_people_and_machines() -> None:
    html = moment(NOON - timedelta(hours=1))

    assert 'datetime="2026-05-14T11:00:00+00:00"' in html
    assert 'title="Thu 14 May 2026, 11:00 UTC"' in html
    assert ">1 h ago<" in html


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maya Okafor", "MO"), ("Cher", "C"), ("maya@example.com", "ME"), ("", "?"), ("Ä b C", "ÄC")],
)
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (640, "640 B"), (3400, "3.4 kB"), (12_000_000, "12 MB")]
)
def test_sizes_are_short(size: int, words: str) -> None:
    assert size_in_bytes(size) == words


def test_a_language_is_named_in_the_readers_language() -> None:
    with translation.override("de"):
        assert language_name("de") == "Deutsch"
    assert language_name("tlh") == "tlh"


def test_quoted_lines_are_folded() -> None:
    runs = quoted_split("Still gone.\n\n> please wait\n>\n> Tom\n\nMaya")

    assert [(run.kind, run.lines) for run in runs] == [("text", 1), ("quoted", 4), ("text", 1)]


def test_what_passes_forty_lines_is_folded() -> None:
    runs = quoted_split("\n".join(f"line {n}" for n in range(102)))

    assert [run.kind for run in runs] == ["text", "more"]
    assert runs[1].summary == "Show 62 more lines"


def test_no_line_of_a_message_is_lost() -> None:
    text = "\n".join(f"{'> ' if n % 7 == 0 else ''}line {n}" for n in range(200))

    shown = "\n".join(run.text for run in quoted_split(text))
    assert shown.splitlines() == text.splitlines()


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("left", "filled", "words"),
    [
        (timedelta(hours=3, minutes=39), 1, "3 h 39 m left"),
        (timedelta(minutes=40), 3, "40 m left"),
        (timedelta(hours=-2), 4, "overdue 2 h"),
        (timedelta(seconds=20), 3, "due now"),
    ],
)
def test_the_due_bar_says_in_words_what_it_shows(left: timedelta, filled: int, words: str) -> None:
    due_at = NOON + left

    html = due_bar(due_at, due_at - timedelta(hours=4))

    assert html.count('class="on"') == filled
    assert words in html


def test_a_sparkline_needs_twelve_values() -> None:
    assert sparkline([1, 2, 3]) == ""
    assert "<polyline" in sparkline([3.0] * 12, 2, 6)


def test_dots_are_filled_up_to_the_value() -> None:
    assert dots(2).count('class="on"') == 2

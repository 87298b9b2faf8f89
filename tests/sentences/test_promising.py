from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tickets.sentences.promising import PromiseSentence, promises_in

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 5, 14, 10, 0, tzinfo=LONDON)


def promised(text: str, language: str = "en") -> list[PromiseSentence]:
    return promises_in(text, language, at=NOW, time_zone=LONDON)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("I'll refund the second payment within 5 working days.", "Thu 21 May 17:00"),
        ("We will get back to you by Friday.", "Fri 15 May 17:00"),
        ("You will receive your refund within 3 days.", "Sun 17 May 17:00"),
        ("I'll confirm the refund by Friday 15:00.", "Fri 15 May 15:00"),
        ("I\u2019ll confirm the refund by Friday 15:00.", "Fri 15 May 15:00"),
    ],
)
def test_a_dated_promise_says_when_it_is_due(text: str, due: str) -> None:
    (found,) = promised(text)

    assert found.kind == "dated"
    assert found.due_at
    assert f"{found.due_at:%a %-d %b %H:%M}" == due


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("If you send the receipt we will process the return.", "conditional"),
        ("I'll keep you posted.", "undated"),
        ("I'll close this ticket now.", "undated"),
    ],
)
def test_conditions_and_missing_dates_are_told_apart(text: str, kind: str) -> None:
    (found,) = promised(text)

    assert found.kind == kind
    assert found.due_at is None


@pytest.mark.parametrize(
    "text",
    [
        "I will need your order number.",
        "We won't be able to refund this by Friday.",
        "The courier will deliver tomorrow.",
        "Shall I call you tomorrow?",
        "You wrote “I will pay on Friday”.",
        "> I will refund it by Friday.",
    ],
)
def test_what_is_no_promise_is_none(text: str) -> None:
    assert promised(text) == []


def test_a_promise_knows_its_sentence() -> None:
    text = "Hi Maya,\n\nsorry. Ich melde mich bis Freitag, 15:00 Uhr.\n\nPriya"

    (found,) = promised(text, "de")

    assert text[found.start : found.end] == found.text == "Ich melde mich bis Freitag, 15:00 Uhr."

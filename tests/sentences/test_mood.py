import time

import pytest

from tickets.sentences.mood import mood_cues

MAYA = "It has been two weeks and the extra amount is still gone from my account"


def kinds(text: str, language: str = "en") -> list[str]:
    return [cue.kind for cue in mood_cues(text, language)]


def test_a_cue_quotes_the_customers_words_and_says_where_they_stand() -> None:
    (cue,) = mood_cues(f"Hello,\n\n{MAYA}.", "en")

    assert cue.kind == "waiting"
    assert cue.quote in {"has been two weeks", "been two weeks", "still gone"}
    assert f"Hello,\n\n{MAYA}."[cue.start : cue.end] == cue.quote


@pytest.mark.parametrize(
    "text",
    [
        "Not frustrated at all, take your time",
        "Could you try again to send the invoice?",
        "Oh great, another broken kettle.",
        "I am not really angry.",
        "I do not want to cancel my subscription.",
        "The song is called “Never again”, do you have it?",
        "How do I delete my account?",
        "If the problem persists I will write.",
        "",
        "…",
    ],
)
def test_what_says_no_mood_has_no_cue(text: str) -> None:
    assert mood_cues(text, "en") == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("This is the third time, as I already told you.", "en", ["repeat"]),
        (
            "Still no answer. Unacceptable. Cancel my account.",
            "en",
            ["waiting", "strong", "leaving"],
        ),
        ("Wie oft muss ich das noch wiederholen?", "de", ["repeat"]),
        ("Ich warte immer noch. Mir reicht es jetzt!", "de", ["waiting", "strong"]),
        ("Ich bin nicht sauer, nur neugierig.", "de", []),
        ("Ich kündige meinen Vertrag.", "de-AT", ["leaving"]),
        ("Still no answer.", "", ["waiting"]),
    ],
)
def test_cues_come_in_the_order_they_are_written(
    text: str, language: str, expected: list[str]
) -> None:
    assert kinds(text, language) == expected


def test_quoted_history_has_no_cues() -> None:
    assert mood_cues("Thanks.\n\n> This is unacceptable.", "en") == []


def test_a_phrase_counts_once_a_sentence_and_kind() -> None:
    assert kinds("Terrible, awful, the worst service, ridiculous.") == ["strong"]


def test_reading_costs_no_more_than_the_length_of_the_text() -> None:
    text = "have been still not again never waiting the same for two weeks and " * 2_000
    began = time.perf_counter()

    mood_cues(text, "en")

    assert time.perf_counter() - began < 1

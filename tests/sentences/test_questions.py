import pytest

from tickets.sentences.questions import questions_in


def asked(text: str, language: str = "en") -> list[str]:
    return [question.text for question in questions_in(text, language)]


def test_a_question_is_found_between_other_sentences() -> None:
    text = "The refund was promised for 12 May. When exactly will it come? Thanks."

    (question,) = questions_in(text, "en")

    assert question.text == "When exactly will it come?"
    assert text[question.start : question.end] == question.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Please let me know when the parcel leaves.", "en"),
        ("I would like to know whether it is in stock.", "en"),
        ("where can I find the invoice", "en"),
        ("can you send it to the office instead", "en"),
        ("Bitte teilen Sie mir mit, wann der Techniker kommt.", "de"),
        ("Ich würde gern wissen, ob das geht.", "de"),
        ("können Sie mir die Rechnung schicken", "de"),
        ("Wann genau?", "de"),
    ],
)
def test_a_question_needs_no_question_mark(text: str, language: str) -> None:
    assert len(asked(text, language)) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How are you?", "en"),
        ("The parcel came. It is blue.", "en"),
        ("???", "en"),
        ("> When will it come?", "en"),
        ("Wie geht es Ihnen?", "de"),
        ("Das Paket ist da.", "de"),
    ],
)
def test_courtesy_and_statements_ask_nothing(text: str, language: str) -> None:
    assert asked(text, language) == []


def test_ordinals_and_abbreviations_do_not_end_a_sentence() -> None:
    text = "Kommt es am 12. Mai oder z. B. erst am 14. Mai?"

    assert asked(text, "de") == [text]


def test_a_line_wrapped_by_a_mail_program_stays_one_sentence() -> None:
    text = "Could you tell me whether the second chair has been sent to the office,\nor to my flat?"

    assert asked(text) == [text.replace("\n", " ")]

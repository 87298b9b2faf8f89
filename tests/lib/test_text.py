import pytest

from helpdesk.lib.text import (
    clean_line,
    clean_text,
    comparable,
    excerpt,
    tidy_lines,
    without_invisible,
)


def test_text_is_made_fit_to_store() -> None:
    assert clean_text("a\r\nb\rc\x00\x1b[0m\ud800\td") == "a\nb\nc[0m\td"


def test_a_line_has_no_breaks_and_an_end() -> None:
    assert clean_line(" a\r\nb\x00\u2028c ") == "a b c"
    assert len(clean_line("x" * 5_000)) == 998


def test_characters_that_disguise_a_name_are_removed() -> None:
    assert without_invisible("x\u202efdp\u200b.exe") == "xfdp.exe"


def test_blank_runs_and_trailing_spaces_go() -> None:
    assert tidy_lines("\n\na  \n\n\n\n\nb\t\n") == "a\n\n\nb"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("short\n text", "short text"),
        ("the gasket leaks, again", "the gasket leaks…"),
        ("x" * 30, "x" * 19 + "…"),
    ],
)
def test_an_excerpt_is_cut_at_a_word(text: str, cut: str) -> None:
    assert excerpt(text, limit=20) == cut


def test_texts_are_compared_without_case_and_width() -> None:
    assert comparable("\uff33\uff34RASSE  x") == comparable("straße X")

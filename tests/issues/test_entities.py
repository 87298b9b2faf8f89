"""Numbers of the workspace, found by masks."""

import pytest

from tickets.issues.entities import (
    Mask,
    compile_mask,
    conflicts_of,
    entities_in,
    numbers_quoted,
)


def masks(*pairs: tuple[str, str]) -> tuple[Mask, ...]:
    return tuple(Mask(key, compile_mask(mask)) for key, mask in pairs)


def found(text: str, *pairs: tuple[str, str]) -> list[str]:
    return [str(entity) for entity in entities_in(text, masks(*pairs))]


def test_an_order_number_is_found_whatever_its_case() -> None:
    assert found("about a-1042, please", ("order", "A-####")) == ["order:A-1042"]


def test_what_one_pattern_has_taken_no_other_takes_again() -> None:
    pairs = ("error", "E-####"), ("order", "@-####")
    assert found("E-4012 on order A-1042", *pairs) == ["error:E-4012", "order:A-1042"]


@pytest.mark.parametrize("text", ["XA-1042", "A-10421", "A-104", "AA-1042"])
def test_a_longer_or_shorter_number_is_another(text: str) -> None:
    assert found(text, ("order", "A-####")) == []


def test_a_repeated_digit_matches_any_length() -> None:
    assert found("INV-7 and INV-123456", ("invoice", "INV-#+")) == [
        "invoice:INV-7",
        "invoice:INV-123456",
    ]


@pytest.mark.parametrize("mask", ["@@@", "+##-#", "A-#++", "####"])
def test_a_mask_that_would_match_anything_is_refused(mask: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compile_mask(mask)


def test_masks_that_match_the_same_text_are_named() -> None:
    assert conflicts_of("E-####", ["@-####", "A-####", "@-#+"]) == ["@-####", "@-#+"]
    assert conflicts_of("A-####", ["E-####"]) == []


def test_a_long_text_of_digits_costs_no_more_than_its_length() -> None:
    assert found("1" * 20_000 + "-", ("serial", "#+-#+-@+#")) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("see #1180", [1180]),
        ("my ticket 1180 and request no. 1171", [1180, 1171]),
        ("Vorgang Nr. 1180", [1180]),
        ("color #fff, item&#1180;, 12 May 2026", []),
        ("costs 1180 pounds", []),
    ],
)
def test_ticket_numbers_are_named_as_such(text: str, numbers: list[int]) -> None:
    assert numbers_quoted(text) == numbers

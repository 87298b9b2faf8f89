import pytest

from helpdesk.lib.secrets_in_text import is_card_number, mask_secrets


@pytest.mark.parametrize(
    ("digits", "is_card"),
    [("4111 1111 1111 1111", True), ("4111 1111 1111 1112", False), ("+44 20 7946 0958", False)],
)
def test_a_card_number_is_told_by_its_sum(digits: str, *, is_card: bool) -> None:
    assert is_card_number(digits) is is_card


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Card 4111111111111111, exp 04/27", "Card ••••••••••••1111, exp 04/27"),
        ("4111 1111 1111 1111 12/27", "•••• •••• •••• 1111 12/27"),
        ("<p>5555-5555-5555-4444</p>", "<p>••••-••••-••••-4444</p>"),
        ("Amex 3782 822463 10005.", "Amex •••• •••••• •0005."),
        ("My password is hunter2!", "My password is ••••"),
        ("Kennwort: s3cret<br>", "Kennwort: ••••<br>"),
    ],
)
def test_cards_and_passwords_are_masked(text: str, masked: str) -> None:
    assert mask_secrets(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Card 4111111111111112",  # a wrong sum
        "IMEI 356938035643809",  # a telephone's number has the same sum
        "https://shop.example/o/4111111111111111?x=4111111111111111",
        "Order A-4111111111111111, parcel 00340434161094015902",
        "The password is wrong. How do I change my password: nobody tells me.",
        "My pin: none",
    ],
)
def test_other_numbers_and_words_stay(text: str) -> None:
    assert mask_secrets(text) == text

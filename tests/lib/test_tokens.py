import string

import pytest

from helpdesk.lib.tokens import (
    make_reply_token,
    read_reply_token,
    reply_address,
    reply_message_id,
    subject_numbers,
    token_in_address,
    token_in_message_id,
)

KEYS = {1: b"first key " * 4, 2: b"second key " * 4}
TOKEN = make_reply_token(1192, 77, key=KEYS[2], key_version=2)


def test_a_token_says_which_ticket_and_to_whom() -> None:
    token = read_reply_token(TOKEN, keys=KEYS)

    assert token is not None
    assert (token.ticket_id, token.recipient_id, token.key_version) == (1192, 77, 2)


def test_no_changed_letter_is_accepted() -> None:
    letters = string.ascii_lowercase + string.digits + "=+."
    for place, original in enumerate(TOKEN):
        for letter in letters.replace(original, ""):
            forged = TOKEN[:place] + letter + TOKEN[place + 1 :]
            assert read_reply_token(forged, keys=KEYS) is None, (place, letter)


def test_letters_may_change_case_on_the_way() -> None:
    assert read_reply_token(TOKEN.upper(), keys=KEYS) is not None


@pytest.mark.parametrize(
    "token", ["", "1192", TOKEN[:-1], TOKEN + "a", f" {TOKEN}", "a" * 53, TOKEN * 2, "ä" * 53]
)
def test_nothing_but_a_whole_token_is_read(token: str) -> None:
    assert read_reply_token(token, keys=KEYS) is None


@pytest.mark.parametrize("keys", [{}, {2: b""}, {1: KEYS[1]}, {2: KEYS[1]}])
def test_a_token_needs_the_key_of_its_version(keys: dict[int, bytes]) -> None:
    assert read_reply_token(TOKEN, keys=keys) is None


def test_a_token_signed_with_no_key_is_refused() -> None:
    unsigned = make_reply_token(1, 1, key=b"", key_version=9)

    assert read_reply_token(unsigned, keys=KEYS) is None


def test_the_reply_address_fits_and_gives_the_token_back() -> None:
    address = reply_address(TOKEN, domain="help.example.com")

    assert len(address.partition("@")[0]) <= 64
    assert token_in_address(address.upper()) == TOKEN
    assert token_in_address("reply@help.example.com") == ""


def test_a_reply_address_too_long_for_smtp_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        reply_address(TOKEN, domain="help.example.com", local="customer-care")


def test_our_message_id_gives_the_token_back() -> None:
    message_id = reply_message_id(TOKEN, random="9f3a", domain="help.example.com")

    assert token_in_message_id(f"<{message_id}>") == TOKEN
    assert token_in_message_id("<CAF=x.1@mail.example.org>") == ""


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: [#1192] Still leaking", (1192,)),
        ("AW: #7 and #8 and #7", (7, 8)),
        ("Gasket &#1192; a#12 #0 #1234567890123", ()),
        ("no number 1192", ()),
        (" ".join(f"#{n}" for n in range(1, 50)), tuple(range(1, 11))),
    ],
)
def test_numbers_are_found_in_subjects(subject: str, numbers: tuple[int, ...]) -> None:
    assert subject_numbers(subject) == numbers

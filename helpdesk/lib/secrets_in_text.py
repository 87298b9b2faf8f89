"""Payment cards and passwords that people write into messages, kept out of what is stored."""

import re

_DIGITS = re.compile(r"\D")
_CARD_DIGITS = range(13, 20)
# Visa, Mastercard, Discover and JCB; American Express; Diners: in one or in groups as on the card.
# Other numbers with such a sum, as those of telephones and parcels, begin or are grouped otherwise.
_CARD = re.compile(
    r"(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|65\d{2}|35\d{2})(?:[ -]?\d{4}){3}"
    r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5}"
    r"|3[068]\d{2}[ -]?\d{6}[ -]?\d{4}"
)
# Both begin with one of a few signs, which is what lets a long text be searched fast.
_LIKE_CARD = re.compile(r"[2-6](?:[ -]?\d){13,18}")
_PASSWORD = re.compile(
    r"([pPkKcC](?<!\w.)(?i:(?<=p)ass(?:word|code|wort)|(?<=p)in|(?<=k)ennwort|(?<=c)v[cv])\b"
    r"[ \t]{0,3}(?i:is|ist|lautet|:|=)[ \t:]{0,3})(?=\S{0,60}\d)[^\s<>]{3,60}"
)
_BESIDE = re.compile(r"[\w/=&?%.+-]")
_AFTER = re.compile(r"[\w/=&%-]|\.\d")
_SHOWN_DIGITS = 4


def is_card_number(text: str) -> bool:
    """Whether the digits of a text are a payment card's: their number and Luhn's sum fit."""
    digits = [int(sign) for sign in _DIGITS.sub("", text)]
    if len(digits) not in _CARD_DIGITS:
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def mask_secrets(text: str) -> str:
    """Return a text, or HTML, in which all but the last four digits of payment cards, and what
    stands after "password:" and has a digit, are dots.
    """
    return _PASSWORD.sub(r"\1••••", _LIKE_CARD.sub(_masked, text))


def _masked(found: re.Match[str]) -> str:
    """The digits, all but the last four of a card's that stands alone hidden."""
    text, start = found.string, found.start()
    card = _CARD.match(found[0])
    if card is None or _BESIDE.match(text[start - 1 : start]):
        return found[0]
    if _AFTER.match(text, start + card.end()) or not is_card_number(card[0]):
        return found[0]
    hidden, rest = card[0][:-_SHOWN_DIGITS], found[0][card.end() - _SHOWN_DIGITS :]
    return re.sub(r"\d", "•", hidden) + rest

"""Numbers and codes that name one thing: found in texts by the workspace's masks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tickets.issues.models import EntityPattern

# A mask's repeated part matches at most this often: nothing in a mail makes it slow.
MOST_REPEATED = 20
LONGEST_EXAMPLE = 8
_REPEATED = re.compile(r"(.)\+")
_CLASSES = {"#": "[0-9]", "@": "[^\\W\\d_]"}
_QUOTED = re.compile(
    r"(?<![\w&/])(?:#|(?:ticket|request|case|anfrage|vorgang|fall)\s{0,3}(?:nr\.?|no\.?|number)?"
    r"\s{0,3}[:#]?\s{0,3})(\d{3,9})(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entity:
    """One thing a text names: `key` says what kind, `value` is written as its mask would."""

    key: str
    value: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.key}:{self.value}"


@dataclass(frozen=True)
class Mask:
    """A compiled pattern of the workspace."""

    key: str
    expression: re.Pattern[str]


def compile_mask(mask: str) -> re.Pattern[str]:
    """Return the expression of a mask, which stands alone between other words.

    Raises ValueError saying what is wrong, where it would match nothing or anything.
    """
    parts: list[str] = []
    for position, sign in enumerate(mask):
        if sign != "+":
            parts.append(_CLASSES.get(sign) or re.escape(sign))
        elif position == 0 or mask[position - 1] == "+":
            raise ValueError("+ repeats what stands before it: #+ or @+")
        else:
            parts[-1] += f"{{1,{MOST_REPEATED}}}+"
    if "#" not in mask:
        raise ValueError("a pattern needs at least one digit (#), or it would match plain words")
    if not re.sub(r"[#@+\s]", "", mask) and mask.count("#") + mask.count("@") < 5:  # noqa: PLR2004 - shorter ones are prices and years
        raise ValueError("a pattern of digits and letters alone needs at least five of them")
    return re.compile(rf"(?<![\w-]){''.join(parts)}(?![\w])", re.IGNORECASE)


def active_masks() -> tuple[Mask, ...]:
    """Return the workspace's masks in the order in which they are tried."""
    rows = EntityPattern.objects.filter(is_active=True).values_list("key", "mask")
    return tuple(Mask(key, compile_mask(mask)) for key, mask in rows)


def entities_in(text: str, masks: Iterable[Mask]) -> list[Entity]:
    """Return what the masks find in a text, in its order; a part taken once is not taken again."""
    found: list[Entity] = []
    for mask in masks:
        for match in mask.expression.finditer(text):
            start, end = match.span()
            if all(end <= taken.start or start >= taken.end for taken in found):
                found.append(Entity(mask.key, match[0].upper(), start, end))
    return sorted(found, key=lambda entity: entity.start)


def numbers_quoted(text: str) -> list[int]:
    """Return the ticket numbers a text names as such: "#1180", "ticket 1180", "Vorgang 1180"."""
    return [int(number) for number in _QUOTED.findall(text)]


def conflicts_of(mask: str, others: Iterable[str]) -> list[str]:
    """Return those of the other masks that would match one of this mask's own examples, or it one
    of theirs: such a text counts for whichever has the lower priority number.
    """
    own = compile_mask(mask)
    return [
        other
        for other in others
        if other != mask
        and (
            any(own.fullmatch(example) for example in examples_of(other))
            or any(compile_mask(other).fullmatch(example) for example in examples_of(mask))
        )
    ]


def examples_of(mask: str) -> list[str]:
    """Return texts a mask matches, with its repeated parts one to eight long, and each letter
    wildcard once for each letter of the alphabet.
    """
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if "@" in mask else "A"
    return [
        _REPEATED.sub(lambda match, n=times: match[1] * n, mask.replace("@", letter)).replace(  # type: ignore[misc]
            "#", "1"
        )
        for letter in letters
        for times in range(1, LONGEST_EXAMPLE + 1)
    ]

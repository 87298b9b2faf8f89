"""Names and addresses in the header blocks that mail programs write into bodies."""

import re

from tickets.channels.email.written.phrases import ON, WROTE, fold, plain

MAX_PEOPLE = 200
MAX_VALUE = 4_000
MAX_NAME_WORDS = 8
Person = tuple[str, str]  # name, address
_ADDRESS = re.compile(
    r"(?:mailto:)?([^\s@<>\[\]()\":;,'«»„“”]{1,100}@[^\s@<>\[\]()\":;,'«»„“”]{1,100})"
)
_WIDE_COMMA = re.compile("[\u3001\uff0c]")
_AROUND = " \t<>[]()\",;:'«»„“”*-"
_LITTLE_WORDS = (
    "odesílatel,heeft,hat,um,om,par,av,kl,uhr,klo,ore,\u03bf/\u03b7,от,od,z,am,pm,from,przez,بواسطة"
)
_NO_NAMES = WROTE | frozenset(ON) | frozenset(_LITTLE_WORDS.split(","))


def read_people(value: str) -> tuple[Person, ...]:
    """The people in a header field's value, each address once; names as they are written."""
    value = plain(value[:MAX_VALUE])
    found: dict[str, str] = {}
    position = 0
    for match in _ADDRESS.finditer(value):
        address = match[1].rstrip(".").lower()
        name = value[position : match.start()].strip(_AROUND).removesuffix("mailto").strip(_AROUND)
        if address not in found and len(found) < MAX_PEOPLE:
            found[address] = name
        position = match.end()
    return tuple((name, address) for address, name in found.items())


def read_author(attribution: str) -> Person:
    """Who an attribution ("On Monday Ana <ana@example.com> wrote:") names; empty where unclear."""
    line = plain(_WIDE_COMMA.sub(", ", attribution[:MAX_VALUE]))
    match = _ADDRESS.search(line)
    if match is None:
        return "", ""
    name: list[str] = []
    for word in reversed(line[: match.start()].rstrip(_AROUND).split()[-MAX_NAME_WORDS:]):
        if any(sign.isdigit() for sign in word) or fold(word).strip(_AROUND) in _NO_NAMES:
            break
        if word.endswith((",", ":")) and name:
            break
        name.append(word)
    return " ".join(reversed(name)).strip(_AROUND), match[1].rstrip(".").lower()

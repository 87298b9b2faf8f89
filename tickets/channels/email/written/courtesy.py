"""A mere "thank you", which must not open a solved ticket again.

Every word has to be one that is said in thanking: what is not known is taken for something to
read. So a question, a "but", a number or a complaint is never taken for courtesy.
"""

import json
import re
from pathlib import Path

from tickets.channels.email.written.phrases import fold

MAX_WORDS = 16
MAX_LENGTH = 200
_TABLE: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("courtesies.json").read_text(encoding="utf-8")
)
_SPACED = {
    language: (frozenset(fold(words["thanks"]).split()), frozenset(fold(words["fill"]).split()))
    for language, words in _TABLE.items()
    if "thanks" in words
}
_UNSPACED = tuple(
    (
        tuple(sorted(fold(words["phrases"]).split(), key=len, reverse=True)),
        tuple(sorted(fold(words["extra"]).split(), key=len, reverse=True)),
    )
    for words in _TABLE.values()
    if "phrases" in words
)
_GREETINGS = frozenset(_TABLE["en"]["greetings"].split())
_CRIES = frozenset(_TABLE["en"]["cries"].split())  # a line that begins with one of these asks
_DOUBT = re.compile(r"[?？؟]|\d|https?:|@|:[(\[/]|\.\.\.|…|[☹🙁😞😠😡👎💔😤😢😭]")  # noqa: RUF001
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*'?")
_SIGNS = re.compile(r"[\W_]+")
MAX_NAME_WORDS = 3


def is_courtesy(visible: str) -> bool:
    """Whether these words, quotes and signature taken off, thank and say nothing else."""
    if not visible.strip() or len(visible) > MAX_LENGTH or _DOUBT.search(visible):
        return False
    text = fold(visible)
    if any(_is_made_of(text, phrases, extra) for phrases, extra in _UNSPACED):
        return True
    lines = [line for line in visible.splitlines() if line.strip()]
    if sum(len(_WORD.findall(fold(line))) for line in lines) > MAX_WORDS:
        return False
    return any(_thanks_only(lines, thanks, fill) for thanks, fill in _SPACED.values())


def _is_made_of(text: str, phrases: tuple[str, ...], extra: tuple[str, ...]) -> bool:
    """Whether nothing is left of a text without spaces once the known phrases are taken out."""
    rest = text
    for phrase in phrases:
        rest = rest.replace(phrase, " ")
    if rest == text:
        return False
    for phrase in extra:
        rest = rest.replace(phrase, " ")
    return not _SIGNS.sub("", rest)


def _thanks_only(lines: list[str], thanks: frozenset[str], fill: frozenset[str]) -> bool:
    thanked = False
    for number, line in enumerate(lines):
        words = _WORD.findall(fold(line))
        if not _CRIES.isdisjoint(words[:1]):
            return False
        unknown = [index for index, word in enumerate(words) if word not in thanks | fill]
        if unknown and not _are_names(line, words, unknown, thanks):
            last = number == len(lines) - 1
            if not (last and thanked and _is_signed(line, below=lines[number - 1])):
                return False
        thanked = thanked or not thanks.isdisjoint(words)
    return thanked


def _are_names(line: str, words: list[str], unknown: list[int], thanks: frozenset[str]) -> bool:
    """Whether the one unknown word is a name: capitalised, right after a greeting or the thanks."""
    index = unknown[0]
    if len(unknown) > 1 or not index:
        return False
    written = _WORD.findall(line.replace("\u2019", "'"))
    before = words[index - 1]
    is_last = index == len(words) - 1
    named = before in _GREETINGS or (before in thanks and is_last) or (before == "you" and is_last)
    separate = re.search(re.escape(written[index - 1]) + r"[,.!;:-]", line) is not None
    return named and not separate and len(written) == len(words) and written[index].istitle()


def _is_signed(line: str, *, below: str) -> bool:
    """Whether the line is a name below a letter: a single word only where a comma comes before."""
    words = line.strip(" -,.").split()
    least = 1 if below.rstrip().endswith(",") else 2
    return least <= len(words) <= MAX_NAME_WORDS and all(word.istitle() for word in words)

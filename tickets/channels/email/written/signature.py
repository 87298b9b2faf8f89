"""Which of somebody's own last lines are signature: never their only words, never a question."""

import re
from collections.abc import Sequence

from tickets.channels.email.written.lines import MAX_LINE, bare, is_blank, is_rule
from tickets.channels.email.written.phrases import (
    CLOSING,
    CONFIDENTIAL,
    CONFIDENTIAL_CORE,
    DEVICE,
    fold,
)

MAX_SIGNATURE_LINES = 30
MAX_BLOCK_LINES = 14
MAX_BLOCK_WIDTH = 90
MAX_DEVICE_WORDS = 8
MAX_KNOWN_DEVICE_WORDS = 14
MAX_FOOTERS = 12
MIN_DISCLAIMER = 120
LONG_RULE = 20
_DELIMITER = re.compile(r"[ \t]{0,3}(?:--|- --|—|–)[ \t\u00a0]*")  # noqa: RUF001
_LINK = re.compile(r"[<(\[]?(?:https?://|mailto:|www\.)[^\s>)\]]*[>)\]]?")
_KNOWN_DEVICE = re.compile(
    r"iphone|ipad|android|samsung|galaxy|huawei|xiaomi|blackberry|outlook|windows|nokia|mobil|smartphone"
    r"|k-9|mail|handy|telefon|phone|tablet|protonmail|spark|yahoo"
)
_QUESTION = re.compile(r"[??؟](?:\s|$)")
_CONTACT = re.compile(
    r"(?:https?://|www\.)\S|[^\s@]{1,60}@[^\s@]{1,60}\.\w|\+?\(?\d[\d ()./-]{6,20}\d"
    r"|(?:^|\s)(?:tel|telefon|phone|mob|mobile|mobil|fax|cell|skype|t|f|m|p|e|w)\s?[.:]\s?\S",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:manager|director|engineer|developer|ceo|cto|cfo|founder|president|officer|consultant"
    r"|gmbh|ltd|inc|llc|s\.?a\.?r\.?l|s\.p\.a|b\.?v|corp|gesch[äa]ftsf[üu]hrer|directeur|directrice)\b",
    re.IGNORECASE,
)
_DASH_NAME = re.compile(r"-{1,2} ?[^\W\d_a-z][\w.'-]*(?: [^\W\d_][\w.'-]*){0,3}")
_LIST_FOOTER = re.compile(r"mailing list|unsubscribe|listinfo|lists?[.@]\w|mailman", re.IGNORECASE)


def signature_lines(lines: Sequence[str]) -> set[int]:
    """The indices of the lines, of one person's own, that are signature or footer."""
    folded: set[int] = set()
    end = _end(lines, len(lines))
    for _ in range(MAX_FOOTERS):
        start = _last_footer(lines, end)
        if start is None:
            break
        folded.update(range(start, end))
        end = _end(lines, start)
    return folded


def _end(lines: Sequence[str], end: int) -> int:
    """The end (exclusive) without blank lines before it."""
    while end and is_blank(lines[end - 1]):
        end -= 1
    return end


def _last_footer(lines: Sequence[str], end: int) -> int | None:
    """Where the last footer before `end` starts."""
    if not end:
        return None
    if is_device_line(lines[end - 1]) or is_rule(lines[end - 1]):
        return end - 1
    for rule in (_delimited, _drawn, _disclaimer, _after_closing, _dash_name):
        start = rule(lines, end)
        if start is not None:
            return start
    return None


def is_device_line(line: str) -> bool:
    """Whether the line is what a mail program adds: "Sent from my iPhone", in any language."""
    words = fold(_LINK.sub(" ", bare(line))).strip(" .*_-[]()<>!")
    if not words or len(words) > MAX_BLOCK_WIDTH + 40:
        return False
    count = len(words.split())
    known = _KNOWN_DEVICE.search(words) is not None
    if count > (MAX_KNOWN_DEVICE_WORDS if known else MAX_DEVICE_WORDS):
        return False
    if words.endswith(("gesendet", "gönderildi", "küldve", "から送信", "에서 보냄")) and known:
        return True
    is_sentence = (":" in words and not known) or (
        "," in words and not (known and count <= MAX_DEVICE_WORDS)
    )
    starts = words.startswith(DEVICE) and any(
        words.startswith(phrase) and _ends_word(words, phrase) for phrase in DEVICE
    )
    return starts and not is_sentence


def _ends_word(words: str, phrase: str) -> bool:
    following = words[len(phrase) : len(phrase) + 1]
    return not following.isalpha() or not phrase[-1].isascii()


def _delimited(lines: Sequence[str], end: int) -> int | None:
    """From the first "-- " line, unless what follows is too long or asks something."""
    for start in range(max(0, end - MAX_SIGNATURE_LINES - 1), end):
        if _DELIMITER.fullmatch(lines[start].strip("\r\n")):
            following = lines[start + 1 : end]
            if not any(_asks(line) for line in following):
                return start
            return None
    return None


def _asks(line: str) -> bool:
    shown = line[:MAX_LINE].rstrip()
    return shown.endswith(("?", "\uff1f")) or _QUESTION.search(_LINK.sub(" ", shown)) is not None


def _drawn(lines: Sequence[str], end: int) -> int | None:
    """From a drawn line below which there are only contacts, a list's footer or one last line."""
    start = _previous_rule(lines, end)
    if start is None:
        return None
    following = [line for line in lines[start + 1 : end] if not is_blank(line)]
    if not following or any(_asks(line) or len(line) > 2 * MAX_BLOCK_WIDTH for line in following):
        return None
    found = next((n for n in range(start, end) if _LIST_FOOTER.search(lines[n])), None)
    if found is not None:  # a writer's own line may be drawn above their last words
        words = sum(not is_blank(line) for line in lines[start + 1 : found])
        return start if words <= 1 else found
    long_rule = len(lines[start].strip()) >= LONG_RULE and "_" in lines[start]
    if long_rule and len(following) == 1:
        return start
    has_contact = any(_CONTACT.search(line[:MAX_LINE]) for line in following)
    is_narrow = all(len(line) <= MAX_BLOCK_WIDTH and not _is_sentence(line) for line in following)
    return start if has_contact and is_narrow else None


def _previous_rule(lines: Sequence[str], end: int) -> int | None:
    shown = 0
    for index in range(end - 1, -1, -1):
        if is_rule(lines[index]):
            return index
        shown += not is_blank(lines[index])
        if shown > MAX_BLOCK_LINES:
            return None
    return None


def _is_sentence(line: str) -> bool:
    words = line.split()
    return len(words) > 7 and line.rstrip().endswith((".", "!", "…"))  # noqa: PLR2004


def _disclaimer(lines: Sequence[str], end: int) -> int | None:
    """The last paragraph where it is a notice of confidentiality."""
    start = end - 1
    while start and not is_blank(lines[start - 1]) and end - start <= MAX_SIGNATURE_LINES:
        start -= 1
    text = fold(" ".join(line[:MAX_LINE] for line in lines[start:end]))
    if len(text) < MIN_DISCLAIMER or _QUESTION.search(text):
        return None
    hits = [phrase for phrase in CONFIDENTIAL if phrase in text]
    core = any(phrase in CONFIDENTIAL_CORE for phrase in hits)
    return start if core and len(hits) > 1 else None


def _after_closing(lines: Sequence[str], end: int) -> int | None:
    """The block of contacts below "Regards, Ana"; the closing and the name stay."""
    shown = [index for index in range(max(0, end - 40), end) if not is_blank(lines[index])]
    for position in range(len(shown) - 1, max(-1, len(shown) - MAX_BLOCK_LINES - 2), -1):
        if not is_closing(lines[shown[position]]):
            continue
        block = shown[position + 2 :]
        if not block or any(len(lines[index]) > MAX_BLOCK_WIDTH for index in block):
            return None
        texts = [lines[index] for index in block]
        if any(_asks(text) or _is_sentence(text) for text in texts):
            return None
        named = any(_CONTACT.search(text) or _TITLE.search(text) for text in texts)
        return block[0] if named else None
    return None


def is_closing(line: str) -> bool:
    """Whether the line is a closing formula and nothing else."""
    return fold(line[:MAX_BLOCK_WIDTH]).strip(" ,.!;:*_-") in CLOSING


def says_more_than_goodbye(lines: Sequence[str]) -> bool:
    """Whether somebody's own lines hold more than "Regards, Ana"."""
    words = 0
    for line in lines:
        if is_closing(line) or is_closing(line[:MAX_BLOCK_WIDTH].partition(",")[0]):
            break
        words += len(line[:MAX_LINE].split())
    return words > 2  # noqa: PLR2004


def _dash_name(lines: Sequence[str], end: int) -> int | None:
    """The last line where it is "-Ana Silva" and not the end of a list."""
    start = end - 1
    if not start or not _DASH_NAME.fullmatch(bare(lines[start])):
        return None
    return start if is_blank(lines[start - 1]) and not _is_listed(lines, start) else None


def _is_listed(lines: Sequence[str], start: int) -> bool:
    before = [line for line in lines[:start] if not is_blank(line)]
    return bool(before) and before[-1].lstrip().startswith(("-", "*", "•"))

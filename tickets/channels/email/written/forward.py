"""A mail that was sent on: who wrote it first, and what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tickets.channels.email.written.attribution import attribution_length
from tickets.channels.email.written.headers import Block, read_block, read_glued, read_separator
from tickets.channels.email.written.lines import is_blank, is_quoted, is_rule, unquoted
from tickets.channels.email.written.people import Person, read_author, read_people

MAX_LINES = 3_000  # a forward that begins later is not looked for
MAX_PREFIXES = 5
_PREFIX = re.compile(
    r"\s{0,5}[\[(]?(?:(?P<forward>fwd?|wg|tr|rv|enc|i|doorst|vb|vl|pd|pre|prep|přep|iLT|tov|továbbítás"
    r"|trs|vs|fs|fyi|redir|redirecționat|prosl|проп|пер|пересл|转发|轉寄|转寄|転送|전달|fw\w?)"
    r"|(?P<reply>re|aw|sv|antw|antwort|odp|ynt|rif|r|res|ref|resp|rép|rep|vá|va|bls|回复|回覆|返信|答复|회신|תשובה|השב|отв|на))"
    r"\s{0,2}(?:\[\d{1,3}\])?\s{0,2}[:：]\s{0,5}",  # noqa: RUF001
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Forward:
    """The outermost message that was sent on, as its header block states it.

    `date_text` is in the words of the program that wrote it; `comment` is what the forwarder
    wrote above. An address is empty where the block does not say it.
    """

    from_name: str
    from_address: str
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    date_text: str
    subject: str
    body: str
    comment: str


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a message sent on begins and its words start, and its fields by role."""

    start: int
    body: int
    fields: dict[str, str]
    author: Person


def read_forward(subject: str, text: str, html_text: str = "") -> Forward | None:
    """The message sent on in a mail of this subject; None for a reply or words of one's own.

    `html_text` are the words of its HTML, looked at where the text tells nothing.
    """
    for words in (text, html_text if html_text != text else ""):
        lines = words.split("\n", MAX_LINES)
        found = _find(subject, lines[:MAX_LINES])
        if found is not None:
            return _forward(found, subject, lines)
    return None


def _forward(found: _Found, subject: str, lines: Sequence[str]) -> Forward:
    comment = list(lines[: found.start])
    while comment and (is_blank(comment[-1]) or is_rule(comment[-1])):
        comment.pop()
    return Forward(
        from_name=found.author[0],
        from_address=found.author[1],
        to=read_people(found.fields.get("to", "")),
        cc=read_people(found.fields.get("cc", "")),
        date_text=found.fields.get("date", ""),
        subject=found.fields.get("subject", "") or without_prefixes(subject),
        body=_body(found, lines),
        comment="\n".join(comment).strip(),
    )


def _find(subject: str, lines: Sequence[str]) -> _Found | None:
    """The first place where history begins, if what begins there is a forward."""
    is_forward, is_reply = subject_says(subject)
    for index, line in enumerate(lines):
        if is_blank(line):
            continue
        bare_lines = [unquoted(line) for line in lines[index : index + 7]]
        separator = read_separator(bare_lines[0])
        if separator is not None:
            if separator.is_forward or not is_reply:
                return _below_separator(lines, index, separator.rest)
            return None
        block = read_block(lines, index)
        if block is not None and block.is_convincing:
            return None if is_reply else _found(index, block)
        length = attribution_length(bare_lines, 0)
        if length:
            if not is_forward:
                return None
            author = read_author(" ".join(bare_lines[:length]))
            return _Found(index, index + length, {}, author) if author[1] else None
    return None


def _below_separator(lines: Sequence[str], index: int, rest: str) -> _Found | None:
    if rest:
        fields = read_glued(rest)
        people = read_people(fields.get("from", ""))
        return _Found(index, index + 1, fields, people[0]) if people else None
    start = index + 1
    while start < len(lines) and is_blank(unquoted(lines[start])):
        start += 1
    block = read_block(lines, start) if start < len(lines) else None
    if block is None or "from" not in block.fields:
        return None
    return _found(index, block)


def _found(start: int, block: Block) -> _Found:
    value = block.fields.get("from", "")
    people = read_people(value)
    return _Found(start, block.end, block.fields, people[0] if people else (value.strip('" '), ""))


def _body(found: _Found, lines: Sequence[str]) -> str:
    start = found.body
    while start < len(lines) and is_blank(unquoted(lines[start])):
        start += 1
    if start >= len(lines) or not is_quoted(lines[start]):
        return "\n".join(lines[start:]).strip()
    body: list[str] = []
    for index in range(start, len(lines)):
        line = lines[index]
        if is_blank(line) and not _quote_goes_on(lines, index):
            break
        body.append(re.sub(r"^[ \t]{0,3}> ?", "", line))
    return "\n".join(body).strip()


def _quote_goes_on(lines: Sequence[str], blank: int) -> bool:
    following = next((line for line in lines[blank : blank + 4] if not is_blank(line)), "")
    return is_quoted(following)


def subject_says(subject: str) -> tuple[bool, bool]:
    """Whether the subject's outermost prefix is one of forwards, and whether one of replies."""
    match = _PREFIX.match(subject)
    if match is None:
        return False, False
    return match["forward"] is not None, match["reply"] is not None


def without_prefixes(subject: str) -> str:
    """The subject without "Fwd:" and "Re:" in any language."""
    for _ in range(MAX_PREFIXES):
        match = _PREFIX.match(subject)
        if match is None:
            break
        subject = subject[match.end() :]
    return subject.strip()

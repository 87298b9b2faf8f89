"""Words around a message, by language: templates of plain text with a fixed list of variables."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpdesk.lib.html import text_to_html
from tickets.channels.email.survey_words import SURVEY_WORDS, SURVEYS
from tickets.channels.email.survey_words_more import MORE_SURVEY_WORDS
from tickets.channels.email.template import Template
from tickets.channels.models import MailTemplate

Kind = MailTemplate.Kind
FALLBACK = "en"
_COMMON = ("number", "subject", "name", "mailbox")
VARIABLES: dict[str, tuple[str, ...]] = {
    Kind.ACKNOWLEDGEMENT: ("number", "mailbox", "reply_by", "quote"),
    Kind.REPLY: ("message", "signature", "agent", *_COMMON),
    Kind.NOTICE: ("message", "signature", "agent", *_COMMON),
    **dict.fromkeys(SURVEYS, ("scale", "stop", "agent", *_COMMON)),
}
# Without these a mail would lose what it is for.
NEEDED: dict[str, tuple[str, ...]] = {
    Kind.REPLY: ("message",),
    Kind.NOTICE: ("message",),
    **dict.fromkeys(SURVEYS, ("scale", "stop")),
}
VARIABLE = re.compile(r"\{([a-z_]{1,20})\}")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The same words as plain text and as the inside of an HTML body."""

    text: str
    html: str


_FRAME = Template(subject="{subject} [#{number}]", body="{message}\n\n{signature}")
DEFAULTS: dict[tuple[str, str], Template] = {
    (Kind.REPLY, "en"): _FRAME,
    (Kind.REPLY, "de"): _FRAME,
    (Kind.NOTICE, "en"): _FRAME,
    (Kind.NOTICE, "de"): _FRAME,
    (Kind.ACKNOWLEDGEMENT, "en"): Template(
        subject="We have your message [#{number}]",
        body=(
            "We have your message. Your reference is {number}.\n\n"
            "We expect to reply by {reply_by}.\n\n"
            "What happens next: somebody of our team reads what you wrote and answers to this"
            " address. To add something, answer this mail.\n\n"
            "You wrote:\n\n{quote}\n\n"
            "This mail was sent automatically. If you did not write to us, you can ignore it."
        ),
    ),
    (Kind.ACKNOWLEDGEMENT, "de"): Template(
        subject="Wir haben Ihre Nachricht [#{number}]",
        body=(
            "Wir haben Ihre Nachricht erhalten. Ihre Vorgangsnummer ist {number}.\n\n"
            "Wir antworten voraussichtlich bis {reply_by}.\n\n"
            "Wie es weitergeht: Jemand aus unserem Team liest, was Sie geschrieben haben, und"
            " antwortet an diese Adresse. Wenn Sie etwas ergänzen möchten, antworten Sie auf"
            " diese Mail.\n\n"
            "Sie schrieben:\n\n{quote}\n\n"
            "Diese Mail wurde automatisch verschickt. Wenn Sie uns nicht geschrieben haben,"
            " können Sie sie ignorieren."
        ),
    ),
    **SURVEY_WORDS,
    **MORE_SURVEY_WORDS,
}


def template_for(kind: str, languages: Iterable[str]) -> tuple[Template, str]:
    """Return the template in the first of the languages we have words in, and that language."""
    own = {row.language.lower(): row for row in MailTemplate.objects.filter(kind=kind)}
    wished = [code.lower() for given in languages if given for code in (given, base_of(given))]
    for code in (*wished, FALLBACK):
        if row := own.get(code):
            return Template(subject=row.subject, body=row.body), code
        if default := DEFAULTS.get((kind, code)):
            return default, code
    return DEFAULTS[kind, FALLBACK], FALLBACK


def base_of(language: str) -> str:
    """The language without its region: `de` of `de-at`."""
    return language.lower().replace("_", "-").partition("-")[0]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced, once: braces inside a value stay what they are."""
    return VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def render_body(
    body: str, values: Mapping[str, str], *, rich: Mapping[str, str] | None = None
) -> Words:
    """Fill a template. A paragraph that is one variable alone takes its form in `rich`, if any.

    A paragraph with a variable that is empty is left out, and so is a line before a quote that
    is not there.
    """
    texts: list[str] = []
    parts: list[str] = []
    blocks = [block.strip("\n") for block in _PARAGRAPHS.split(body.strip())]
    for at, block in enumerate(blocks):
        following = blocks[at + 1] if at + 1 < len(blocks) else ""
        if _is_empty(block, values) or (block.endswith(":") and _is_empty(following, values)):
            continue
        alone = VARIABLE.fullmatch(block.strip())
        text = filled(block, values)
        texts.append(text)
        parts.append((rich or {}).get(alone[1], "") if alone else "")
        parts[-1] = parts[-1] or text_to_html(text)
    return Words(text="\n\n".join(texts), html="\n".join(parts))


def _is_empty(block: str, values: Mapping[str, str]) -> bool:
    return any(not values.get(name, "-").strip() for name in VARIABLE.findall(block))

"""Earlier messages under a reply: only those its recipient had before."""

import textwrap
from collections.abc import Iterable
from html import escape

from django.utils import timezone, translation
from django.utils.formats import date_format

from helpdesk.lib.html import text_to_html
from tickets.channels.email.templating import Words, base_of
from tickets.channels.models import Mailbox
from tickets.models import Delivery, Message

MOST_MESSAGES = 20
MOST_CHARACTERS = 20_000
QUOTE_COLUMNS = 74
_WROTE = {
    "cs": "{date} napsal(a) {who}:",
    "da": "Den {date} skrev {who}:",
    "de": "Am {date} schrieb {who}:",
    "en": "On {date}, {who} wrote:",
    "es": "El {date}, {who} escribió:",
    "fi": "{who} kirjoitti {date}:",
    "fr": "Le {date}, {who} a écrit :",
    "it": "Il {date} {who} ha scritto:",
    "nl": "Op {date} schreef {who}:",
    "no": "Den {date} skrev {who}:",
    "pl": "W dniu {date} {who} napisał(a):",
    "pt": "Em {date}, {who} escreveu:",
    "sv": "Den {date} skrev {who}:",
}


def history_for(delivery: Delivery, *, quoting: str, language: str) -> Words:
    """What stands quoted under this copy, newest first; nothing its recipient never got.

    Somebody who joined late, or was left out of a mail, does not find it here. Notes and
    automatic mail are never quoted.
    """
    if quoting == Mailbox.Quoting.NONE:
        return Words(text="", html="")
    message = delivery.message
    earlier = (
        Message.objects.public()
        .filter(ticket=message.ticket_id, created_at__lt=message.created_at)
        .exclude(kind=Message.Kind.AUTOMATIC)
        .exclude(is_automatic=True)
        .select_related("agent", "customer")
        .order_by("-at", "-pk")
    )
    if quoting == Mailbox.Quoting.LAST:
        answered = earlier.filter(kind=Message.Kind.INBOUND).first()
        return _quoted([answered] if answered else [], delivery, language)
    return _quoted(earlier[:MOST_MESSAGES], delivery, language)


def _quoted(messages: Iterable[Message], delivery: Delivery, language: str) -> Words:
    texts: list[str] = []
    parts: list[str] = []
    left = MOST_CHARACTERS
    for message in messages:
        words = message.own_text.strip()
        if not words or len(words) > left or not _had(delivery, message):
            continue
        left -= len(words)
        line = _attribution(message, language)
        texts.append(f"{line}\n{as_quote(words)}")
        parts.append(f"<p>{escape(line)}</p>\n<blockquote>{text_to_html(words)}</blockquote>")
    return Words(text="\n\n".join(texts), html="\n".join(parts))


def as_quote(text: str) -> str:
    """Lines behind a mark, none longer than old clients show whole."""
    lines: list[str] = []
    for line in text.splitlines():
        lines += textwrap.wrap(
            line, QUOTE_COLUMNS, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _had(delivery: Delivery, message: Message) -> bool:
    """Whether the recipient of this copy wrote that message, or was sent it."""
    if message.is_inbound and message.customer_id in {delivery.customer_id} - {None}:
        return True
    named = (message.author_address, *message.recipients, *message.cc)
    return delivery.address.lower() in {address.lower() for address in named}


def _attribution(message: Message, language: str) -> str:
    who = message.author_name or str(message.agent or message.customer or message.author_address)
    template = _WROTE.get(base_of(language), _WROTE["en"])
    with translation.override(base_of(language) if base_of(language) in _WROTE else "en"):
        date = date_format(timezone.localtime(message.at), "DATETIME_FORMAT")
    return template.format(date=date, who=who)

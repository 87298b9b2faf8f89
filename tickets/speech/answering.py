"""What an inbound message tells: the things it names, and what we had asked for (BRIEFING 3.6)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import transaction

from customers.models import Fact
from customers.operations import remember_fact
from helpdesk.lib.actors import Actor
from helpdesk.lib.secrets_in_text import is_card_number
from tickets.issues.entities import active_masks, entities_in
from tickets.macros.models import MacroUse
from tickets.models import Message, Ticket
from tickets.sentences.asking import asked_keys

# What files answer, and of which types.
_FILES = {
    "screenshot": ("image/",),
    "photo": ("image/",),
    "bank_statement": ("application/pdf", "image/"),
    "receipt": ("application/pdf", "image/"),
}
_AMOUNT = re.compile(
    r"(?:[£$€]\s?\d{1,6}(?:[.,]\d{3})*(?:[.,]\d{2})?|\d{1,6}(?:[.,]\d{2})?\s?(?:£|\$|€|EUR|GBP|USD|CHF)\b)"
)
_PHONE = re.compile(r"(?<![\w+])\+?\d[\d ()/-]{7,18}\d(?!\w)")
_SECRET = re.compile(r"\b(?:password|passwort|kennwort|pin|cvc|cvv)\b", re.IGNORECASE)


# The key, the value, the source, and for how long it is known.
Told = tuple[str, str, str, timedelta | None]
# A message that names more things than this is a list, and a list is about none of them.
MOST_NAMED = 5
# How long the number of an order is what the customer writes about; an issue is cut there too.
NAMED_FOR = timedelta(days=90)


@transaction.atomic
def remember_told(message: Message, *, by: Actor, at: datetime) -> list[Fact]:
    """Remember the orders and other things this message names, and what it answers of what our
    last reply asked for; repeating is harmless.

    Of amounts, phones and files only what was asked for is remembered. Card numbers and lines
    about passwords never become facts.
    """
    ticket = Ticket.objects.select_related("customer").get(pk=message.ticket_id)
    text = "\n".join(line for line in message.own_text.splitlines() if not _SECRET.search(line))
    values = [*_named(f"{ticket.subject}\n{text}"), *_asked_for(message, ticket, text)]
    return [
        remember_fact(
            ticket.customer,
            key=key,
            value=value,
            source=source,
            ticket_number=ticket.number,
            message_id=message.pk,
            team_id=ticket.team_id,
            lifetime=lifetime,
            by=by,
            at=at,
        )
        for key, value, source, lifetime in values
        if not is_card_number(value)
    ]


def keys_asked(reply: Message, *, language: str) -> set[str]:
    """Return the keys of facts a reply asks for, in its words or by its macros; one query."""
    keys = asked_keys(reply.own_text, language)
    for asks_for in MacroUse.objects.filter(message=reply).values_list(
        "macro__asks_for", flat=True
    ):
        keys.update(asks_for)
    return keys


def _asked_before(message: Message, ticket: Ticket) -> set[str]:
    """The keys our last reply before this message asked for."""
    replies = ticket.messages.filter(kind=Message.Kind.REPLY, at__lte=message.at)
    last = replies.order_by("-at", "-id").first()
    return keys_asked(last, language=ticket.customer.language) if last else set()


def _named(text: str) -> list[Told]:
    """The things of the workspace's patterns that a text names."""
    things = dict.fromkeys((one.key, one.value) for one in entities_in(text, active_masks()))
    if len(things) > MOST_NAMED:
        return []
    return [(key, value, Fact.Source.MESSAGE, NAMED_FOR) for key, value in things]


def _asked_for(message: Message, ticket: Ticket, text: str) -> list[Told]:
    keys = _asked_before(message, ticket)
    found: list[Told] = []
    for key, pattern in (("amount", _AMOUNT), ("phone", _PHONE)):
        if key in keys and (match := pattern.search(text)):
            found.append((key, match.group().strip(), Fact.Source.MESSAGE, None))
    if file_keys := sorted(keys & _FILES.keys()):
        for file in message.attachments.filter(is_inline=False):
            found += [
                (key, file.name, Fact.Source.ATTACHMENT, None)
                for key in file_keys
                if file.content_type.startswith(_FILES[key])
            ]
    return found

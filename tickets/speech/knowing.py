"""What a text asks for that is known already: the lint "don't ask again" (BRIEFING 3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.models import Customer, Fact
from helpdesk.accounts.models import Agent
from tickets.macros.models import Macro
from tickets.sentences.asking import Asked, asks_in

# So many facts of a customer are looked at, the newest first.
FACTS = 60
# Keys that are said shorter than they are called.
_SHORT = {
    "order_number": "order", "invoice_number": "invoice", "contract_number": "contract",
    "booking_number": "booking", "customer_number": "customer number",
}  # fmt: skip
_INSERTED = {
    "en": "I have your {name} here: {value}.",
    "de": "Ihre Angabe liegt mir vor: {value}.",
}


@dataclass(frozen=True)
class Known:
    """Something that is asked for although it is known: every value, the newest first.

    `asked` is the sentence that asks, None where only a macro does.
    """

    key: str
    facts: Sequence[Fact]
    asked: Asked | None
    insertion: str

    @property
    def name(self) -> str:
        return _SHORT.get(self.key, self.key.replace("_", " "))


def facts_on(customer_id: int, *, agent: Agent, at: datetime) -> list[Fact]:
    """The unexpired facts this agent may see, the newest first; one query."""
    facts = Fact.objects.filter(customer=customer_id).known(at).visible_to(agent)
    return list(facts.order_by("-at", "-pk")[:FACTS])


def known_asked(
    text: str, customer: Customer, *, macros: Iterable[Macro], facts: Iterable[Fact]
) -> list[Known]:
    """Find what a text, or a macro in it, asks for that is known; in the order it is asked."""
    by_key: dict[str, list[Fact]] = {}
    for fact in facts:
        by_key.setdefault(fact.key, []).append(fact)
    asked: dict[str, Asked | None] = {key: None for macro in macros for key in macro.asks_for}
    asked |= {key: said for said in asks_in(text, customer.language) for key in said.keys}
    return [
        Known(key, by_key[key], sentence, _insertion(key, by_key[key][0], customer.language))
        for key, sentence in sorted(asked.items(), key=lambda row: row[1].start if row[1] else -1)
        if key in by_key
    ]


def source_words(fact: Fact) -> str:
    """Where a fact comes from, in words."""
    words = {
        Fact.Source.MESSAGE: pgettext("where a fact comes from", "message"),
        Fact.Source.FORM: _("web form"),
        Fact.Source.ATTACHMENT: pgettext("where a fact comes from", "file"),
        Fact.Source.AGENT: _("noted by an agent"),
        Fact.Source.IMPORT: pgettext("where a fact comes from", "import"),
        Fact.Source.API: "API",
    }
    return words.get(Fact.Source(fact.source), fact.source)


def _insertion(key: str, fact: Fact, language: str) -> str:
    """The sentence that says what is known instead of asking for it, in the customer's language."""
    name = _SHORT.get(key, key.replace("_", " "))
    if language.startswith("de"):
        return _INSERTED["de"].format(value=fact.value)
    if key in _SHORT:
        return f"I have your {name} {fact.value} here."
    return _INSERTED["en"].format(name=name, value=fact.value)

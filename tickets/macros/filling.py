"""A macro's text with its variables filled in; what is missing stays as a marked gap."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from customers.models import Fact
from helpdesk.accounts.models import Agent
from tickets.models import Ticket
from tickets.sentences.asking import KEYS

VARIABLE = re.compile(r"\{([a-z][a-z ._]{0,59})\}")
NAMED = (
    "customer.name", "first name", "agent.name", "agent.first_name", "ticket.number",
    "ticket.subject",
)  # fmt: skip
VARIABLES = (*NAMED, *KEYS)
GAP = re.compile(r"\[\[([a-z ._]{1,60})\]\]")


@dataclass(frozen=True)
class Filled:
    """A text ready for the composer; `gaps` are the variables nothing is known for."""

    text: str
    gaps: tuple[str, ...]


def unknown_variables(text: str) -> list[str]:
    """The variables of a text that nothing could ever fill, in their order."""
    return [name for name in VARIABLE.findall(text) if name not in VARIABLES]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put values in place of variables; one without a value becomes [[its name]]."""
    gaps: list[str] = []

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if values.get(name):
            return values[name]
        gaps.append(name)
        return f"[[{name.replace('_', ' ')}]]"

    return Filled(VARIABLE.sub(value_of, text), tuple(dict.fromkeys(gaps)))


def gaps_in(text: str) -> list[str]:
    """The gaps still in a text."""
    return GAP.findall(text)


def values_on(ticket: Ticket, *, agent: Agent, facts: Iterable[Fact]) -> dict[str, str]:
    """What the variables stand for on a ticket; of several values of a fact the newest."""
    name = ticket.customer.name
    values = {
        "customer.name": name,
        "first name": name.split(" ")[0],
        "agent.name": agent.name,
        "agent.first_name": agent.first_name,
        "ticket.number": str(ticket.number),
        "ticket.subject": ticket.subject,
    }
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.pk)):
        values[fact.key] = fact.value
    return values

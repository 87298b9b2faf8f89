import logging
from datetime import datetime
from itertools import chain

from helpdesk.accounts.models import Agent
from tickets.briefing import rules
from tickets.briefing.gathering import gather
from tickets.briefing.items import Briefing
from tickets.briefing.last_contacts import last_contacts
from tickets.models import Ticket

log = logging.getLogger(__name__)

_RULES = (
    rules.identity,
    rules.headline,
    rules.promised,
    rules.known,
    rules.mood,
    rules.notes,
)


def brief(ticket: Ticket, *, agent: Agent, at: datetime) -> Briefing:
    """Return the briefing of a ticket as this agent may see it, in six queries at most.

    The ticket comes with its customer and the customer's organisation loaded. A line that no
    stored row proves is left out, whatever rule made it.
    """
    seen = gather(ticket, agent=agent, at=at)
    items = tuple(chain.from_iterable(rule(seen) for rule in _RULES))
    for item in items:
        if not item.sources:
            log.error("briefing rule %s gave a line without evidence", item.rule)
    return Briefing(
        items=tuple(item for item in items if item.sources),
        contacts=tuple(last_contacts(seen)),
        hidden_contacts=len(seen.hidden),
    )

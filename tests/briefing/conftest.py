"""Kofi and what became of his first ticket."""

import pytest

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.briefing.reading import DAY, HOUR, wrote
from tests.conftest import MONDAY_9AM, said
from tickets.models import Ticket
from tickets.operations import reply_to_ticket, solve_ticket


@pytest.fixture
def unresolved(workspace: None, kofi: Customer, support: Team, ana: Agent) -> Ticket:
    """Solved without a word from Kofi, four days before he writes again."""
    ticket = wrote(kofi, "Refund still missing", at=MONDAY_9AM, team=support)
    reply_to_ticket(ticket, content=said("Wait."), by=Actor.agent(ana.pk), at=MONDAY_9AM + HOUR)
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=MONDAY_9AM + 2 * DAY)
    return ticket

"""A survey that is on, Kofi's ticket answered and solved, and what he was sent."""

from datetime import timedelta
from typing import Any

import pytest

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.channels.email.survey_ids import survey_token_of
from tickets.feedback.inviting import plan_invitations, send_invitation
from tickets.feedback.models import Invitation, Survey
from tickets.models import Ticket, TicketEvent
from tickets.operations import reply_to_ticket, solve_ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOLVED = MONDAY_9AM + 2 * HOUR
ASKED = SOLVED + 4 * HOUR


def survey(scale: str = "csat5", **fields: Any) -> Survey:
    """A survey that is on, after a ticket is solved unless said otherwise."""
    return Survey.objects.create(name=f"Our {scale}", scale=scale, is_active=True, **fields)


def solved(ticket: Ticket, ana: Agent) -> TicketEvent:
    """Ana answers and solves; returns the event of it."""
    by = Actor.agent(ana.pk)
    reply_to_ticket(ticket, content=said("Here is a new code."), by=by, at=MONDAY_9AM + HOUR)
    solve_ticket(ticket, by=by, at=SOLVED)
    return ticket.events.get(kind=TicketEvent.Kind.SOLVED)


def token_of(invitation: Invitation) -> str:
    """What the link in the mail that went out says."""
    assert invitation.message is not None
    return survey_token_of(invitation.message)


@pytest.fixture
def csat(db: None) -> Survey:
    return survey()


@pytest.fixture
def planned(csat: Survey, ticket: Ticket, ana: Agent) -> Invitation:
    """Kofi is to be asked how we did, four hours after Ana solved his ticket."""
    plan_invitations(solved(ticket, ana))
    return Invitation.objects.get()


@pytest.fixture
def invited(planned: Invitation) -> Invitation:
    """Kofi was asked how we did."""
    return send_invitation(planned, at=ASKED)

"""How the tests of the briefing write tickets and read what is said of them."""

from datetime import datetime, timedelta

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.briefing.briefing import brief
from tickets.briefing.items import Briefing
from tickets.issues.noting import note_terms
from tickets.models import Ticket
from tickets.operations import open_ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY_9AM + 6 * DAY


def wrote(
    kofi: Customer, subject: str, text: str = "", *, at: datetime, team: Team | None = None
) -> Ticket:
    ticket = open_ticket(
        customer=kofi,
        subject=subject,
        content=said(text or subject, language="en"),
        team=team,
        by=Actor.customer(kofi.pk),
        at=at,
    ).ticket
    note_terms([ticket.pk])
    return ticket


def read(ticket: Ticket, agent: Agent, *, at: datetime = NOW) -> Briefing:
    row = Ticket.objects.select_related("customer__organisation", "status", "topic").get(
        pk=ticket.pk
    )
    return brief(row, agent=agent, at=at)


def texts(briefing: Briefing, slot: str) -> list[str]:
    return [line.text for line in briefing.slot(slot)]

"""Tell incidents to the desk: tickets of their own, changed by the operations agents use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from customers.models import Customer
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tickets.imports.incident_log.rows import STATES, Incident, Update
from tickets.models import Category, Ticket, TicketStatus
from tickets.operations import assign_ticket, change_status, move_ticket, prioritise_ticket
from tickets.operations.intake import create_ticket, record_opening

BY = Actor.imported()


@dataclass(frozen=True)
class Cast:
    """Who and what the log names, as rows of ours, by the log's own words."""

    teams: dict[str, Team]
    agents: dict[str, Agent]
    statuses: dict[str, TicketStatus]


def cast_of(incidents: Iterable[Incident]) -> Cast:
    """Make a team of each group, an agent of each assignee, in every group they are seen in, and
    a status of each state."""
    seen = {
        (update.group, update.assignee) for incident in incidents for update in incident.updates
    }
    groups = sorted({group for group, _ in seen if group})
    teams = {group: Team.objects.create(name=f"Log group {group}") for group in groups}
    agents = {
        assignee: Agent.objects.create_user(
            f"log-{assignee}@example.invalid", None, name=f"Log assignee {assignee}"
        )
        for assignee in sorted({assignee for _, assignee in seen if assignee})
    }
    for group, assignee in seen:
        if group and assignee:
            teams[group].members.add(agents[assignee])
    statuses = {
        state: TicketStatus.objects.create(name=f"Log: {state}", category=category)
        for state, category in STATES.items()
    }
    return Cast(teams, agents, statuses)


def caller(at: datetime) -> Customer:
    """Return the customer all incidents are of: the log does not say who called."""
    return identify_customer(
        kind="external", value="incident-log", name="Incident log", by=BY, at=at
    )


def tell(incident: Incident, *, number: int, customer: Customer, cast: Cast) -> Ticket:
    """Open a ticket when the incident was opened, and repeat every update at its time."""
    first = incident.updates[0]
    ticket = create_ticket(
        customer=customer,
        subject=incident.key,
        channel="phone",
        category=Category.NEW,
        team=cast.teams.get(first.group),
        number=number,
        by=BY,
        at=incident.opened_at,
    )
    record_opening(ticket, message=None, by=BY, at=incident.opened_at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
    before: Update | None = None
    for update in incident.updates:
        _change(ticket, before, update, cast)
        before = update
    return ticket


def _change(ticket: Ticket, before: Update | None, update: Update, cast: Cast) -> None:
    """Do what differs between two updates. The group goes first: it may cost the owner."""
    at = update.at
    if before is None or before.group != update.group:
        move_ticket(ticket, team=cast.teams.get(update.group), by=BY, at=at)
    if before is None or before.assignee != update.assignee:
        assign_ticket(ticket, agent=cast.agents.get(update.assignee), by=BY, at=at)
    if before is None or before.priority != update.priority:
        prioritise_ticket(ticket, priority=update.priority, by=BY, at=at)
    if update.category and (before is None or before.state != update.state):
        change_status(ticket, status=cast.statuses[update.state], by=BY, at=at)

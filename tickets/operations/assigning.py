from datetime import datetime

from django.db import transaction

from customers.feedback.models import Rating
from customers.operations import hand_over_traces
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor, ActorKind
from tickets.errors import AssigneeInactive, AssigneeNotInTeam
from tickets.events import record_event
from tickets.models import Ticket, TicketEvent


@transaction.atomic
def assign_ticket(ticket: Ticket, *, agent: Agent | None, by: Actor, at: datetime) -> Ticket:
    """Make an agent the owner, or nobody. The same owner again changes nothing.

    Raises AssigneeInactive, AssigneeNotInTeam (a supervisor may own any team's ticket).
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.assignee_id == (agent.pk if agent else None):
        return ticket
    if agent is not None and by.kind != ActorKind.IMPORT:
        _refuse_blind(ticket, agent)
    old = {"agent": ticket.assignee_id}
    ticket.assignee = agent
    new = {"agent": agent.pk if agent else None}
    record_event(ticket, TicketEvent.Kind.ASSIGNED, old=old, new=new, by=by, at=at)
    ticket.save(update_fields=["assignee", "last_event_id", "updated_at"])
    return ticket


@transaction.atomic
def move_ticket(ticket: Ticket, *, team: Team | None, by: Actor, at: datetime) -> Ticket:
    """Hand the ticket to another team; an owner who is not in it loses it.

    What the ticket left on the customer's timeline moves along, so that visibility follows.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.team_id == (team.pk if team else None):
        return ticket
    old = {"team": ticket.team_id, "agent": ticket.assignee_id}
    ticket.team = team
    if ticket.assignee and not _sees(ticket.assignee, team):
        ticket.assignee = None
    new = {"team": ticket.team_id, "agent": ticket.assignee_id}
    record_event(ticket, TicketEvent.Kind.MOVED, old=old, new=new, by=by, at=at)
    ticket.save(update_fields=["team", "assignee", "last_event_id", "updated_at"])
    hand_over_traces(ticket_number=ticket.number, team_id=ticket.team_id)
    Rating.objects.filter(ticket_number=ticket.number).update(team_id=ticket.team_id)
    return ticket


def _refuse_blind(ticket: Ticket, agent: Agent) -> None:
    if not agent.is_active:
        raise AssigneeInactive(name=str(agent))
    if not _sees(agent, ticket.team):
        raise AssigneeNotInTeam(name=str(agent), team=str(ticket.team))


def _sees(agent: Agent, team: Team | None) -> bool:
    if team is None or agent.may(Permission.SEE_ALL_TEAMS):
        return True
    return team.members.filter(pk=agent.pk).exists()

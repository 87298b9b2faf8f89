"""Tell of targets that are nearly due or missed, and do what their policies say: once each."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from tickets.events import record_event
from tickets.metrics.models import Alert, Target
from tickets.metrics.resolving import resolve_tickets
from tickets.metrics.target_keeping import alarm_of
from tickets.models import Notified, Step, Ticket, TicketEvent
from tickets.operations import assign_ticket, move_ticket, prioritise_ticket

log = logging.getLogger(__name__)

# As many tickets as one run takes up; what is left waits for the next.
BATCH = 200
WARNING, BREACH = "warning", "breach"
_KINDS = {WARNING: TicketEvent.Kind.TARGET_WARNED, BREACH: TicketEvent.Kind.TARGET_MISSED}


def escalate_due(*, at: datetime) -> int:
    """Take up the tickets whose targets have reached a warning or their end; return how many.

    Two queries find them, both by what is due first. One that fails holds up no other.
    """
    pending = Target.objects.filter(outcome=Target.Outcome.PENDING)
    late = pending.filter(escalated_at=None, escalate_at__lte=at).order_by("escalate_at")
    near = pending.filter(warned_at=None, warn_at__lte=at).order_by("warn_at")
    found = [*_tickets(late), *_tickets(near)]
    for ticket_id in dict.fromkeys(found):
        try:
            escalate_ticket(ticket_id, at=at)
        except Exception:
            log.exception("targets of ticket id %s could not be escalated", ticket_id)
    return len(set(found))


def _tickets(targets: QuerySet[Target]) -> list[int]:
    return list(targets.values_list("ticket_id", flat=True)[:BATCH])


@transaction.atomic
def escalate_ticket(ticket_id: int, *, at: datetime) -> list[TicketEvent]:
    """Do and record what the policies of a ticket's running targets say is due at a moment.

    Its targets are derived first, with the ticket locked: a reply or a pause that was committed
    before counts, and of two workers the second finds everything done. A warning that comes
    after the end of its target is left out: the breach is told.
    """
    resolve_tickets([ticket_id], at=at)
    ticket = Ticket.objects.lock(ticket_id)
    running = Target.objects.filter(ticket=ticket, outcome=Target.Outcome.PENDING)
    told = []
    for target in running.select_related("policy").order_by("due_at", "pk"):
        moment = _reached(target, at)
        if moment is None:
            continue
        _mark(target, moment, at=at)
        if not _is_told(ticket, target, moment):
            told.append(_take_step(ticket, target, moment, at=at))
    return told


def _reached(target: Target, at: datetime) -> str | None:
    if target.escalate_at and target.escalate_at <= at and target.escalated_at is None:
        return BREACH
    is_near = target.warn_at and target.warn_at <= at and target.warned_at is None
    return WARNING if is_near else None


def _mark(target: Target, moment: str, *, at: datetime) -> None:
    target.warned_at = target.warned_at or at
    if moment == BREACH:
        target.escalated_at = at
    target.save(update_fields=["warned_at", "escalated_at"])


def _is_told(ticket: Ticket, target: Target, moment: str) -> bool:
    """The row may be new where the policy did not fit for a while; the history knows."""
    since = target.started_at.isoformat()
    events = ticket.events.filter(kind=_KINDS[moment])
    return events.filter(new__target=target.ref, new__since=since).exists()


def _take_step(ticket: Ticket, target: Target, moment: str, *, at: datetime) -> TicketEvent:
    by = Actor.rule(f"sla: {target.policy.name}"[:80])
    step = target.policy.step(target.kind, moment) or Step()
    refused = _act(ticket, step, by=by, at=at)
    ticket = Ticket.objects.lock(ticket.pk)
    told = [agent.pk for agent in _recipients(ticket, step.notify)]
    for agent_id in told:
        Alert.objects.update_or_create(
            agent_id=agent_id, target=target, defaults={"is_missed": moment == BREACH, "at": at}
        )
    new = {
        "target": target.ref,
        "since": target.started_at.isoformat(),
        "kind": target.kind,
        "policy": str(target.policy),
        "due_at": target.due_at.isoformat() if target.due_at else "",
        "told": told,
        "refused": refused,
    }
    event = record_event(ticket, _KINDS[moment], new=new, by=by, at=at)
    ticket.alarm = max(alarm_of(target), Ticket.Alarm(ticket.alarm), key=list(Ticket.Alarm).index)
    ticket.save(update_fields=["alarm", "last_event_id", "updated_at"])
    return event


def _act(ticket: Ticket, step: Step, *, by: Actor, at: datetime) -> list[str]:
    """Move, assign and prioritise, in this order; return why something was refused.

    A priority is raised, never lowered.
    """
    refused = []
    team = Team.objects.filter(pk=step.team).first() if step.team else None
    if team is not None:
        move_ticket(ticket, team=team, by=by, at=at)
    agent = Agent.objects.filter(pk=step.agent).first() if step.agent else None
    if agent is not None:
        try:
            with transaction.atomic():
                assign_ticket(ticket, agent=agent, by=by, at=at)
        except DomainError as error:
            refused.append(str(error))
    if step.priority and step.priority > ticket.priority:
        prioritise_ticket(ticket, priority=step.priority, by=by, at=at)
    return refused


def _recipients(ticket: Ticket, notify: Collection[str]) -> list[Agent]:
    """Who is told: the owner, the leads of the team; the leads for an owner who is not there.

    Without a lead in the team, supervisors are.
    """
    found: list[Agent] = []
    owner = ticket.assignee if ticket.assignee and ticket.assignee.is_active else None
    if Notified.OWNER in notify and owner is not None:
        found.append(owner)
    if Notified.LEADS in notify or (Notified.OWNER in notify and owner is None):
        found += _leads(ticket.team)
    return list({agent.pk: agent for agent in found}.values())


def _leads(team: Team | None) -> list[Agent]:
    leads = team.members.filter(role=Role.LEAD, is_active=True) if team else Agent.objects.none()
    supervisors = Agent.objects.filter(role=Role.SUPERVISOR, is_active=True)
    return list(leads.order_by("pk")) or list(supervisors.order_by("pk"))


def alerts_of(agent: Agent, *, limit: int) -> list[Alert]:
    """What an agent was told and still holds, of tickets they may see, what is due first."""
    told = Alert.objects.filter(
        agent=agent,
        target__outcome=Target.Outcome.PENDING,
        target__due_at__isnull=False,
        target__ticket__in=Ticket.objects.visible_to(agent).unfinished(),
    )
    related = told.select_related("target__ticket__customer", "target__policy")
    return list(related.order_by("target__due_at", "pk")[:limit])

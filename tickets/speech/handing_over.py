"""Handing a ticket over, so that whoever takes it starts where the giver stopped (IDEAS 5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.models import Promise, Touchpoint
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from helpdesk.lib.text import excerpt
from tickets.models import Message, Ticket
from tickets.operations import NewMessage, assign_ticket, move_ticket, note_on_ticket
from tickets.speech.errors import EmptyHandOver
from tickets.speech.models import HandOver

STEPS, PROMISES = 5, 5


@dataclass(frozen=True, kw_only=True)
class Telling:
    """The four things a receiver must know, each in a few lines."""

    wants: str = ""
    tried: str = ""
    next_step: str = ""
    promised: str = ""


def prefilled(ticket: Ticket, *, agent: Agent) -> Telling:
    """What is known for a hand-over: their last own words, steps taken, promises open."""
    last = ticket.messages.filter(kind=Message.Kind.INBOUND).order_by("-at", "-id").first()
    steps = (
        Touchpoint.objects.filter(customer=ticket.customer_id, kind=Touchpoint.Kind.STEP)
        .visible_to(agent)
        .order_by("-at")[:STEPS]
    )
    promises = Promise.objects.outstanding().filter(customer=ticket.customer_id)
    return Telling(
        wants=excerpt(last.own_text, limit=300) if last else "",
        tried="\n".join(
            f"{date_format(localtime(step.at), 'j M')}: {step.title}" for step in steps
        ),
        promised="\n".join(
            f"{date_format(localtime(promise.due_at), 'j M H:i')}: {promise.text}"
            for promise in promises.visible_to(agent).order_by("due_at")[:PROMISES]
        ),
    )


def needs_telling(ticket: Ticket) -> bool:
    """The rule: who was answered, or was promised something, is handed over with words."""
    return (
        ticket.replies_count > 0
        or Promise.objects.outstanding().filter(ticket_number=ticket.number).exists()
    )


@transaction.atomic
def hand_over(
    ticket: Ticket,
    *,
    to_agent: Agent | None = None,
    to_team: Team | None = None,
    telling: Telling,
    by: Actor,
    at: datetime,
) -> HandOver:
    """Give a ticket to somebody else with what they must know, as a note that stands on top for
    them until they acknowledge it.

    Raises EmptyHandOver, AssigneeInactive, AssigneeNotInTeam.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if to_agent is None and to_team is None:
        raise EmptyHandOver
    if not any(text.strip() for text in asdict(telling).values()):
        raise EmptyHandOver
    note = note_on_ticket(ticket, content=NewMessage(text=_words(telling)), by=by, at=at)
    if to_team is not None:
        ticket = move_ticket(ticket, team=to_team, by=by, at=at)
    if to_agent is not None or to_team is not None:
        ticket = assign_ticket(ticket, agent=to_agent, by=by, at=at)
    return HandOver.objects.create(
        ticket=ticket,
        note=note,
        by_agent_id=by.agent_id,
        to_agent=to_agent,
        to_team=to_team,
        at=at,
        **{name: text.strip() for name, text in asdict(telling).items()},
    )


@transaction.atomic
def acknowledge_hand_over(given: HandOver, *, by: Actor, at: datetime) -> HandOver:
    """Say that the hand-over was read; it no longer stands on top. Once is enough."""
    given = HandOver.objects.select_for_update().get(pk=given.pk)
    if given.acknowledged_at is None:
        given.acknowledged_at, given.acknowledged_by_id = at, by.agent_id
        given.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return given


def _words(telling: Telling) -> str:
    named = (
        (_("They want"), telling.wants),
        (_("Tried"), telling.tried),
        (_("Next"), telling.next_step),
        (_("Promised"), telling.promised),
    )
    return "\n\n".join(f"{name}:\n{text.strip()}" for name, text in named if text.strip())

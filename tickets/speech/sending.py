"""A reply with all that follows from what it says: macros, steps, repeat-asks, promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from customers.models import Promise
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tickets.macros.models import Macro
from tickets.macros.operations import forget_macros, note_macros
from tickets.models import BusinessCalendar, Category, Message, Ticket, TicketStatus
from tickets.operations import (
    NewMessage,
    end_promise_on_ticket,
    reply_to_ticket,
    wait_for_us,
    withdraw_reply,
)
from tickets.sentences.promising import DATED, promises_in
from tickets.speech.knowing import facts_on, known_asked
from tickets.speech.models import PromiseSuggestion, RepeatAsk


@transaction.atomic
def send_reply(
    ticket: Ticket,
    *,
    content: NewMessage,
    macros: Sequence[Macro] = (),
    reason: str = "",
    then: TicketStatus | None = None,
    seen_event_id: int | None = None,
    hold: timedelta = timedelta(0),
    by: Actor,
    at: datetime,
) -> Message:
    """Answer the customer, and keep what the answer says: the macros it used with the step they
    tried, what it asked for although we know it (with the writer's reason), and each dated
    promise as a suggestion. A ticket with an open promise stays ours instead of waiting.

    Raises what `reply_to_ticket` raises.
    """
    message = reply_to_ticket(
        ticket, content=content, then=then, seen_event_id=seen_event_id, hold=hold, by=by, at=at
    )
    ticket = Ticket.objects.lock(ticket.pk)
    note_macros(message, ticket, macros=macros, by=by, at=at)
    _note_repeat_asks(message, ticket, macros=macros, reason=reason, by=by, at=at)
    suggest_promises(message, ticket, at=at)
    if then is None or then.category == Category.WAIT_CUSTOMER:
        wait_for_us(ticket, by=by, at=at)
    return message


@transaction.atomic
def take_back_reply(message: Message, *, by: Actor, at: datetime) -> Ticket:
    """Take back a reply that is still held, with the promises and steps it was noted for.

    Raises what `withdraw_reply` raises.
    """
    ticket = withdraw_reply(message, by=by, at=at)
    forget_macros(message, ticket)
    RepeatAsk.objects.filter(message=message).delete()
    PromiseSuggestion.objects.filter(message=message).delete()
    made = Promise.objects.outstanding().filter(ticket_number=ticket.number, message_id=message.pk)
    for promise in made:
        status = Promise.Status.CANCELLED
        end_promise_on_ticket(ticket, promise=promise, status=status, by=by, at=at)
    return ticket


def suggest_promises(message: Message, ticket: Ticket, *, at: datetime) -> None:
    """Keep each dated promise of a reply as a suggestion; what is tracked already is left out."""
    calendar = BusinessCalendar.objects.valid_at(at)
    hours = calendar.business_hours() if calendar else None
    zone = hours.zone if hours else ZoneInfo(settings.TIME_ZONE)
    found = promises_in(
        message.own_text, ticket.customer.language, at=at, time_zone=zone, hours=hours
    )
    tracked = set(
        Promise.objects.outstanding()
        .filter(ticket_number=ticket.number)
        .values_list("due_at", flat=True)
    )
    PromiseSuggestion.objects.bulk_create(
        (
            PromiseSuggestion(
                ticket=ticket, message=message, text=one.text[:300], due_at=one.due_at, at=at
            )
            for one in found
            if one.kind == DATED and one.due_at and one.due_at not in tracked
        ),
        ignore_conflicts=True,
    )


def _note_repeat_asks(
    message: Message,
    ticket: Ticket,
    *,
    macros: Sequence[Macro],
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    if by.agent_id is None:
        return
    agent = Agent.objects.get(pk=by.agent_id)
    facts = facts_on(ticket.customer_id, agent=agent, at=at)
    asked = known_asked(message.own_text, ticket.customer, macros=macros, facts=facts)
    RepeatAsk.objects.bulk_create(
        RepeatAsk(
            customer_id=ticket.customer_id,
            message=message,
            key=known.key,
            reason=reason[:200],
            at=at,
        )
        for known in asked
    )

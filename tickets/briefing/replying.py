from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tickets.briefing.briefing import items_for
from tickets.briefing.keeping import freeze_briefing
from tickets.models import Message, Ticket
from tickets.operations import NewMessage, reply_to_ticket


@transaction.atomic
def reply_prepared(
    ticket: Ticket,
    *,
    agent: Agent,
    content: NewMessage,
    hold: timedelta = timedelta(),
    by: Actor,
    at: datetime,
    **options: Any,
) -> Message:
    """Reply as `reply_to_ticket` does, and keep what the agent could know at that moment.

    `options` are those of `reply_to_ticket`, whose errors it raises.
    """
    known = items_for(ticket, agent=agent, at=at)
    message = reply_to_ticket(ticket, content=content, hold=hold, by=by, at=at, **options)
    freeze_briefing(message, known, at=at)
    return message

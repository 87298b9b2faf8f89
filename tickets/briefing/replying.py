from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tickets.briefing.briefing import items_for
from tickets.briefing.keeping import freeze_briefing
from tickets.models import Message, Ticket
from tickets.operations import NewMessage
from tickets.speech.sending import send_reply


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
    """Reply as `send_reply` does, and keep what the agent could know at that moment.

    `options` are those of `send_reply`, whose errors it raises.
    """
    known = items_for(ticket, agent=agent, at=at)
    message = send_reply(ticket, content=content, hold=hold, by=by, at=at, **options)
    freeze_briefing(message, known, at=at)
    return message

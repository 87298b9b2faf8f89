from datetime import datetime

from django.db import transaction
from django.utils.dateparse import parse_datetime

from customers.models import Touchpoint
from customers.operations import withdraw_touchpoint
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from tickets.errors import ReplyOfSomebodyElse, TooLateToWithdraw
from tickets.events import record_event
from tickets.models import (
    Delivery,
    Message,
    MessageWords,
    Ticket,
    TicketEvent,
    TicketStatus,
)
from tickets.operations.clocks import CLOCK_FIELDS, next_due
from tickets.operations.drafts import save_draft
from tickets.operations.lifecycle import STATUS_FIELDS, enter_status

_STATUS_KINDS = (TicketEvent.Kind.STATUS, TicketEvent.Kind.SOLVED, TicketEvent.Kind.CLOSED)


@transaction.atomic
def withdraw_reply(message: Message, *, by: Actor, at: datetime) -> Ticket:
    """Take back a reply that is still held: nothing is sent and its words are a draft again.

    The status it set and the reply clock go back to what they were; for metrics neither the reply
    nor this happened. Raises ReplyOfSomebodyElse, and TooLateToWithdraw once a copy may be on its
    way.
    """
    ticket = Ticket.objects.lock(message.ticket_id)
    _refuse_others(message, by)
    held = Delivery.objects.filter(
        message=message, state=Delivery.State.QUEUED, attempts=0, next_attempt_at__gt=at
    )
    copies = message.deliveries.count()
    if not copies or held.delete()[0] != copies:
        raise TooLateToWithdraw
    replied = ticket.events.get(message=message, kind=TicketEvent.Kind.REPLIED)
    _restore_status(ticket, replied, by=by, at=at)
    _restore_clock(ticket, replied)
    Message.objects.filter(pk=message.pk).update(withdrawn_at=at, delivery="")
    MessageWords.objects.filter(message=message).delete()
    withdraw_touchpoint(
        ticket.customer_id, kind=Touchpoint.Kind.REPLY, ref_kind="message", ref_id=message.pk
    )
    ticket.messages_count -= 1
    ticket.replies_count -= 1
    new = {"undoes": replied.pk}
    record_event(ticket, TicketEvent.Kind.WITHDRAWN, message=message, new=new, by=by, at=at)
    ticket.save(
        update_fields=[
            *STATUS_FIELDS,
            *CLOCK_FIELDS,
            "first_replied_at",
            "last_reply_at",
            "messages_count",
            "replies_count",
            "last_event_id",
            "updated_at",
        ]
    )
    if by.agent_id is not None:
        save_draft(
            ticket,
            agent_id=by.agent_id,
            kind=Message.Kind.REPLY,
            text=message.text,
            html=message.html,
            at=at,
        )
    return ticket


def may_withdraw(message: Message, agent: Agent) -> bool:
    """Whether it is the agent's own reply, or they lead those who write them."""
    is_own = message.agent_id == agent.pk
    return is_own or agent.may(Permission.WITHDRAW_REPLIES_OF_OTHERS)


def _refuse_others(message: Message, by: Actor) -> None:
    if by.agent_id is not None and not may_withdraw(message, Agent.objects.get(pk=by.agent_id)):
        raise ReplyOfSomebodyElse


def _restore_status(ticket: Ticket, replied: TicketEvent, *, by: Actor, at: datetime) -> None:
    """Go back to the status before the reply, unless somebody has set another since."""
    later = ticket.events.filter(id__gt=replied.pk, kind__in=_STATUS_KINDS).order_by("id")
    changes = list(later[:2])
    if len(changes) != 1 or changes[0].agent_id != replied.agent_id:
        return
    status = TicketStatus.objects.filter(name=changes[0].old.get("status", "")).first()
    if status is not None:
        kind = TicketEvent.Kind.STATUS
        if ticket.category in Ticket.FINISHED:
            kind = TicketEvent.Kind.REOPENED
        enter_status(ticket, status, kind=kind, undoes=changes[0], by=by, at=at)


def _restore_clock(ticket: Ticket, replied: TicketEvent) -> None:
    old = replied.old
    if old.get("first_reply"):
        ticket.first_replied_at = None
    ticket.last_reply_at = parse_datetime(old.get("last_reply_at", ""))
    if waiting_since := parse_datetime(old.get("waiting_since", "")):
        ticket.waiting_since = waiting_since
        ticket.reply_due_at = parse_datetime(old.get("reply_due_at", ""))
        ticket.queue_at = next_due(ticket)

"""One ticket about two things becomes two, and one again."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from helpdesk.lib.actors import Actor
from tickets.errors import LaterFirst, NothingToSplit, TicketMerged
from tickets.joining.changing import Changed, change, change_back
from tickets.joining.following import TRACES, Ids, column
from tickets.joining.models import Merge
from tickets.joining.tickets import (
    COUNTS,
    MESSAGES,
    count_on,
    follow,
    join_clocks,
    lock_both,
    put_away,
    refuse_undo,
    tell_both,
)
from tickets.models import NEVER, Category, Message, Ticket, TicketEvent
from tickets.operations.clocks import CLOCK_FIELDS, start_waiting
from tickets.operations.intake import create_ticket, record_opening
from tickets.operations.messages import preview_of


@transaction.atomic
def split_ticket(
    ticket: Ticket, *, message_ids: Collection[int], subject: str, by: Actor, at: datetime
) -> Merge:
    """Let some messages, and what they left, become a ticket of their own.

    Its customer is who wrote the first of them. It waits for us where the customer's last words on
    it are unanswered. Nothing is sent. Raises NothingToSplit, EmptySubject, TicketMerged.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.merged_into_id is not None:
        raise TicketMerged(number=ticket.number)
    messages = list(ticket.messages.order_by("at", "pk"))
    chosen = [message for message in messages if message.pk in set(message_ids)]
    rest = [message for message in messages if message not in chosen]
    if not chosen or not rest:
        raise NothingToSplit
    new = _open(ticket, chosen, subject, by=by, at=at)
    moved = _move(ticket, new, chosen)
    changed: Changed = {}
    _restate(new, chosen, {})
    _restate(ticket, rest, changed)
    added = {"messages_count": len(chosen), "replies_count": len(_replies(chosen))}
    count_on(new, added)
    count_on(ticket, {name: -count for name, count in added.items()})
    merge = Merge.objects.create(
        kind=Merge.Kind.SPLIT,
        source=ticket.pk,
        target=new.pk,
        at=at,
        agent_id=by.agent_id,
        moved=moved,
        changed=changed,
        added=added,
    )
    tell_both(merge, ticket, new, TicketEvent.Kind.SPLIT, by=by, at=at)
    return merge


@transaction.atomic
def undo_split(merge: Merge, *, by: Actor, at: datetime) -> Merge:
    """Put what was split off back, and with it what was said since; the new ticket is put away.

    Within 30 days. Repeating changes nothing. Raises TooLateToUndo, and LaterFirst where one of
    the two was merged or split again.
    """
    ticket, new = lock_both(merge.source, merge.target)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        return merge
    refuse_undo(merge, at=at)
    shaped = Q(kind=Merge.Kind.SPLIT, source=new.pk) | Q(kind=Merge.Kind.TICKETS, target=new.pk)
    later = Merge.objects.filter(shaped, undone_at=None)
    if ticket.merged_into_id or new.merged_into_id or later.exists():
        raise LaterFirst
    since = new.messages.exclude(pk__in=merge.moved[MESSAGES]).exists()
    counts = {name: getattr(new, name) for name in COUNTS}
    follow(new, ticket)
    change_back(merge)
    ticket.refresh_from_db()
    if since:
        join_clocks(new, ticket, {})
    count_on(ticket, counts)
    put_away(new, ticket, {}, at=at)
    merge.undone_at, merge.undone_by_id = at, by.agent_id
    merge.save(update_fields=["undone_at", "undone_by"])
    tell_both(merge, ticket, new, TicketEvent.Kind.UNSPLIT, by=by, at=at)
    return merge


def _open(
    ticket: Ticket, chosen: list[Message], subject: str, *, by: Actor, at: datetime
) -> Ticket:
    theirs = [message for message in chosen if message.is_inbound and message.customer]
    writer = theirs[0].customer if theirs else None
    new = create_ticket(
        customer=writer or ticket.customer,
        subject=subject,
        channel=chosen[0].channel,
        category=Category.OPEN,
        team=ticket.team,
        topic=ticket.topic,
        by=by,
        at=chosen[0].at,
    )
    new.assignee = ticket.assignee
    new.mailbox = ticket.mailbox
    new.is_rearranged = True
    record_opening(new, message=None, by=by, at=chosen[0].at)
    new.updated_at = at
    new.save(update_fields=["assignee", "mailbox", "is_rearranged", "last_event_id", "updated_at"])
    return new


def _move(ticket: Ticket, new: Ticket, chosen: list[Message]) -> Ids:
    ids = [message.pk for message in chosen]
    moved: Ids = {}
    for name, way in ((MESSAGES, "pk"), ("tickets.messagewords.ticket", "pk")):
        one = column(name)
        rows = one.rows.filter(ticket=ticket, **{f"{way}__in": ids})
        moved[name] = one.point(rows, to=new.pk)
    for name in TRACES:
        trace = column(name)
        by_message: dict[str, Any] = {"message_id__in": ids}
        if name.startswith("customers.touchpoint"):
            by_message = {"ref_kind": "message", "ref_id__in": ids}
        elif name.startswith("feedback"):
            continue
        rows = trace.rows.filter(ticket_number=ticket.number, **by_message)
        moved[name] = trace.point(rows, to=new.number, team_id=new.team_id)
    return {name: found for name, found in moved.items() if found}


def _restate(ticket: Ticket, messages: list[Message], changed: Changed) -> None:
    """What a ticket's row says of its messages: who spoke last, and since when they wait."""
    inbound = [one for one in messages if one.is_inbound and not one.is_automatic]
    replies = _replies(messages)
    answered = replies[-1].at if replies else None
    waiting = [one for one in inbound if answered is None or one.at > answered]
    values: dict[str, Any] = {
        "is_rearranged": True,
        "last_inbound_at": inbound[-1].at if inbound else None,
        "last_reply_at": answered,
        "first_replied_at": replies[0].at if replies else None,
    }
    if inbound:
        values["preview"] = preview_of(inbound[-1].own_text)
    if not waiting:
        due = ticket.solve_due_at or NEVER
        values |= {"waiting_since": None, "reply_due_at": None, "queue_at": due}
    elif ticket.waiting_since is None and ticket.category == Category.OPEN:
        ticket.first_replied_at = values["first_replied_at"]
        start_waiting(ticket, at=waiting[0].at)
        values |= {name: getattr(ticket, name) for name in CLOCK_FIELDS}
    change(ticket, changed, **values)


def _replies(messages: list[Message]) -> list[Message]:
    return [message for message in messages if message.kind == Message.Kind.REPLY]

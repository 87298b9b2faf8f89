"""Two tickets about one thing become one, and two again."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from customers.operations import note_change
from helpdesk.lib.actors import Actor
from tickets.errors import CannotMerge, LaterFirst, TargetFinished, TicketMerged, TooLateToUndo
from tickets.events import record_event
from tickets.joining.changing import Changed, change, change_back, key_of
from tickets.joining.following import TRACES, Ids, column, following
from tickets.joining.models import Merge
from tickets.joining.waiting import bring_back_waiting, note_waiting
from tickets.models import NEVER, Category, Participant, Ticket, TicketEvent
from tickets.operations import add_participant, remove_participant
from tickets.operations.lifecycle import default_status

UNDO_WITHIN = timedelta(days=30)
MESSAGES = "tickets.message.ticket"
COUNTS = ("messages_count", "replies_count", "reopened_count")


@transaction.atomic
def merge_tickets(source: Ticket, *, into: Ticket, by: Actor, at: datetime) -> Merge:
    """Make two tickets one: what was said on `source`, and what it left, goes to `into`.

    Nothing is sent to anybody. The reply clock is the earlier of both. Another customer of
    `source` belongs to the ticket from then on. Raises CannotMerge, TargetFinished, TicketMerged.
    """
    source, target = lock_both(source.pk, into.pk)
    refuse_ticket_merge(source, target)
    moved = follow(source, target)
    changed: Changed = {}
    added: dict[str, int] = {name: getattr(source, name) for name in COUNTS}
    join_clocks(source, target, changed)
    added |= _wake(source, target, changed, by=by, at=at)
    count_on(target, added)
    put_away(source, target, changed, at=at)
    if source.customer_id != target.customer_id:
        added |= _let_join(source, target, by=by, at=at)
    merge = Merge.objects.create(
        kind=Merge.Kind.TICKETS,
        source=source.pk,
        target=target.pk,
        at=at,
        agent_id=by.agent_id,
        moved=moved,
        changed=changed,
        added=added,
    )
    target.refresh_from_db()
    tell_both(merge, source, target, TicketEvent.Kind.MERGED, by=by, at=at)
    return merge


def refuse_ticket_merge(source: Ticket, target: Ticket) -> None:
    """Raise CannotMerge, TargetFinished or TicketMerged where two tickets cannot become one."""
    if source.pk == target.pk:
        raise CannotMerge
    for ticket in (source, target):
        if ticket.merged_into_id is not None:
            raise TicketMerged(number=ticket.number)
    if target.category in Ticket.FINISHED and source.category not in Ticket.FINISHED:
        raise TargetFinished(number=target.number)


@transaction.atomic
def undo_ticket_merge(merge: Merge, *, by: Actor, at: datetime) -> Merge:
    """Make two tickets of one again, within 30 days and in any order of merges.

    What was said since on the joint ticket stays there. Repeating changes nothing. Raises
    TooLateToUndo, CannotMerge when a person on them has been erased.
    """
    owner = standing(Ticket.objects.get(pk=merge.target))
    source, owner = lock_both(merge.source, owner.pk)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None:
        return merge
    refuse_undo(merge, at=at)
    _find_back(merge, source, owner)
    back = change_back(merge)
    _count_off(merge)
    _unwake(merge, back, by=by, at=at)
    for participant in Participant.objects.filter(pk=merge.added.get("participant")):
        remove_participant(participant, by=by, at=at)
    note_waiting(merge, following(Ticket), _path(merge.target))
    merge.undone_at, merge.undone_by_id = at, by.agent_id
    merge.save(update_fields=["added", "undone_at", "undone_by"])
    bring_back_waiting()
    source.refresh_from_db()
    owner.refresh_from_db()
    tell_both(merge, source, owner, TicketEvent.Kind.UNMERGED, by=by, at=at)
    return merge


def refuse_undo(merge: Merge, *, at: datetime) -> None:
    """Raise TooLateToUndo after 30 days, LaterFirst where some of its messages were split off
    since, CannotMerge where an erasing has made it final.
    """
    if merge.is_final:
        raise CannotMerge
    if at - merge.at > UNDO_WITHIN:
        raise TooLateToUndo
    splits = Merge.objects.filter(kind=Merge.Kind.SPLIT, undone_at=None, pk__gt=merge.pk)
    mine = set(merge.moved.get(MESSAGES, ()))
    if any(
        mine.intersection(split.moved[MESSAGES])
        for split in splits.filter(source__in=_path(merge.target))
    ):
        raise LaterFirst


def standing(ticket: Ticket) -> Ticket:
    """The ticket that has what was on this one: itself, or the one it was merged into."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def lock_both(one: int, other: int) -> tuple[Ticket, Ticket]:
    """Lock two tickets in the order of their ids."""
    rows = Ticket.objects.filter(pk__in=(one, other)).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True)}
    return found[one], found[other]


def follow(source: Ticket, target: Ticket) -> Ids:
    """Point all that a ticket has to another; return the ids of the rows by column."""
    moved: Ids = {}
    for one in following(Ticket):
        moved[str(one)] = one.point(one.rows.filter(**{one.name: source}), to=target.pk)
    for name in TRACES:
        trace = column(name)
        rows = trace.rows.filter(ticket_number=source.number)
        moved[name] = trace.point(rows, to=target.number, team_id=target.team_id)
    return {name: ids for name, ids in moved.items() if ids}


def _find_back(merge: Merge, source: Ticket, owner: Ticket) -> None:
    path = _path(merge.target)
    for one in following(Ticket):
        if ids := merge.moved.get(str(one)):
            one.point(one.rows.filter(pk__in=ids, **{f"{one.name}__in": path}), to=source.pk)
    for name in TRACES:
        trace = column(name)
        rows = trace.rows.filter(pk__in=merge.moved.get(name, ()), ticket_number=owner.number)
        trace.point(rows, to=source.number, team_id=source.team_id)


def join_clocks(source: Ticket, target: Ticket, changed: Changed) -> None:
    """The joint ticket waits since the earlier moment, and shows what was said last."""
    values: dict[str, Any] = {"is_rearranged": True}
    for name in ("waiting_since", "reply_due_at", "first_replied_at"):
        values[name] = min(filter(None, _both(source, target, name)), default=None)
    for name in ("last_inbound_at", "last_reply_at"):
        values[name] = max(filter(None, _both(source, target, name)), default=None)
    due = filter(None, (values["reply_due_at"], target.solve_due_at))
    values["queue_at"] = min(due, default=NEVER)
    if values["last_inbound_at"] == source.last_inbound_at is not None:
        values["preview"] = source.preview
    change(target, changed, **values)


def put_away(source: Ticket, target: Ticket, changed: Changed, *, at: datetime) -> None:
    """Close a ticket whose messages have gone to another, without a word in its numbers."""
    closed = default_status(Category.CLOSED)
    change(
        source,
        changed,
        merged_into=target,
        is_rearranged=True,
        status=closed,
        category=closed.category,
        solved_at=source.solved_at or at,
        closed_at=source.closed_at or at,
        waiting_since=None,
        reply_due_at=None,
        solve_due_at=None,
        queue_at=NEVER,
    )


def count_on(ticket: Ticket, counts: dict[str, int]) -> None:
    """Add to what a ticket counts: messages, replies, reopenings."""
    for name in COUNTS:
        setattr(ticket, name, max(0, getattr(ticket, name) + counts.get(name, 0)))
    ticket.save(update_fields=COUNTS)


def _count_off(merge: Merge) -> None:
    """Take the counts back from every ticket that has them, and from what later merges added."""
    less = {name: -merge.added[name] for name in COUNTS}
    path = _path(merge.target)
    for ticket in Ticket.objects.filter(pk__in=path):
        count_on(ticket, less)
    later = Merge.objects.filter(kind=Merge.Kind.TICKETS, undone_at=None, source__in=path)
    for one in later:
        one.added |= {name: one.added[name] + less[name] for name in COUNTS}
        one.save(update_fields=["added"])


def tell_both(
    merge: Merge,
    source: Ticket,
    target: Ticket,
    kind: TicketEvent.Kind,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Record on both tickets what became of them; metrics and open pages follow."""
    new = {"merge": merge.pk, "source": source.number, "target": target.number}
    for ticket in (source, target):
        record_event(ticket, kind, new=new, by=by, at=at)
        ticket.save(update_fields=["last_event_id", "updated_at"])
    note_change(source.customer_id, target.customer_id)


def _path(ticket_id: int) -> list[int]:
    """A ticket and those it was merged into."""
    path = [ticket_id]
    while following := Ticket.objects.values_list("merged_into", flat=True).get(pk=path[-1]):
        path.append(following)
    return path


def _both(one: Ticket, other: Ticket, name: str) -> list[datetime | None]:
    return [getattr(one, name), getattr(other, name)]


def _wake(
    source: Ticket, target: Ticket, changed: Changed, *, by: Actor, at: datetime
) -> dict[str, int]:
    """A ticket that waits for its customer waits for us once they have asked on the other."""
    if target.category != Category.WAIT_CUSTOMER or source.waiting_since is None:
        return {}
    old = {"status": target.status.name, "category": target.category}
    status = default_status(Category.OPEN)
    change(target, changed, status=status, category=status.category)
    new = {"status": status.name, "category": status.category}
    event = record_event(target, TicketEvent.Kind.STATUS, old=old, new=new, by=by, at=at)
    return {"status_event": event.pk}


def _unwake(merge: Merge, back: set[tuple[str, str]], *, by: Actor, at: datetime) -> None:
    """Record that the status the merge set is taken back: for metrics neither happened."""
    event = TicketEvent.objects.filter(pk=merge.added.get("status_event")).first()
    if event is None or (key_of(event.ticket), "status") not in back:
        return
    new = event.old | {"undoes": event.pk}
    record_event(event.ticket, TicketEvent.Kind.STATUS, old=event.new, new=new, by=by, at=at)


def _let_join(source: Ticket, target: Ticket, *, by: Actor, at: datetime) -> dict[str, int]:
    """Let the customer of one ticket belong to the other, so that their mail joins it."""
    if target.participants.filter(customer=source.customer_id).exists():
        return {}
    written = target.messages.filter(customer=source.customer_id).exclude(author_address="")
    address = written.order_by("-at").values_list("author_address", flat=True).first() or ""
    joined = add_participant(target, customer=source.customer, address=address, by=by, at=at)
    return {"participant": joined.pk} if joined else {}

"""Read what metrics need from the database, a batch of tickets in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db.models import F, QuerySet

from tickets.metrics.moments import METRIC_KINDS, Moment
from tickets.models import Ticket, TicketEvent

# Words belong to the ticket they are on now; all else to the ticket it happened on.
_WORDS = (
    TicketEvent.Kind.RECEIVED,
    TicketEvent.Kind.REPLIED,
    TicketEvent.Kind.CONTACT_LOGGED,
    TicketEvent.Kind.DELIVERED,
    TicketEvent.Kind.DELIVERY_FAILED,
    TicketEvent.Kind.BOUNCED,
    TicketEvent.Kind.WITHDRAWN,
)
_READ = (
    "ticket_id",
    "message__ticket_id",
    "id",
    "at",
    "kind",
    "actor_kind",
    "agent_id",
    "message_id",
    "message__channel",
    "message__is_automatic",
    "new",
)


def moments_of(ticket_ids: Sequence[int]) -> dict[int, list[Moment]]:
    """Return the moments of each ticket, in the order of recording.

    Words that came from another ticket, by a merge or a split, count where they are now. A ticket
    that was merged into another has no moments.
    """
    tickets = Ticket.objects.filter(pk__in=ticket_ids, merged_into=None)
    found: dict[int, list[Moment]] = defaultdict(list)
    joined: dict[int, list[Moment]] = defaultdict(list)
    for ticket_id, said_on, moment in _moments(TicketEvent.objects.filter(ticket__in=tickets)):
        if said_on in {None, ticket_id}:
            found[ticket_id].append(moment)
        elif moment.kind not in _WORDS:
            found[ticket_id].append(replace(moment, message_id=None))
    rearranged = tickets.filter(is_rearranged=True)
    elsewhere = TicketEvent.objects.filter(message__ticket__in=rearranged).exclude(
        ticket=F("message__ticket")
    )
    for _, said_on, moment in _moments(elsewhere):
        kind = TicketEvent.Kind.RECEIVED if moment.kind == TicketEvent.Kind.OPENED else moment.kind
        if said_on is not None and kind in _WORDS:
            joined[said_on].append(replace(moment, kind=kind))
    for ticket_id, moments in joined.items():
        found[ticket_id] = _opened_first(found[ticket_id], moments)
    return found


def _moments(events: QuerySet[TicketEvent]) -> Iterator[tuple[int, int | None, Moment]]:
    rows = events.filter(kind__in=METRIC_KINDS).order_by("id").values_list(*_READ)
    for (
        ticket_id,
        said_on,
        pk,
        at,
        kind,
        actor,
        agent_id,
        message_id,
        channel,
        automatic,
        new,
    ) in rows:
        moment = Moment(
            id=pk,
            at=at,
            kind=kind,
            actor=actor,
            agent_id=agent_id,
            message_id=message_id,
            channel=channel or str(new.get("channel", "")),
            is_automatic=bool(automatic),
            new=new,
        )
        yield ticket_id, said_on, moment


def _opened_first(own: list[Moment], joined: list[Moment]) -> list[Moment]:
    """Put words from elsewhere among a ticket's moments; it counts as open since the first."""
    first = min(moment.at for moment in joined)
    opened = next((moment for moment in own if moment.kind == TicketEvent.Kind.OPENED), None)
    if opened is not None and first <= opened.at:
        rest = [moment for moment in own if moment is not opened]
        spoken = replace(opened, kind=TicketEvent.Kind.RECEIVED)
        opening = replace(opened, id=-opened.id, at=first, message_id=None)
        own = [opening, *rest, *([spoken] if opened.message_id else [])]
    return sorted([*own, *joined], key=lambda moment: moment.id)

"""Read what metrics need from the database, a batch of tickets in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tickets.metrics.moments import METRIC_KINDS, Moment
from tickets.models import TicketEvent


def moments_of(ticket_ids: Sequence[int]) -> dict[int, list[Moment]]:
    """Return the moments of each ticket, in the order of recording."""
    found: dict[int, list[Moment]] = defaultdict(list)
    events = TicketEvent.objects.filter(ticket__in=ticket_ids, kind__in=METRIC_KINDS)
    rows = events.order_by("id").values_list(
        "ticket_id",
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
    for ticket_id, pk, at, kind, actor, agent_id, message_id, channel, automatic, new in rows:
        found[ticket_id].append(
            Moment(
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
        )
    return found

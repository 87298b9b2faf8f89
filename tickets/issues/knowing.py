"""Read a customer's tickets as matching sees them: a fixed number of queries."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.models import Promise, Touchpoint
from tickets.issues.frequencies import weights_for
from tickets.issues.linking import Decisions, Known
from tickets.issues.models import LinkDecision, TermSnapshot
from tickets.issues.terms import Weights
from tickets.models import Ticket

# So many of a customer's newest tickets are compared; those before are long past.
MOST_TICKETS = 500
LIKED = ("4", "5")
_FIELDS = (
    "pk", "number", "opened_at", "solved_at", "topic_id", "follows_id", "merged_into_id",
    "terms__terms", "terms__counts", "terms__entities", "terms__quoted",
)  # fmt: skip


def tickets_known(tickets: QuerySet[Ticket], *, snapshot: TermSnapshot | None) -> list[Known]:
    """Return the newest of these tickets, one customer's, as matching sees them; two queries."""
    rated = Touchpoint.objects.filter(
        kind=Touchpoint.Kind.RATING, ticket_number=OuterRef("number"), title__in=LIKED
    )
    promised = Promise.objects.outstanding().filter(ticket_number=OuterRef("number"))
    rows = list(
        tickets.order_by("-opened_at", "-pk").values(
            *_FIELDS, liked=Exists(rated), promised=Exists(promised)
        )[:MOST_TICKETS]
    )
    weights = weights_for(chain.from_iterable(r["terms__terms"] or () for r in rows), snapshot)
    return [_known(row, weights) for row in rows]


def _known(row: dict[str, Any], weights: Weights) -> Known:
    counts = dict(zip(row["terms__terms"] or (), row["terms__counts"] or (), strict=True))
    return Known(
        id=row["pk"],
        number=row["number"],
        opened_at=row["opened_at"],
        ended_at=row["solved_at"],
        topic=row["topic_id"],
        entities=frozenset(row["terms__entities"] or ()),
        quoted=frozenset(row["terms__quoted"] or ()),
        follows=row["follows_id"],
        merged_into=row["merged_into_id"],
        is_settled=row["liked"],
        has_open_promise=row["promised"],
        vector=weights.vector(counts),
    )


def decisions_on(ticket_ids: Sequence[int]) -> Decisions:
    """Return what agents said of pairs of these tickets."""
    rows = LinkDecision.objects.filter(Q(first__in=ticket_ids), Q(second__in=ticket_ids))
    return Decisions(said={(r.first_id, r.second_id): r.is_same for r in rows})


def numbers_of(tickets: Iterable[Known]) -> list[int]:
    """Return the numbers by which touchpoints name these tickets."""
    return [ticket.number for ticket in tickets]

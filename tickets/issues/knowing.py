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
    "subject", "team_id", "reopened_count", "replies_count", "resolution_code",
    "in_issue__issue__label", "in_issue__issue__is_named", "named__label", "named__at",
    "terms__terms", "terms__counts", "terms__entities", "terms__quoted",
)  # fmt: skip


def tickets_known(tickets: QuerySet[Ticket], *, snapshot: TermSnapshot | None) -> list[Known]:
    """Return the newest of these tickets, one customer's, as matching sees them; two queries."""
    promised = Promise.objects.outstanding().filter(ticket_number=OuterRef("number"))
    rows = list(
        tickets.order_by("-opened_at", "-pk").values(
            *_FIELDS, liked=was_liked(), promised=Exists(promised)
        )[:MOST_TICKETS]
    )
    weights = weights_for(chain.from_iterable(r["terms__terms"] or () for r in rows), snapshot)
    return [_known(row, weights) for row in rows]


def was_liked() -> Exists:
    """Whether the customer of a ticket row rated it well: what says that its solution held."""
    return Exists(
        Touchpoint.objects.filter(
            kind=Touchpoint.Kind.RATING, ticket_number=OuterRef("number"), title__in=LIKED
        )
    )


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
        subject=row["subject"],
        team=row["team_id"],
        reopened_count=row["reopened_count"],
        replies_count=row["replies_count"],
        resolution_code=row["resolution_code"],
        issue_name=row["in_issue__issue__label"] if row["in_issue__issue__is_named"] else "",
        named=(row["named__label"], row["named__at"]) if row["named__label"] else None,
        counts=counts,
        is_settled=row["liked"],
        has_open_promise=row["promised"],
        vector=weights.vector(counts),
    )


def decided_on(ticket_ids: Sequence[int]) -> list[LinkDecision]:
    """Return what agents said of pairs of these tickets, with who did."""
    rows = LinkDecision.objects.filter(Q(first__in=ticket_ids), Q(second__in=ticket_ids))
    return list(rows.select_related("agent").order_by("at", "pk"))


def decisions_on(ticket_ids: Sequence[int]) -> Decisions:
    """Return what agents said of pairs of these tickets, for the rules."""
    return decisions_of(decided_on(ticket_ids))


def decisions_of(rows: Iterable[LinkDecision]) -> Decisions:
    """The same as a mapping of pairs."""
    return Decisions(said={(row.first_id, row.second_id): row.is_same for row in rows})

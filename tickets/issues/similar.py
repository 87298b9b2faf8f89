"""Solved tickets like this one, over all customers: what worked there.

Rank = likeness of words times success times recency (BRIEFING 3.7). Candidates come from one index,
by the rarest words of the ticket, so that the cost does not grow with the stock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection

from customers.models import Touchpoint
from tickets.issues.frequencies import weights_for
from tickets.issues.models import TermSnapshot, TicketTerms
from tickets.issues.terms import Weights, cosine
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

# How many of a ticket's words look for others, and how many others are compared word by word.
SEEKING = 20
COMPARED = 80
# A word in more tickets than this says little and costs much.
MOST_MATCHES = 1_500
HALF_AGE = timedelta(days=30)
LIKE_ENOUGH = 0.2
SOLVED_WITHIN = timedelta(days=180)
COMEBACK_WITHIN = timedelta(days=14)
SHOWN = 5
# How much a solution counts: confirmed by its customer; quiet since; too young to tell.
CONFIRMED, QUIET, YOUNG = 1.0, 0.8, 0.6

_FIELDS = (
    "pk",
    "number",
    "subject",
    "solved_at",
    "resolution",
    "resolution_code",
    "topic_id",
    "team_id",
)
_CANDIDATES = """
WITH sought (term, weight) AS (SELECT * FROM unnest(%s::text[], %s::float8[]))
SELECT t.ticket_id FROM sought JOIN issues_ticketterms t ON t.terms @> ARRAY[sought.term]
WHERE t.ticket_id <> %s
GROUP BY t.ticket_id ORDER BY sum(sought.weight) DESC, t.ticket_id DESC LIMIT %s
"""


@dataclass(frozen=True, kw_only=True)
class Similar:
    """A solved ticket of somebody else's like this one; no name of theirs is in it."""

    ticket_id: int
    number: int
    subject: str
    solved_at: datetime
    resolution: str
    resolution_code: str
    team: int | None
    is_confirmed: bool
    text: float
    rank: float


def like(
    counts: dict[str, int], *, besides: int, snapshot: TermSnapshot | None
) -> tuple[list[tuple[int, float]], Weights]:
    """Return the tickets most like some counted terms as (ticket id, cosine), and the weights.

    At most COMPARED, the most alike first. Two queries over one index.
    """
    weights = weights_for(counts, snapshot)
    sought = _rarest(counts, weights)
    if not sought:
        return [], weights
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES, [sought, [weights.rarity(term) for term in sought], besides, COMPARED]
        )
        ids = [row[0] for row in cursor.fetchall()]
    rows = list(TicketTerms.objects.filter(pk__in=ids).values_list("pk", "terms", "counts"))
    weights = weights_for(chain(counts, *(terms for _pk, terms, _counts in rows)), snapshot)
    own = weights.vector(counts)
    found = [
        (pk, cosine(own, weights.vector(dict(zip(terms, numbers, strict=True)))))
        for pk, terms, numbers in rows
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0])), weights


def similar_solved(
    ticket: Ticket,
    counts: dict[str, int],
    *,
    among: TicketQuerySet,
    snapshot: TermSnapshot | None,
    at: datetime,
) -> list[Similar]:
    """Return solved tickets of other customers like this one, best first, at most SHOWN.

    Of `among`, those solved within half a year whose solution held: confirmed by a good rating,
    or no comeback; same topic where both have one, or alike in words by LIKE_ENOUGH.
    """
    found, _weights = like(counts, besides=ticket.pk, snapshot=snapshot)
    text = {pk: score for pk, score in found if score >= LIKE_ENOUGH}
    rows = (
        among.filter(pk__in=text, is_finished=True, solved_at__gte=at - SOLVED_WITHIN)
        .exclude(customer=ticket.customer_id)
        .filter(reopened_count=0)
        .values(*_FIELDS)
    )
    liked = _liked(row["number"] for row in rows)
    ranked = [
        _similar(row, text[row["pk"]], is_confirmed=row["number"] in liked, at=at)
        for row in rows
        if ticket.topic_id in (None, row["topic_id"])
    ]
    return sorted(ranked, key=lambda s: (-s.rank, s.number))[:SHOWN]


def recency(age: timedelta) -> float:
    """Return how much a ticket of this age counts: twice as much now as when it is long past."""
    return 1 + 1 / (1 + max(age, timedelta()) / HALF_AGE)


def _similar(row: dict[str, Any], text: float, *, is_confirmed: bool, at: datetime) -> Similar:
    age = at - row["solved_at"]
    success = CONFIRMED if is_confirmed else QUIET if age >= COMEBACK_WITHIN else YOUNG
    return Similar(
        ticket_id=row["pk"],
        number=row["number"],
        subject=row["subject"],
        solved_at=row["solved_at"],
        resolution=row["resolution"],
        resolution_code=row["resolution_code"],
        team=row["team_id"],
        is_confirmed=is_confirmed,
        text=text,
        rank=text * success * recency(age),
    )


def _rarest(counts: dict[str, int], weights: Weights) -> list[str]:
    """The words that say most: those in few tickets, or in none when words were last counted."""
    useful = [t for t in counts if weights.frequencies.get(t, 0) <= MOST_MATCHES]
    return sorted(useful, key=lambda t: (-weights.rarity(t) * counts[t], t))[:SEEKING]


def _liked(numbers: Iterable[int]) -> set[int]:
    rated: Sequence[int] = list(numbers)
    found = Touchpoint.objects.filter(
        kind=Touchpoint.Kind.RATING, ticket_number__in=rated, title__in=("4", "5")
    )
    return {number for number in found.values_list("ticket_number", flat=True) if number}

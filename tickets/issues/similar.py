"""Solved tickets like this one, over all customers: what worked there.

Rank = likeness of words times success times recency (BRIEFING 3.7). Candidates come from one index,
by the rarest words of the ticket, so that the cost does not grow with the stock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection

from tickets.issues.frequencies import weights_for
from tickets.issues.knowing import was_liked
from tickets.issues.models import TermSnapshot
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
    "pk", "number", "subject", "solved_at", "resolution", "resolution_code", "team_id",
    "terms__terms", "terms__counts",
)  # fmt: skip
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


def alike(counts: Mapping[str, int], *, besides: int, weights: Weights) -> list[int]:
    """Return the ids of the tickets that share the most rare words with some counted terms.

    At most COMPARED, the likeliest first. One query over one index.
    """
    sought = _rarest(counts, weights)
    if not sought:
        return []
    rarity = [weights.rarity(term) for term in sought]
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [sought, rarity, besides, COMPARED])
        return [row[0] for row in cursor.fetchall()]


def texts_alike(
    counts: Mapping[str, int],
    others: Mapping[int, Mapping[str, int]],
    *,
    snapshot: TermSnapshot | None,
) -> dict[int, float]:
    """Return how alike each of the others' terms is to these, as a cosine; one query."""
    weights = weights_for(chain(counts, *others.values()), snapshot)
    own = weights.vector(counts)
    return {pk: cosine(own, weights.vector(terms)) for pk, terms in others.items()}


def similar_solved(
    ticket: Ticket,
    counts: Mapping[str, int],
    *,
    among: TicketQuerySet,
    snapshot: TermSnapshot | None,
    at: datetime,
) -> list[Similar]:
    """Return solved tickets of other customers like this one, best first, at most SHOWN.

    Of `among`, those solved within half a year whose solution held: confirmed by a good rating,
    or no comeback; same topic where this one has a topic; alike in words by LIKE_ENOUGH. Four
    queries.
    """
    ids = alike(counts, besides=ticket.pk, weights=weights_for(counts, snapshot))
    solved = among.filter(pk__in=ids, is_finished=True, solved_at__gte=at - SOLVED_WITHIN)
    if ticket.topic_id is not None:
        solved = solved.filter(topic=ticket.topic_id)
    rows = list(
        solved.exclude(customer=ticket.customer_id)
        .filter(reopened_count=0, merged_into=None)
        .values(*_FIELDS, is_confirmed=was_liked())
    )
    terms = {
        row["pk"]: dict(zip(row["terms__terms"], row["terms__counts"], strict=True)) for row in rows
    }
    text = texts_alike(counts, terms, snapshot=snapshot)
    ranked = [
        _similar(row, text[row["pk"]], at=at) for row in rows if text[row["pk"]] >= LIKE_ENOUGH
    ]
    return sorted(ranked, key=lambda s: (-s.rank, s.number))[:SHOWN]


def recency(age: timedelta) -> float:
    """Return how much a ticket of this age counts: twice as much now as when it is long past."""
    return 1 + 1 / (1 + max(age, timedelta()) / HALF_AGE)


def _similar(row: dict[str, Any], text: float, *, at: datetime) -> Similar:
    age = at - row["solved_at"]
    success = CONFIRMED if row["is_confirmed"] else QUIET if age >= COMEBACK_WITHIN else YOUNG
    return Similar(
        ticket_id=row["pk"],
        number=row["number"],
        subject=row["subject"],
        solved_at=row["solved_at"],
        resolution=row["resolution"],
        resolution_code=row["resolution_code"],
        team=row["team_id"],
        is_confirmed=row["is_confirmed"],
        text=text,
        rank=text * success * recency(age),
    )


def _rarest(counts: Mapping[str, int], weights: Weights) -> list[str]:
    """The words that say most: those in few tickets, or in none when words were last counted."""
    useful = [t for t in counts if weights.frequencies.get(t, 0) <= MOST_MATCHES]
    return sorted(useful, key=lambda t: (-weights.rarity(t) * counts[t], t))[:SEEKING]

"""What ranks the same set without any of our rules: TF-IDF, and PostgreSQL's own full text."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from tickets.issues.terms import Weights, terms_of

Ranker = Callable[[int], list[str]]
_WORDS = 40
_MAKE = """
CREATE TEMPORARY TABLE scored_texts ON COMMIT DROP AS
SELECT position, id, setweight(to_tsvector('simple', subject), 'A')
    || to_tsvector('simple', body) AS words
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) AS t(position, id, subject, body)
"""
_SEEK = """
SELECT id FROM scored_texts, to_tsquery('simple', %s) AS query
WHERE words @@ query AND position < %s ORDER BY ts_rank(words, query) DESC, position DESC LIMIT 10
"""


def tf_idf(tickets: Sequence[dict[str, Any]]) -> Ranker:
    """Return a ranker by the cosine of TF-IDF vectors of all earlier tickets."""
    counts = [terms_of(t["subject"], t["body"], language=t["locale"]) for t in tickets]
    weights = Weights(len(tickets), Counter(term for one in counts for term in one))
    vectors = [weights.vector(one) for one in counts]
    places: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for position, vector in enumerate(vectors):
        for term, weight in vector.items():
            places[term].append((position, weight))

    def rank(position: int) -> list[str]:
        scores: dict[int, float] = defaultdict(float)
        for term, weight in vectors[position].items():
            for other, there in places[term]:
                if other >= position:
                    break
                scores[other] += weight * there
        best = heapq.nlargest(10, scores, key=lambda other: (scores[other], other))
        return [tickets[other]["id"] for other in best]

    return rank


def full_text(tickets: Sequence[dict[str, Any]]) -> Ranker:
    """Return a ranker by PostgreSQL's ts_rank over any of a ticket's words, subject first."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MAKE,
            [
                list(range(len(tickets))),
                [t["id"] for t in tickets],
                [t["subject"] for t in tickets],
                [t["body"] for t in tickets],
            ],
        )
        cursor.execute("CREATE INDEX ON scored_texts USING gin (words)")
        cursor.execute("ANALYZE scored_texts")

    def rank(position: int) -> list[str]:
        ticket = tickets[position]
        words = [w for w in terms_of(ticket["subject"], ticket["body"]) if w.isalnum()][:_WORDS]
        with connection.cursor() as cursor:
            cursor.execute(_SEEK, [" | ".join(f"'{word}'" for word in words), position])
            return [row[0] for row in cursor.fetchall()]

    return rank

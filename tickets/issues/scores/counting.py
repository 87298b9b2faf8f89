"""Precision and recall of what matching said, and how early the right ticket stands in a list."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tickets.issues.scores.replaying import Answer

TIERS = {
    "certain and strong": {"strong"},
    "possible": {"possible"},
    "all tiers": {"strong", "possible"},
}


@dataclass(frozen=True)
class TierScore:
    """Of the customer's earlier tickets: how many a tier named and people labelled."""

    tier: str
    named: int
    right: int
    labelled: int

    @property
    def precision(self) -> float:
        return self.right / self.named if self.named else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 1.0


@dataclass(frozen=True)
class ListScore:
    """How often a right ticket stands first, among the first five, and its mean reciprocal rank."""

    name: str
    queries: int
    hit_1: float
    hit_5: float
    mrr: float


def score_tiers(answers: Iterable[Answer]) -> list[TierScore]:
    """Score pairs of tickets of queries that have a labelled ticket of the same customer.

    Of the other queries' pairs nobody said whether they belong together.
    """
    judged = [answer for answer in answers if answer.query.own]
    labelled = sum(len(answer.query.own) for answer in judged)
    scores = []
    for tier, members in TIERS.items():
        named = [(a, id_) for a in judged for id_, said in a.own.items() if said in members]
        right = sum(id_ in answer.query.own for answer, id_ in named)
        scores.append(TierScore(tier, len(named), right, labelled))
    return scores


def score_list(
    name: str,
    answers: Sequence[Answer],
    *,
    lists: Mapping[str, list[str]],
    wanted: Callable[[Answer], frozenset[str]],
) -> ListScore:
    """Score the first ten of each query's list against the labelled tickets."""
    places = [
        next((n for n, id_ in enumerate(lists[a.query.id][:10], start=1) if id_ in wanted(a)), None)
        for a in answers
        if wanted(a)
    ]
    asked = len(places) or 1
    return ListScore(
        name,
        len(places),
        sum(place == 1 for place in places) / asked,
        sum(place is not None and place <= 5 for place in places) / asked,  # noqa: PLR2004 - hit@5
        sum(1 / place for place in places if place) / asked,
    )

"""Which of a customer's tickets are about one problem, and how sure that is (BRIEFING 3.3).

No queries and no clock: the same tickets give the same links. Structure comes first, words last:
the third, angriest mail says least about what it is about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, pairwise

from tickets.issues.terms import cosine, shared_terms

CERTAIN, STRONG, CONFIRMED, POSSIBLE = "certain", "strong", "confirmed", "possible"

# Between neighbours of one issue lie no more days than this, unless an agent says so.
APART = timedelta(days=90)
UNRESOLVED_FOR = timedelta(days=14)
SAME_TOPIC_FOR = timedelta(days=60)
SAME_WORDS_FOR = timedelta(days=30)
ALIKE = 0.35
# The same words sent again, but for a typing error.
SAME_WORDS = 0.95


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """One ticket as matching sees it.

    `ended_at` is when it was last solved or closed, None while it is open. `is_settled` says that
    its customer confirmed the solution. `counts` are its terms, `vector` the same weighted;
    `issue_name` is what an agent called its issue, `named` what they called it on this ticket and
    when.
    """

    id: int
    number: int
    opened_at: datetime
    ended_at: datetime | None = None
    topic: int | None = None
    entities: frozenset[str] = frozenset()
    quoted: frozenset[int] = frozenset()
    follows: int | None = None
    merged_into: int | None = None
    is_settled: bool = False
    has_open_promise: bool = False
    subject: str = ""
    team: int | None = None
    reopened_count: int = 0
    replies_count: int = 0
    resolution_code: str = ""
    issue_name: str = ""
    named: tuple[str, datetime] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    vector: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Why two tickets belong together: a tier, and the reasons as keys with what they name."""

    one: int
    other: int
    tier: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Another ticket that may be about the same, with why; the higher the score, the likelier."""

    ticket: int
    edge: Edge
    score: float


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """What agents said of pairs of tickets, by the pair of ids in order."""

    said: Mapping[tuple[int, int], bool] = field(default_factory=dict)

    def of(self, one: int, other: int) -> bool | None:
        return self.said.get((min(one, other), max(one, other)))


def firm_edges(tickets: Sequence[Known], decisions: Decisions) -> list[Edge]:
    """Return the certain, strong and confirmed links among a customer's tickets.

    Shared entities link neighbours in time, so that the number of links grows with the tickets,
    not with their pairs.
    """
    edges = [*_certain(tickets), *_strong(tickets), *_confirmed(tickets, decisions)]
    return [edge for edge in edges if decisions.of(edge.one, edge.other) is not False]


def issues_among(tickets: Sequence[Known], edges: Iterable[Edge]) -> list[list[Known]]:
    """Return the connected components, each oldest first; a ticket without a link is one alone."""
    leader = {ticket.id: ticket.id for ticket in tickets}

    def find(ticket_id: int) -> int:
        while leader[ticket_id] != ticket_id:
            leader[ticket_id] = leader[leader[ticket_id]]
            ticket_id = leader[ticket_id]
        return ticket_id

    for edge in edges:
        if edge.one in leader and edge.other in leader:
            leader[find(edge.one)] = find(edge.other)
    groups: dict[int, list[Known]] = {}
    for ticket in sorted(tickets, key=lambda t: (t.opened_at, t.id)):
        groups.setdefault(find(ticket.id), []).append(ticket)
    return list(groups.values())


def possible_links(ticket: Known, others: Iterable[Known], decisions: Decisions) -> list[Candidate]:
    """Return the customer's other tickets that may be about the same as this one, likeliest first.

    Only tickets opened before this one, and none an agent has said anything of. What was said on
    a merged one is on another.
    """
    found = []
    for other in (one for one in others if one.merged_into is None):
        is_earlier = (other.opened_at, other.id) < (ticket.opened_at, ticket.id)
        if is_earlier and decisions.of(ticket.id, other.id) is None:
            text = cosine(ticket.vector, other.vector)
            if reasons := _possible_reasons(ticket, other, text):
                edge = Edge(one=ticket.id, other=other.id, tier=POSSIBLE, reasons=tuple(reasons))
                score = likeness(ticket, other, text)
                found.append(Candidate(ticket=other.id, edge=edge, score=score))
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.ticket))


def likeness(ticket: Known, other: Known, text: float) -> float:
    """Return how likely two tickets of one customer are about the same: words, topic, nearness.

    An order, not a probability. A ticket is near while it is open or has just ended.
    """
    away = max(timedelta(), ticket.opened_at - (other.ended_at or ticket.opened_at))
    away = min(away, ticket.opened_at - other.opened_at) if not other.has_open_promise else away
    days = max(0.0, away.total_seconds() / 86_400)
    same_topic = 1.4 if ticket.topic is not None and ticket.topic == other.topic else 1.0
    same_thing = 2.0 if ticket.entities & other.entities else 1.0
    unresolved = 1.5 if _is_unresolved(ticket, other) else 1.0
    return (text + 0.03) * same_topic * same_thing * unresolved / (1 + days / 5)


def _certain(tickets: Sequence[Known]) -> Iterable[Edge]:
    by_number = {ticket.number: ticket for ticket in tickets}
    ids = {ticket.id for ticket in tickets}
    for ticket in tickets:
        if ticket.follows in ids:
            yield _edge(ticket, ticket.follows, CERTAIN, "follows", "")
        if ticket.merged_into in ids:
            yield _edge(ticket, ticket.merged_into, CERTAIN, "merged", "")
        for number in sorted(ticket.quoted):
            other = by_number.get(number)
            if other and other.id != ticket.id:
                yield _edge(ticket, other.id, CERTAIN, "quoted", f"#{number}")


def _strong(tickets: Sequence[Known]) -> Iterable[Edge]:
    """Neighbours in time that share a thing and the topic, or the very same words."""
    in_time = sorted(tickets, key=lambda t: (t.opened_at, t.id))
    things: dict[tuple[str, int], list[Known]] = {}
    for ticket in (t for t in in_time if t.topic is not None):
        for entity in ticket.entities:
            things.setdefault((entity, ticket.topic or 0), []).append(ticket)
    for (entity, _topic), group in things.items():
        reasons = (("entity", entity.partition(":")[2]), ("topic", ""))
        for one, other in _neighbours(group, APART):
            yield Edge(one=one.id, other=other.id, tier=STRONG, reasons=reasons)
    yield from _said_again(in_time)


def _said_again(in_time: Sequence[Known]) -> Iterable[Edge]:
    words: dict[frozenset[str], list[Known]] = {}
    for ticket in (t for t in in_time if t.vector):
        words.setdefault(_heaviest(ticket.vector), []).append(ticket)
    for one, other in chain.from_iterable(_neighbours(g, SAME_WORDS_FOR) for g in words.values()):
        if cosine(one.vector, other.vector) >= SAME_WORDS:
            yield _edge(one, other.id, STRONG, "same_words", "")


def _neighbours(group: Sequence[Known], apart: timedelta) -> Iterable[tuple[Known, Known]]:
    """Pairs next to each other in time with no more than `apart` between them."""
    return [(a, b) for a, b in pairwise(group) if b.opened_at - a.opened_at <= apart]


def _heaviest(vector: Mapping[str, float], terms: int = 3) -> frozenset[str]:
    return frozenset(sorted(vector, key=lambda term: (-vector[term], term))[:terms])


def _confirmed(tickets: Sequence[Known], decisions: Decisions) -> Iterable[Edge]:
    ids = {ticket.id for ticket in tickets}
    for (one, other), is_same in decisions.said.items():
        if is_same and one in ids and other in ids:
            yield Edge(one=one, other=other, tier=CONFIRMED, reasons=(("confirmed", ""),))


def _edge(ticket: Known, other: int, tier: str, reason: str, names: str) -> Edge:
    return Edge(one=ticket.id, other=other, tier=tier, reasons=((reason, names),))


def _possible_reasons(ticket: Known, other: Known, text: float) -> list[tuple[str, str]]:
    reasons: list[tuple[str, str]] = []
    if shared := sorted(ticket.entities & other.entities):
        reasons.append(("entity", shared[0].partition(":")[2]))
    if _is_unresolved(ticket, other):
        days = (ticket.opened_at - (other.ended_at or ticket.opened_at)).days
        reasons.append(("unresolved", str(max(0, days)) if other.ended_at else ""))
    same_topic = ticket.topic is not None and ticket.topic == other.topic
    if same_topic and ticket.opened_at - other.opened_at <= SAME_TOPIC_FOR:
        reasons.append(("topic", ""))
    if text >= ALIKE:
        reasons.append(("words", ", ".join(shared_terms(ticket.vector, other.vector))))
    return reasons


def _is_unresolved(ticket: Known, other: Known) -> bool:
    """Say whether the other ticket was still a matter when this one was opened."""
    if other.has_open_promise or other.ended_at is None or other.ended_at > ticket.opened_at:
        return True
    return not other.is_settled and ticket.opened_at - other.ended_at <= UNRESOLVED_FOR

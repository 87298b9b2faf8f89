"""Where one ticket stands among its customer's: the issue it belongs to, and what it may join."""

from collections.abc import Sequence
from dataclasses import dataclass

from tickets.issues.linking import (
    Candidate,
    Decisions,
    Edge,
    Known,
    firm_edges,
    issues_among,
    possible_links,
)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What matching found for one ticket.

    `members` are the tickets of its issue, itself among them, oldest first; `joined` those that
    its likeliest `candidate` brings along while nobody has decided; `candidates` all that may be
    about the same, likeliest first; `firm` the sure links among a customer's tickets.
    """

    ticket: Known
    members: tuple[Known, ...]
    joined: tuple[Known, ...] = ()
    candidate: Candidate | None = None
    candidates: tuple[Candidate, ...] = ()
    firm: tuple[Edge, ...] = ()

    @property
    def is_sure(self) -> bool:
        return self.candidate is None

    @property
    def tickets(self) -> tuple[Known, ...]:
        """All tickets the headline counts, oldest first."""
        return tuple(sorted({*self.members, *self.joined}, key=_by_age))

    def edges_of(self, ticket_id: int) -> list[Edge]:
        """Why a ticket is among them: its links to the others, the sure ones first."""
        shown = {ticket.id for ticket in self.tickets}
        edges = [*self.firm, *([self.candidate.edge] if self.candidate else [])]
        return [e for e in edges if ticket_id in (e.one, e.other) and {e.one, e.other} <= shown]


def standing_of(ticket: Known, tickets: Sequence[Known], decisions: Decisions) -> Standing:
    """Find the issue of a ticket and the likeliest other issue it may belong to.

    An issue of which an agent said that one of its tickets is something else is not offered again.
    """
    firm = firm_edges(tickets, decisions)
    groups = issues_among(tickets, firm)
    group_of = {member.id: group for group in groups for member in group}
    members = group_of[ticket.id]
    outside = [other for other in tickets if group_of[other.id] is not members]
    candidates = [
        candidate
        for candidate in possible_links(ticket, outside, decisions)
        if not _is_refused(members, group_of[candidate.ticket], decisions)
    ]
    best = candidates[0] if candidates else None
    return Standing(
        ticket=ticket,
        members=tuple(members),
        joined=tuple(group_of[best.ticket]) if best else (),
        candidate=best,
        candidates=tuple(candidates),
        firm=tuple(firm),
    )


def _is_refused(members: Sequence[Known], group: Sequence[Known], decisions: Decisions) -> bool:
    return any(decisions.of(one.id, other.id) is False for one in members for other in group)


def _by_age(ticket: Known) -> tuple[float, int]:
    return ticket.opened_at.timestamp(), ticket.id

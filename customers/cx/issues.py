"""Facts by the issue they are about: several tickets of one problem count as one. Pure.

A fact of kind `issue` says that a ticket belongs to an issue, and names the issue by the lowest
ticket number in it; a ticket without one is an issue by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from customers.cx.seen import Seen, of_kind


class Issues:
    """Which issue each ticket is about, as far as the facts say."""

    def __init__(self, facts: Iterable[Seen]) -> None:
        self._issue_of = {
            fact.ticket_number: int(fact.value or 0) for fact in of_kind(facts, "issue")
        }

    def of(self, ticket_number: int | None) -> int | None:
        return self._issue_of.get(ticket_number, ticket_number)

    def touched(self, facts: Iterable[Seen]) -> Mapping[int | None, list[Seen]]:
        """Return facts by issue, each in the order they came in."""
        found: dict[int | None, list[Seen]] = defaultdict(list)
        for fact in facts:
            found[self.of(fact.ticket_number)].append(fact)
        return found

    def contacts_of_open(self, facts: Sequence[Seen]) -> Mapping[int | None, list[Seen]]:
        """Return the contacts about each issue that has an open ticket."""
        open_ones = {self.of(fact.ticket_number) for fact in of_kind(facts, "open")}
        contacts = self.touched(of_kind(facts, "contact"))
        return {issue: contacts.get(issue, []) for issue in open_ones}

    def solved(self, facts: Sequence[Seen], known: Sequence[Seen]) -> set[int | None]:
        """Return the issues solved by these facts of which no ticket is open in all we know."""
        still_open = {self.of(fact.ticket_number) for fact in of_kind(known, "open")}
        return {self.of(f.ticket_number) for f in of_kind(facts, "time_to_solve")} - still_open


def channel_switches(contacts: Iterable[Seen]) -> int:
    """Return how often the customer came by another channel than the time before."""
    channels = [fact.data.get("channel") for fact in contacts]
    return sum(one != other for one, other in pairwise(channels))

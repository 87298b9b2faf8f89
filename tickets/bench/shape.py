"""How big a workspace is, and who stands in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

TEAMS = ("Frontline", "Billing", "Technical", "Returns", "Delivery", "Back office")
AGENTS = 24
# The agent the pages are measured with is in these of the six teams; the supervisor is the second.
ORDINARY, SUPERVISOR = 1, 2
TEAMS_OF_ORDINARY = (1, 2)
SPAN = timedelta(days=730)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A workspace of two years: how many tickets and messages, and the moment it ends.

    Whatever the size, customer BUSY has 200 tickets and customer LIFELONG 5,000 messages, so that
    a page about them shows the same in a small workspace and in a large one. Only workspaces
    under 4,000 tickets have less of both.
    """

    tickets: int
    messages_per_ticket: float
    now: datetime

    BUSY, LIFELONG = 1, 2
    BUSY_TICKETS, LIFELONG_MESSAGES = 200, 5_000

    @property
    def customers(self) -> int:
        return max(50, int(self.tickets * 0.35))

    def tickets_of_busy(self) -> set[int]:
        return self._spread(self.BUSY_TICKETS, first=1)

    def tickets_of_lifelong(self) -> set[int]:
        count = int(self.LIFELONG_MESSAGES / self.messages_per_ticket)
        return self._spread(count, first=2) - self.tickets_of_busy()

    def opened_at(self, ticket: int) -> datetime:
        """Tickets come evenly, in the order of their ids."""
        return self.now - SPAN * (1 - (ticket - 0.5) / self.tickets)

    def _spread(self, count: int, *, first: int) -> set[int]:
        step = max(4, self.tickets // count)
        return set(range(first, self.tickets + 1, step)[:count])

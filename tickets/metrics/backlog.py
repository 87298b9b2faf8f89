"""How many tickets were not solved at the end of each week: the backlog (METRICS 5.2).

Reckoned backwards from what is open now by what was opened, reopened and solved since.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf

from helpdesk.accounts.models import Agent
from tickets.metrics.reporting.cutting import Cut, Dimension, Filters
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

_COLUMNS = {
    "team": "team_id",
    "agent": "assignee_id",
    "channel": "channel",
    "topic": "topic_id",
    "organisation": "customer__organisation_id",
    "tier": "tier_now",
}


def still_open(agent: Agent, filters: Filters) -> TicketQuerySet:
    """Tickets that are not solved, cut as reports are: listed there, never averaged in."""
    cut = Cut.of(filters, agent)
    tier = Coalesce(NullIf("customer__tier", Value("")), F("customer__organisation__tier"))
    tickets = Ticket.objects.visible_to(agent).unfinished()
    if Dimension.TIER in cut.keys:
        # Not where nobody asks: it joins every customer.
        tickets = tickets.alias(tier_now=tier)
    for name, keys in cut.keys.items():
        known = [key for key in keys if key]
        condition = Q(**{f"{_COLUMNS[name]}__in": known})
        if "" in keys:
            condition |= Q(**{f"{_COLUMNS[name]}__isnull": True})
        tickets = tickets.filter(condition)
    return tickets if cut.with_imported else tickets.filter(is_imported=False)


def backlog(now: int, came: Sequence[int], went: Sequence[int]) -> list[int]:
    """Return how many were open at the end of each week; `now` is how many are.

    `came` counts what was opened and reopened in each week, `went` what was solved.
    """
    levels = [now]
    for added, solved in zip(reversed(came[1:]), reversed(went[1:]), strict=True):
        levels.append(levels[-1] - added + solved)
    return levels[::-1] if came else []

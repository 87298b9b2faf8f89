"""CSAT of the agents who replied: each with its n, and in an order only where that means something
(METRICS 5.3, 5.5)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.cx.display import show_share
from customers.cx.spreads import wilson
from customers.feedback.models import Rating
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from tickets.feedback.models.answer import AnswerQuerySet
from tickets.feedback.numbers import good_of

# People are put in an order from so many answers each, by the lower end of the interval.
RANKED_FROM = 20


@dataclass(frozen=True, kw_only=True)
class Rated:
    """How customers rated the solve cycles an agent replied in; one vote a customer."""

    agent: Agent
    good: int
    n: int

    @property
    def is_ranked(self) -> bool:
        return self.n >= RANKED_FROM

    @property
    def text(self) -> str:
        return show_share(self.good, self.n, nothing=_("No answers yet"))


def rated_agents(standing: AnswerQuerySet, *, viewer: Agent) -> list[Rated]:
    """The CSAT of every agent credited with one of these answers, for those who steer; an agent
    sees their own. First those with RANKED_FROM answers, the surest first; then the others by name.

    Everybody who replied in the cycle is credited; of a customer's several votes the last counts.
    """
    answers = standing.filter(invitation__survey__scale=Rating.Scale.CSAT)
    if not viewer.may(Permission.HANDLE_FEEDBACK):
        answers = answers.filter(credited=viewer)
    votes: dict[int, dict[int, int]] = {}
    rows = answers.order_by("at", "pk").values_list("credited", "invitation__customer_id", "score")
    for agent_id, customer_id, score in rows:
        if agent_id is not None:
            votes.setdefault(agent_id, {})[customer_id] = score
    agents = Agent.objects.in_bulk(votes)
    if not viewer.may(Permission.HANDLE_FEEDBACK):
        agents = {pk: agent for pk, agent in agents.items() if pk == viewer.pk}
    rated = [
        Rated(agent=agent, good=good_of(cast.values()), n=len(cast))
        for agent, cast in ((agents[pk], votes[pk]) for pk in agents)
    ]
    return sorted(rated, key=_place)


def _place(rated: Rated) -> tuple[bool, float, str]:
    if not rated.is_ranked:
        return True, 0.0, str(rated.agent).lower()
    return False, -wilson(rated.good, rated.n)[0], str(rated.agent).lower()

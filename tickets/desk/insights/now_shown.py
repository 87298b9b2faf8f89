"""The page of now in words: each count, team, person and decision as it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median

from django.urls import reverse
from django.utils.functional import Promise as LazyText
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Permission
from helpdesk.templatetags.desk import duration
from tickets.desk.queue_rows import Chip, promise_chip, repeat_chip
from tickets.metrics.now import MANY_CONTACTS, SOON, Gauge, Incoming, TeamNow
from tickets.models import Ticket

# From how many waiting ones a median says more than the longest.
MEDIAN_FROM = 5
NO_TEAM = "none"

GAUGES: dict[Gauge, str | LazyText] = {
    Gauge.UNASSIGNED: gettext_lazy("Unassigned"),
    Gauge.OVERDUE: gettext_lazy("Reply overdue"),
    Gauge.SOON: gettext_lazy("Reply due within 1 h"),
    Gauge.WAITING: gettext_lazy("Waiting on us"),
    Gauge.OPEN: gettext_lazy("Open"),
}


@dataclass(frozen=True)
class Decision:
    """A ticket somebody should decide about: why, who has it, and who could."""

    ticket: Ticket
    reasons: list[Chip]
    owner: str
    choices: list[Agent]


@dataclass(frozen=True)
class TeamRow:
    """A team's line: `here` is None where presence is not known."""

    team: TeamNow
    here: int | None
    url: str
    wait: str = ""


@dataclass(frozen=True)
class GaugeShown:
    label: str
    value: int
    url: str
    tone: str = ""


@dataclass(frozen=True)
class Usual:
    """What comes in by this time on this weekday, of `n` weeks."""

    weekday: datetime
    low: int = 0
    high: int = 0
    middle: float = 0
    n: int = 0


@dataclass
class People:
    """Who is at the desk, as far as presence is known."""

    here: set[int] | None
    agents: list[Agent] = field(default_factory=list)

    @property
    def available(self) -> list[Agent]:
        return [agent for agent in self.agents if self._is_here(agent)]

    @property
    def away(self) -> list[Agent]:
        return [agent for agent in self.agents if agent.is_away]

    @property
    def is_known(self) -> bool:
        return self.here is not None

    def of_team(self, team_id: int | None) -> int | None:
        if self.here is None or team_id is None:
            return None
        return sum(team_id in _teams(agent) for agent in self.available)

    def _is_here(self, agent: Agent) -> bool:
        return self.here is not None and agent.pk in self.here and not agent.is_away


def _teams(agent: Agent) -> list[int]:
    found: list[int] = agent.team_ids  # type: ignore[attr-defined]
    return found


def members_of(agents: Iterable[Agent], teams: Iterable[Team]) -> list[Agent]:
    """Those of some agents (with `team_ids`) who are in one of these teams."""
    wanted = {team.pk for team in teams}
    return [agent for agent in agents if wanted & set(_teams(agent))]


def show_gauge(gauge: Gauge, value: int, team: Team | None) -> GaugeShown:
    """A count with the way to its tickets; red or amber only where it presses."""
    is_pressing = gauge in {Gauge.OVERDUE, Gauge.SOON} and value
    tone = "danger" if gauge is Gauge.OVERDUE else "warning"
    url = _rows_url(gauge, str(team.pk) if team else "")
    return GaugeShown(str(GAUGES[gauge]), value, url, tone if is_pressing else "")


def _rows_url(gauge: Gauge, team: str) -> str:
    url = reverse("desk:now-rows", args=[gauge])
    return f"{url}?{urlencode({'team': team})}" if team else url


def show_team_row(row: TeamNow, people: People) -> TeamRow:
    """A team with who is here and how long customers wait."""
    key = NO_TEAM if row.team_id is None else str(row.team_id)
    wait = ""
    if row.waiting >= MEDIAN_FROM:
        wait = duration(row.median_wait)
    elif row.waiting:
        wait = _("longest %(span)s") % {"span": duration(row.longest_wait)}
    named = row if row.name else replace(row, name=_("No team"))
    return TeamRow(named, people.of_team(row.team_id), f"?{urlencode({'team': key})}", wait)


def show_decision(ticket: Ticket, agents: list[Agent], at: datetime) -> Decision:
    """A ticket of `decisions`, with those of `agents` who may own it."""
    owner = next((agent for agent in agents if agent.pk == ticket.assignee_id), None)
    open_count = getattr(owner, "open_count", 0)
    name = str(ticket.assignee) if ticket.assignee else ""
    said = _("%(name)s (%(n)s open)") % {"name": name, "n": open_count} if owner else name
    return Decision(
        ticket=ticket,
        reasons=_reasons(ticket, at),
        owner=said,
        choices=[agent for agent in agents if _may_own(agent, ticket) and agent != owner],
    )


def _may_own(agent: Agent, ticket: Ticket) -> bool:
    sees_all = agent.may(Permission.SEE_ALL_TEAMS)
    return sees_all or ticket.team_id is None or ticket.team_id in _teams(agent)


def _reasons(ticket: Ticket, at: datetime) -> list[Chip]:
    """Why somebody should decide, in words, the heaviest first."""
    found: list[Chip] = []
    due_at = ticket.reply_due_at
    if due_at is not None and due_at < at + SOON:
        late = due_at < at
        words = _("reply overdue %(span)s") if late else _("reply due in %(span)s")
        span = duration(abs(due_at - at))
        found.append(Chip(label=words % {"span": span}, tone="danger" if late else "warning"))
    if ticket.assignee is None:
        found.append(Chip(label=_("nobody owns it"), tone="warning"))
    promised_for = ticket.customer.next_promise_due_at
    if promised_for is not None and promised_for < at:
        found.append(promise_chip(promised_for, at))
    if ticket.contact_number >= MANY_CONTACTS and (chip := repeat_chip(ticket)):
        found.append(chip)
    if ticket.assignee and (ticket.assignee.is_away or not ticket.assignee.is_active):
        found.append(Chip(label=_("%(name)s is away") % {"name": ticket.assignee}, tone="info"))
    return found


def show_usual(incoming: Incoming, here: datetime) -> Usual:
    """The range and the middle of the same weekday in weeks before."""
    before = incoming.before
    if not before:
        return Usual(here)
    return Usual(here, min(before), max(before), median(before), len(before))

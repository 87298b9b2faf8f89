"""By what reports are cut, and which facts somebody may count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from tickets.metrics.models import DayNumber
from tickets.models import Topic

Dimension = DayNumber.Dimension

# The column of a fact that each dimension reads. An empty key stands for facts that have none.
COLUMNS: dict[str, str] = {
    Dimension.TEAM: "team_id",
    Dimension.AGENT: "agent_id",
    Dimension.CHANNEL: "channel",
    Dimension.TOPIC: "topic_id",
    Dimension.ORGANISATION: "organisation_id",
    Dimension.TIER: "tier",
}
_MARKS = ("with_imported", "topic_alone")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a report is narrowed to: a key of each dimension as text, None for all of them.

    A topic takes those below it with it, unless `topic_alone`. Imported tickets are left out
    unless asked for, since their history may lack moments (METRICS 5.0).
    """

    team: str | None = None
    agent: str | None = None
    channel: str | None = None
    topic: str | None = None
    organisation: str | None = None
    tier: str | None = None
    with_imported: bool = False
    topic_alone: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Filters:
        """Read filters from the fields of a form or an address; what is empty is no filter.

        "none" stands for facts without a key. Raises ValueError for an id that is no number.
        """
        found = {name: given[name].strip() for name in COLUMNS if given.get(name, "").strip()}
        for name, key in found.items():
            if name.endswith(("team", "agent", "topic", "organisation")) and key != "none":
                found[name] = str(int(key))
        keys = {name: "" if key == "none" else key for name, key in found.items()}
        with_imported, topic_alone = (bool(given.get(name)) for name in _MARKS)
        return cls(**keys, with_imported=with_imported, topic_alone=topic_alone)

    def as_query(self) -> dict[str, str]:
        """Return the fields that `of` reads again."""
        keys = {name: key or "none" for name, key in self.narrowed()}
        return keys | {name: "1" for name in _MARKS if getattr(self, name)}

    def narrowed(self) -> Iterator[tuple[str, str]]:
        """Yield each dimension that is narrowed, with its key."""
        for field in fields(self):
            if field.name in COLUMNS and (key := getattr(self, field.name)) is not None:
                yield field.name, key


@dataclass(frozen=True)
class Cut:
    """The facts that are counted, by dimension: any of these keys each. None at all for nobody."""

    keys: Mapping[str, frozenset[str]]
    with_imported: bool = False

    @classmethod
    def of(cls, filters: Filters, agent: Agent) -> Cut:
        """Narrow to the filters and to what an agent may count: their own teams, and no team's.

        Somebody who was granted to see a single customer still does not count them.
        """
        with_below = frozenset() if filters.topic_alone else {Dimension.TOPIC}
        keys = {
            name: _with_below(key) if name in with_below else frozenset({key})
            for name, key in filters.narrowed()
        }
        if not agent.may(Permission.SEE_ALL_TEAMS):
            own = {"", *(str(team.pk) for team in agent.teams.all())}
            may = own if agent.may(Permission.WORK_TICKETS) else set()
            keys[Dimension.TEAM] = keys.get(Dimension.TEAM, frozenset(may)) & may
        return cls(keys, filters.with_imported)


def _with_below(key: str) -> frozenset[str]:
    """A topic's key, and those of the topics below it."""
    if not key:
        return frozenset({key})
    below = Topic.objects.filter(parent=int(key)).values_list("pk", flat=True)
    return frozenset({key, *map(str, below)})

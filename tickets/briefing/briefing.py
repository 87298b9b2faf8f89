"""What the agent must know before answering, each line with its evidence."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from customers.models import Touchpoint
from helpdesk.accounts.models import Agent, IsTeamOf, Team
from helpdesk.accounts.roles import Permission
from helpdesk.lib.compiled import Compiled
from tickets.briefing import wording
from tickets.briefing.composing import RULESET, compose
from tickets.briefing.items import Briefing, BriefingItem, Line, ReadSource
from tickets.briefing.last_contacts import SHOWN, last_contacts
from tickets.briefing.models import BriefingLook, StoredBriefing
from tickets.briefing.recalling import KEPT_SECONDS, keep, recall
from tickets.incidents.models import Incident
from tickets.models import Ticket

KEPT = timedelta(seconds=KEPT_SECONDS)


def brief(ticket: Ticket, *, agent: Agent, at: datetime) -> Briefing:
    """Return the briefing of a ticket as this agent may see it.

    The stored one where it is fresh and the agent sees every team in it; else it is made now, of
    what they may see. The ticket comes with its customer and the customer's organisation loaded.
    """
    teams = _teams_of(agent)
    items, failed, computed_at = _items(ticket, agent=agent, teams=teams, at=at)
    look = next(iter(_looks(ticket=ticket.pk, agent=agent.pk)), None)
    contacts = last_contacts(ticket, agent=agent, limit=SHOWN + 1)
    return Briefing(
        lines=tuple(lines_of(items, at=at, reader=agent, last_seen=look.keys if look else None)),
        contacts=tuple(contacts[:SHOWN]),
        has_more_contacts=len(contacts) > SHOWN,
        hidden_contacts=_hidden_contacts(ticket, agent, at=at),
        computed_at=computed_at,
        failed=failed,
    )


def items_for(ticket: Ticket, *, agent: Agent, at: datetime) -> tuple[BriefingItem, ...]:
    """Return the items alone, as this agent may see them: to freeze them with a reply."""
    return tuple(_items(ticket, agent=agent, teams=_teams_of(agent), at=at)[0])


def lines_of(
    items: Iterable[BriefingItem],
    *,
    at: datetime,
    reader: Agent | None = None,
    last_seen: Sequence[str] | None = None,
) -> list[Line]:
    """Say items in the reader's language; what they had not seen when they last looked is new.

    That they know the customer themselves is not said to them.
    """
    return [
        _line(
            item,
            at=at,
            is_new=last_seen is not None and item.key not in last_seen,
        )
        for item in items
        if not (item.text_key == "knows" and reader and item.params["agent"] == reader.first_name)
    ]


def _line(item: BriefingItem, *, at: datetime, is_new: bool) -> Line:
    text = wording.say(item.text_key, item.params, at=at)
    sources = []
    for source in item.sources:
        why = "; ".join(wording.say(key, params, at=at) for key, params in source.why)
        sources.append(ReadSource(source=source, why=why, said=why or text))
    return Line(item=item, text=text, sources=tuple(sources), is_new=is_new)


def _items(
    ticket: Ticket, *, agent: Agent, teams: set[int] | None, at: datetime
) -> tuple[Sequence[BriefingItem], tuple[str, ...], datetime]:
    stored = next(iter(_stored(ticket=ticket.pk, at=at)), None)
    if stored and _is_fresh(stored, ticket, at=at) and _sees(teams, stored.teams):
        return [BriefingItem.from_row(row) for row in stored.items], (), stored.computed_at
    if teams is not None and (items := recall(ticket, teams)) is not None:
        return items, (), at
    made = compose(ticket, agent=agent, at=at)
    if teams is not None and not made.failed and made.valid_until > at + KEPT:
        keep(ticket, teams, made.items)
    return made.items, made.failed, at


def _is_fresh(stored: StoredBriefing, ticket: Ticket, *, at: datetime) -> bool:
    return (
        stored.customer_revision == ticket.customer.revision
        and stored.computed_at <= at < stored.valid_until
    )


def _sees(teams: set[int] | None, needed: Sequence[int]) -> bool:
    return teams is None or set(needed) <= teams


def _teams_of(agent: Agent) -> set[int] | None:
    """Return the ids of the agent's teams; None for who sees all."""
    if agent.may(Permission.SEE_ALL_TEAMS):
        return None
    return set(_teams(agent=agent.pk))


def _hidden_contacts(ticket: Ticket, agent: Agent, *, at: datetime) -> int:
    if agent.may(Permission.SEE_ALL_TEAMS):
        return 0
    return sum(_hidden(agent=agent.pk, customer=ticket.customer_id, at=at))


@Compiled
def _stored(*, ticket: int, at: datetime) -> QuerySet[StoredBriefing]:
    newer = Q(opened_at__gt=OuterRef("computed_at")) | Q(
        ended_at__gt=OuterRef("computed_at"), ended_at__lte=at
    )
    rows = StoredBriefing.objects.filter(ticket=ticket, ruleset=RULESET)
    return rows.exclude(Exists(Incident.objects.filter(newer)))


@Compiled
def _looks(*, ticket: int, agent: int) -> QuerySet[BriefingLook]:
    return BriefingLook.objects.filter(ticket=ticket, agent=agent)


@Compiled
def _teams(*, agent: int) -> QuerySet[Team, int]:
    return Team.objects.filter(members=agent).values_list("pk", flat=True)


@Compiled
def _hidden(*, agent: int, customer: int, at: datetime) -> QuerySet[Any, Any]:
    """How many contacts are in teams that an agent is not in."""
    contacts = Touchpoint.objects.filter(customer=customer, is_contact=True, at__lte=at)
    hidden: QuerySet[Any, Any] = contacts.exclude(team=None).exclude(IsTeamOf(Agent(pk=agent)))
    counted: QuerySet[Any, Any] = hidden.order_by().values("customer").annotate(n=Count("*"))
    return counted.values_list("n", flat=True)

"""What the rules of the briefing look at: a fixed number of queries, whatever is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.models import Customer, CustomerNote, Fact, Promise, Touchpoint
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from tickets.models import Ticket

MOMENTS = 200
LAST_CONTACTS = 7
PROMISES = 8
FACTS = 12
NOTES = 3
LOOK_BACK = timedelta(days=365)

_MOMENT_KINDS = (
    Touchpoint.Kind.MESSAGE,
    Touchpoint.Kind.CALL,
    Touchpoint.Kind.VISIT,
    Touchpoint.Kind.LETTER,
    Touchpoint.Kind.REPLY,
    Touchpoint.Kind.RATING,
    Touchpoint.Kind.ARTICLE,
)


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The rows about one ticket's customer that this agent may see, newest first."""

    ticket: Ticket
    customer: Customer
    agent: Agent
    at: datetime
    moments: list[Touchpoint]
    hidden: list[datetime]
    tickets: list[Ticket]
    promises: list[Promise]
    facts: list[Fact]
    notes: list[CustomerNote]

    @property
    def contacts(self) -> list[Touchpoint]:
        return [moment for moment in self.moments if moment.is_contact]


def gather(ticket: Ticket, *, agent: Agent, at: datetime) -> Gathered:
    """Fetch what the briefing of a ticket is made of. Access is decided here, on the sources."""
    customer = ticket.customer
    moments = list(
        Touchpoint.objects.filter(
            customer=customer, kind__in=_MOMENT_KINDS, at__gte=at - LOOK_BACK, at__lte=at
        )
        .select_related("agent")
        .defer("text", "data")
        .order_by("-at", "-id")[:MOMENTS]
    )
    teams = _teams_of(agent)
    visible = [m for m in moments if teams is None or m.team_id is None or m.team_id in teams]
    return Gathered(
        ticket=ticket,
        customer=customer,
        agent=agent,
        at=at,
        moments=visible,
        hidden=[m.at for m in moments if m.is_contact and m not in visible],
        tickets=list(
            Ticket.objects.visible_to(agent)
            .filter(customer=customer)
            .exclude(pk=ticket.pk)
            .select_related("status", "assignee")
            .order_by("-opened_at", "-id")[:LAST_CONTACTS]
        ),
        promises=list(
            Promise.objects.visible_to(agent)
            .filter(customer=customer)
            .exclude(status__in=(Promise.Status.CANCELLED, Promise.Status.REPLACED))
            .select_related("owner", "made_by")
            .order_by("closed_at", "due_at")
            .reverse()[:PROMISES]
        ),
        facts=list(
            Fact.objects.known(at)
            .visible_to(agent)
            .filter(customer=customer)
            .order_by("-at", "-id")[:FACTS]
        ),
        notes=list(
            CustomerNote.objects.filter(customer=customer, is_pinned=True)
            .select_related("author")
            .order_by("-at")[:NOTES]
        ),
    )


def _teams_of(agent: Agent) -> set[int] | None:
    """Return the ids of the agent's teams; None for who sees all."""
    if agent.may(Permission.SEE_ALL_TEAMS):
        return None
    return set(agent.teams.values_list("pk", flat=True))

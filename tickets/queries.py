"""Reads that span models, each a fixed number of queries: a ticket and all around it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from customers.models import Identity, Order, Promise
from customers.queries import duplicates_of, json_rows
from helpdesk.accounts.models import Agent, Rights, Team
from helpdesk.accounts.roles import PERMISSIONS, Permission
from helpdesk.lib.compiled import Compiled
from tickets.models import (
    Attachment,
    Delivery,
    Draft,
    Message,
    Participant,
    Tag,
    Ticket,
    TicketEvent,
    TicketStatus,
    Topic,
)
from tickets.models.message import MessageQuerySet
from tickets.models.ticket import TicketQuerySet
from tickets.queues import neighbours, split_view, view_of

ORDERS, PROMISES, IDENTITIES, PARTICIPANTS = 5, 10, 12, 20
PICTURES, COPIES = 10, 50
FOLDED_FROM, KEPT_AT_END = 30, 10
EVENTS = 200
NO_TEAM = 0
_OF_COPY = (
    "address", "is_cc", "state", "attempts", "next_attempt_at", "note", "may_be_double",
)  # fmt: skip


def full_ticket(number: int, *, agent: Agent) -> Ticket | None:
    """A ticket with the rows a workspace names; None where this agent sees none of this number."""
    return next(iter(_full_tickets(agent.rights, agent=agent.pk, number=number)), None)


@Compiled
def _full_tickets(rights: Rights, *, agent: int, number: int) -> TicketQuerySet:
    return (
        Ticket.objects.visible_to(Agent.of_rights(rights, pk=agent))
        .filter(number=number)
        .select_related(
            "customer__organisation", "status", "assignee", "team", "topic__parent", "follows"
        )
    )


def messages_on_page(ticket: Ticket, *, whole: bool, also: int | None = None) -> MessageQuerySet:
    """Return the conversation, oldest first; a long one without its middle, but for `also`.

    Each message carries its author, `files`, dicts of id, name and size in bytes, `pictures`
    shown in its text, and `copies`, dicts of how far each got.
    """
    files = Attachment.objects.filter(message=OuterRef("pk"), is_inline=False).order_by("pk")
    pictures = Attachment.objects.filter(
        message=OuterRef("pk"), is_inline=True, content_type__startswith="image/"
    ).order_by("pk")
    copies = Delivery.objects.filter(message=OuterRef("pk")).order_by("is_cc", "pk")
    messages = (
        Message.objects.filter(ticket=ticket)
        .select_related("agent", "customer")
        .annotate(
            files=json_rows(files, "id", "name", "size"),
            pictures=json_rows(pictures[:PICTURES], "id", "name"),
            copies=json_rows(copies[:COPIES], *_OF_COPY),
        )
    )
    if not whole:
        first = ticket.messages.order_by("at", "id").values("pk")[:1]
        last = ticket.messages.order_by("-at", "-id").values("pk")[:KEPT_AT_END]
        messages = messages.filter(Q(pk__in=first) | Q(pk__in=last) | Q(pk=also))
    return messages.order_by("at", "id")


def events_on_page(ticket: Ticket, kinds: tuple[TicketEvent.Kind, ...]) -> QuerySet[TicketEvent]:
    """Return the newest EVENTS events of some kinds, newest first."""
    events = ticket.events.filter(kind__in=kinds).select_related("agent")
    return events.order_by("-at", "-id")[:EVENTS]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What stands around a ticket and can be chosen on it; rows as dicts of what is shown."""

    tags: list[str]
    identities: list[dict[str, Any]]
    participants: list[dict[str, Any]]
    duplicates: list[dict[str, Any]]
    promises: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    drafts: list[dict[str, Any]]
    statuses: list[dict[str, Any]]
    topics: list[dict[str, Any]]
    teams: list[dict[str, Any]]
    agents: list[dict[str, Any]]
    possibly: int | None
    written_from: str
    previous: int | None
    next: int | None

    @property
    def recipient(self) -> str:
        """Where a reply goes, as the reply operation decides it."""
        emails = [row for row in self.identities if row["kind"] == Identity.Kind.EMAIL]
        fallback = emails[0]["shown"] if emails else ""
        return self.written_from if "@" in self.written_from else fallback

    @property
    def assignable(self) -> list[dict[str, Any]]:
        return [row for row in self.agents if row["is_active"] and row["sees"]]


def surroundings_of(ticket: Ticket, *, agent: Agent, view: str = "") -> Surroundings:
    """Read everything around a ticket in one query; `view` names the queue it was opened from."""
    kind, team = split_view(view)
    [found] = _around(
        agent.rights,
        kind,
        view_team=team,
        agent=agent.pk,
        ticket=ticket.pk,
        customer=ticket.customer_id,
        team=ticket.team_id or NO_TEAM,
        queue_at=ticket.queue_at,
    )
    row: dict[str, Any] = {"previous": None, "next": None}
    row |= {name.removeprefix("around_"): value for name, value in found.items()}
    row["written_from"] = row["written_from"] or ""
    return Surroundings(**row)


@Compiled
def _around(
    rights: Rights,
    kind: str,
    *,
    view_team: int,
    agent: int,
    ticket: int,
    customer: int,
    team: int,
    queue_at: datetime,
) -> QuerySet[Any, Any]:
    reader = Agent.of_rights(rights, pk=agent)
    this = Ticket(pk=ticket, customer_id=customer, team_id=team, queue_at=queue_at)
    expressions = {
        **_about_customer(this, reader),
        **_about_ticket(this, reader),
        **_choices(this),
        **neighbours(this, reader, view_of(kind, view_team)),
    }
    # Prefixed, because an annotation may not be named as a field of the model.
    named = {f"around_{name}": expression for name, expression in expressions.items()}
    return Ticket.objects.filter(pk=ticket).values(**named)


def _about_customer(ticket: Ticket, agent: Agent) -> dict[str, Any]:
    customer = ticket.customer_id
    identities = Identity.objects.filter(customer=customer).order_by("verified_at", "id")
    promises = Promise.objects.visible_to(agent).filter(customer=customer, status="open")
    orders = Order.objects.filter(customer=customer).order_by("-placed_at")
    return {
        "identities": json_rows(
            identities[:IDENTITIES],
            "id",
            "kind",
            "shown",
            "verified_at",
            "undeliverable_since",
            "is_shared",
        ),
        "duplicates": duplicates_of(customer),
        "promises": json_rows(
            promises.order_by("due_at")[:PROMISES], "id", "text", "due_at", "ticket_number"
        ),
        "orders": json_rows(
            orders[:ORDERS], "number", "kind", "placed_at", "currency", "total", "status"
        ),
    }


def _about_ticket(ticket: Ticket, agent: Agent) -> dict[str, Any]:
    people = Participant.objects.filter(ticket=ticket).order_by("id")[:PARTICIPANTS]
    dead = Identity.objects.filter(
        kind=Identity.Kind.EMAIL, value=Lower(OuterRef("address"))
    ).exclude(undeliverable_since=None)
    drafts = Draft.objects.filter(ticket=ticket, agent=agent).order_by("-saved_at")
    opened = TicketEvent.objects.filter(ticket=ticket, kind=TicketEvent.Kind.OPENED)
    written = Message.objects.filter(
        ticket=ticket, kind=Message.Kind.INBOUND, customer=ticket.customer_id
    ).exclude(author_address="")
    return {
        "tags": ArraySubquery(Tag.objects.filter(tickets=ticket.pk).values("name")),
        "participants": json_rows(
            people,
            "id",
            "address",
            "is_confirmed",
            customer="customer_id",
            name="customer__name",
            identity=Subquery(dead.values("pk")[:1]),
        ),
        "drafts": json_rows(drafts, "kind", "text", "html", "saved_at"),
        "possibly": Subquery(opened.order_by("id").values("new__possibly")[:1]),
        "written_from": Subquery(written.order_by("-at", "-id").values("author_address")[:1]),
    }


def _choices(ticket: Ticket) -> dict[str, Any]:
    see_all = [role for role, may in PERMISSIONS.items() if Permission.SEE_ALL_TEAMS in may]
    member = Team.members.through.objects.filter(team=ticket.team_id, agent=OuterRef("pk"))
    has_none = Exact(Value(ticket.team_id, IntegerField()), NO_TEAM)
    sees = Q(role__in=see_all) | Q(Exists(member)) | Q(has_none)
    agents = Agent.objects.alias().annotate(sees_ticket=sees).order_by("name", "pk")
    topics = Topic.objects.order_by("parent__position", "parent__name", "position", "name")
    return {
        "statuses": json_rows(TicketStatus.objects.all(), "id", "name", "category"),
        "topics": json_rows(topics, "id", "name", parent_name="parent__name"),
        "teams": json_rows(Team.objects.all(), "id", "name"),
        "agents": json_rows(agents, "id", "name", "email", "is_active", sees="sees_ticket"),
    }

"""What the rules of the briefing look at: a fixed number of queries, whatever is stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from customers.models import Customer, CustomerNote, Fact, OutsideEvent, Promise, Touchpoint
from helpdesk.accounts.models import Agent
from tickets.briefing.models import ItemMark
from tickets.incidents.matching import likely_incident
from tickets.incidents.models import Incident
from tickets.issues.frequencies import newest_snapshot
from tickets.issues.knowing import decided_on, decisions_of, tickets_known
from tickets.issues.linking import Known
from tickets.issues.models import LinkDecision, TermSnapshot
from tickets.issues.similar import Similar, similar_solved
from tickets.issues.standing import Standing, standing_of
from tickets.models import Message, Ticket, TicketEvent, Topic
from tickets.models.ticket import TicketQuerySet
from tickets.speech.answering import keys_asked

MOMENTS = 200
PROMISES = 8
FACTS = 12
NOTES = 5
SAID = 30
COLLEAGUES = 3
LOOK_BACK = timedelta(days=365)
COLLEAGUES_FOR = timedelta(days=14)
OUTSIDE_FOR = timedelta(hours=72)

_MOMENT_KINDS = (
    Touchpoint.Kind.MESSAGE,
    Touchpoint.Kind.CALL,
    Touchpoint.Kind.VISIT,
    Touchpoint.Kind.LETTER,
    Touchpoint.Kind.REPLY,
    Touchpoint.Kind.RATING,
    Touchpoint.Kind.ARTICLE,
    Touchpoint.Kind.STEP,
)


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The rows about one ticket's customer that a reader may see, newest first."""

    ticket: Ticket
    customer: Customer
    at: datetime
    moments: list[Touchpoint]
    hidden: list[datetime]
    tickets: list[Known]
    promises: list[Promise]
    facts: list[Fact]
    notes: list[CustomerNote]
    standing: Standing
    said: list[Message] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    transfers: int = 0
    corrected: ItemMark | None = None
    decisions: list[LinkDecision] = field(default_factory=list)
    similar: list[Similar] = field(default_factory=list)
    incidents: list[tuple[Incident, int]] = field(default_factory=list)
    colleagues: list[Ticket] = field(default_factory=list)
    outside: list[OutsideEvent] = field(default_factory=list)

    @property
    def contacts(self) -> list[Touchpoint]:
        return [moment for moment in self.moments if moment.is_contact]

    @property
    def is_first(self) -> bool:
        """Whether this is the customer's first contact, and not answered yet."""
        is_only = not self.tickets and not self.hidden and len(self.contacts) <= 1
        return is_only and self.last_reply is None

    @property
    def last_reply(self) -> Message | None:
        """What we last answered on this ticket."""
        return _last_reply(self.said, self.ticket)

    @property
    def numbers(self) -> set[int]:
        """The tickets the headline counts."""
        return {ticket.number for ticket in self.standing.tickets}

    @property
    def sure_numbers(self) -> set[int]:
        """The tickets that surely belong to this one's issue."""
        return {ticket.number for ticket in self.standing.members}

    @property
    def similar_teams(self) -> set[int]:
        return {found.team for found in self.similar if found.team}

    @property
    def until(self) -> datetime:
        """The moment of the customer's newest words on this ticket."""
        return self.ticket.last_inbound_at or self.ticket.opened_at

    def ticket_of(self, number: int | None) -> Known | None:
        if number == self.ticket.number:
            return self.standing.ticket
        return next((ticket for ticket in self.tickets if ticket.number == number), None)


def gather(ticket: Ticket, *, agent: Agent | None, at: datetime) -> Gathered:
    """Fetch what the briefing of a ticket is made of, as `agent` may see it; None sees all.

    Access is decided here, on the sources.
    """
    seen = _Seen(agent)
    snapshot = newest_snapshot()
    customer = ticket.customer
    moments, hidden = seen.moments(customer, at)
    own_tickets = seen(Ticket.objects.filter(customer=customer))
    known = tickets_known(own_tickets, snapshot=snapshot)
    if all(one.id != ticket.pk for one in known):
        known += tickets_known(Ticket.objects.filter(pk=ticket.pk), snapshot=snapshot)
    own = next(one for one in known if one.id == ticket.pk)
    decided = decided_on([one.id for one in known])
    standing = standing_of(own, known, decisions_of(decided))
    about = [one.id for one in standing.tickets]
    said = list(
        Message.objects.filter(ticket__in=about, kind__in=("inbound", "reply"))
        .filter(is_automatic=False, at__lte=at)
        .only("pk", "ticket", "kind", "at", "text", "visible_text", "language", "channel")
        .order_by("-at", "-id")[:SAID]
    )
    reply = _last_reply(said, ticket)
    return Gathered(
        ticket=ticket,
        customer=customer,
        at=at,
        moments=moments,
        hidden=hidden,
        tickets=[one for one in known if one is not own],
        promises=seen.promises(customer),
        facts=list(
            seen(Fact.objects.known(at).filter(customer=customer)).order_by("-at", "-id")[:FACTS]
        ),
        notes=list(
            CustomerNote.objects.filter(customer=customer)
            .filter(is_pinned=True)
            .union(CustomerNote.objects.filter(customer=customer, is_guard=True))
            .order_by("-at")[:NOTES]
        ),
        standing=standing,
        said=said,
        asked=keys_asked(reply, language=customer.language) if reply else set(),
        corrected=_correction(ticket),
        transfers=ticket.events.filter(kind=TicketEvent.Kind.MOVED).count(),
        decisions=[row for row in decided if ticket.pk in (row.first_id, row.second_id)],
        similar=_similar(ticket, own, seen, snapshot=snapshot, at=at),
        incidents=_incidents(ticket, standing),
        colleagues=_colleagues(ticket, seen, at),
        outside=list(
            OutsideEvent.objects.filter(
                customer=customer, may_cause_contact=True, at__gte=at - OUTSIDE_FOR, at__lte=at
            ).order_by("-at")[:2]
        ),
    )


def _last_reply(said: Iterable[Message], ticket: Ticket) -> Message | None:
    replies = (m for m in said if m.ticket_id == ticket.pk and m.kind == Message.Kind.REPLY)
    return next(replies, None)


class _Seen:
    """Narrows what is read to one agent; to nobody in particular, it leaves everything."""

    def __init__(self, agent: Agent | None) -> None:
        self.agent = agent

    def __call__(self, rows: Any) -> Any:
        return rows if self.agent is None else rows.visible_to(self.agent)

    def moments(self, customer: Customer, at: datetime) -> tuple[list[Touchpoint], list[datetime]]:
        """The newest moments, and when the contacts were that the agent may not see."""
        newest: QuerySet[Touchpoint] = Touchpoint.objects.filter(
            customer=customer, kind__in=_MOMENT_KINDS, at__gte=at - LOOK_BACK, at__lte=at
        )
        rows: list[Any] = list(
            newest.annotate(agent_name=F("agent__name"), agent_works=F("agent__is_active"))
            .defer("text")
            .order_by("-at", "-id")[:MOMENTS]
        )
        if self.agent is None or not rows:
            return rows, []
        among = newest.filter(at__gte=rows[-1].at)
        visible = set(self(among).values_list("pk", flat=True))
        shown = [row for row in rows if row.pk in visible]
        return shown, [row.at for row in rows if row.is_contact and row.pk not in visible]

    def promises(self, customer: Customer) -> list[Promise]:
        return list(
            self(Promise.objects.filter(customer=customer))
            .exclude(status__in=(Promise.Status.CANCELLED, Promise.Status.REPLACED))
            .select_related("owner", "made_by")
            .order_by("closed_at", "due_at")
            .reverse()[:PROMISES]
        )


def _similar(
    ticket: Ticket, own: Known, seen: _Seen, *, snapshot: TermSnapshot | None, at: datetime
) -> list[Similar]:
    """Of the ticket's own team: whoever may read this ticket may read those."""
    if ticket.is_finished:
        return []
    theirs = Q(team=None) | Q(team=ticket.team_id)
    among: TicketQuerySet = seen(Ticket.objects.filter(theirs))
    return similar_solved(ticket, own.counts, among=among, snapshot=snapshot, at=at)


def _correction(ticket: Ticket) -> ItemMark | None:
    """What an agent said last that this ticket's mood is."""
    marks = ItemMark.objects.filter(ticket=ticket, is_useful=False, rule__startswith="R-MOOD")
    return marks.select_related("agent").order_by("-at").first()


def _incidents(ticket: Ticket, standing: Standing) -> list[tuple[Incident, int]]:
    """The incident the ticket is part of, or likely part of, with how many tickets are."""
    guessed = next((one.topic for one in reversed(standing.tickets) if one.topic), None)
    is_open = ticket.topic_id is None and guessed is not None
    topic = Topic.objects.filter(pk=guessed or 0).first() if is_open else None
    incident = likely_incident(ticket, topic=topic)
    if incident is None or ticket.category in Ticket.FINISHED:
        return []
    return [(incident, incident.links.filter(is_part=True).count())]


def _colleagues(ticket: Ticket, seen: _Seen, at: datetime) -> list[Ticket]:
    """Tickets of the same organisation about the same topic, open or of the last fortnight."""
    if ticket.customer.organisation_id is None or ticket.topic_id is None:
        return []
    rows = seen(Ticket.objects.filter(customer__organisation=ticket.customer.organisation_id))
    return list(
        rows.filter(topic=ticket.topic_id, opened_at__gte=at - COLLEAGUES_FOR)
        .exclude(customer=ticket.customer_id)
        .select_related("customer")
        .order_by("-opened_at")[:COLLEAGUES]
    )

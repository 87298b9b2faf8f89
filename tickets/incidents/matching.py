"""Which incident a ticket is likely part of, and which tickets an incident may have caused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from helpdesk.accounts.models import Agent
from helpdesk.lib.text import comparable
from tickets.incidents.models import Incident, IncidentTicket
from tickets.models import Message, Ticket, Topic
from tickets.models.ticket import TicketQuerySet

TEXT_LENGTH = 5_000
CANDIDATES, SUGGESTED = 500, 50
_WORD = re.compile("\\w[\\w'\N{RIGHT SINGLE QUOTATION MARK}-]*")


def likely_incident(ticket: Ticket, *, topic: Topic | None = None) -> Incident | None:
    """Return the incident a ticket is part of, or likely part of (BRIEFING 3.2, Incident).

    Likely is: the same topic (or one below it), a field of the incident or a cue word of its in
    what the customer wrote first, and opened within its window. `topic` stands in for a ticket
    that has none yet. What an agent said of the two wins: `link_of` tells whether one did.
    Two queries; a third where an incident has the topic.
    """
    links = list(ticket.incident_links.select_related("incident__topic"))
    for link in links:
        if link.is_part:
            return link.incident
    about = ticket.topic or topic
    if about is None:
        return None
    rejected = [link.incident_id for link in links]
    wanted = Q(topic=about.pk) | Q(topic=about.parent_id) if about.parent_id else Q(topic=about.pk)
    active = Incident.objects.active(ticket.opened_at).filter(wanted).exclude(pk__in=rejected)
    candidates = list(active.select_related("topic").order_by("-began_at", "-pk"))
    if not candidates:
        return None
    said = _said_of([ticket.pk]).get(ticket.pk, ("", {}))
    for incident in candidates:
        if matches(incident, subject=ticket.subject, text=said[0], form=said[1]):
            return incident
    return None


def link_of(ticket: Ticket) -> IncidentTicket | None:
    """Return what makes a ticket part of an incident, where an agent said so."""
    return ticket.incident_links.filter(is_part=True).select_related("incident", "by").first()


def suggested_tickets(incident: Incident, *, agent: Agent) -> list[Ticket]:
    """Return the newest tickets that match an incident and of which nobody said yet."""
    said = IncidentTicket.objects.filter(ticket=OuterRef("pk")).filter(
        Q(incident=incident) | Q(is_part=True)
    )
    seen = _in_window(Ticket.objects.visible_to(agent), incident).filter(~Exists(said))
    rows = list(
        seen.filter(Q(topic=incident.topic_id) | Q(topic__parent=incident.topic_id))
        .select_related("customer", "status")
        .order_by("-opened_at", "-id")[:CANDIDATES]
    )
    words = _said_of([ticket.pk for ticket in rows])
    found = []
    for ticket in rows:
        text, form = words.get(ticket.pk, ("", {}))
        if matches(incident, subject=ticket.subject, text=text, form=form):
            found.append(ticket)
    return found[:SUGGESTED]


def matches(incident: Incident, *, subject: str, text: str, form: dict[str, str]) -> bool:
    """Whether a field or a cue word of an incident is in what somebody wrote.

    Cue words are compared as whole words, caseless; several words as a phrase.
    """
    answers = {key: comparable(str(value)) for key, value in form.items()}
    said = comparable(f"{subject} {text}")
    for key, value in incident.fields.items():
        wanted = comparable(str(value))
        if wanted and (wanted in answers.get(key, "") or _says(said, wanted)):
            return True
    return any(_says(said, comparable(cue)) for cue in incident.cue_words)


def _says(said: str, cue: str) -> bool:
    wanted = _WORD.findall(cue)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(_WORD.findall(said))} "


def _in_window(tickets: TicketQuerySet, incident: Incident) -> TicketQuerySet:
    until = Q() if incident.ended_at is None else Q(opened_at__lte=incident.ended_at)
    return tickets.filter(until, opened_at__gte=incident.began_at)


def _said_of(tickets: Sequence[int]) -> dict[int, tuple[str, dict[str, str]]]:
    """The customer's first words on each ticket, and the answers of its form."""
    first = (
        Message.objects.filter(ticket__in=tickets, kind=Message.Kind.INBOUND)
        .defer("html", "visible_html")
        .order_by("ticket", "at", "id")
        .distinct("ticket")
    )
    return {message.ticket_id: (_own(message), message.form) for message in first}


def _own(message: Message) -> str:
    return message.own_text[:TEXT_LENGTH]

"""Every way an incident can change."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from customers.models import Customer
from customers.operations import note_change
from helpdesk.lib.actors import Actor
from tickets.events import record_event
from tickets.incidents.errors import EmptyIncident, IncidentResolved, NothingKnown, PartOfAnother
from tickets.incidents.models import Incident, IncidentExclusion, IncidentTicket, IncidentUpdate
from tickets.models import Ticket, TicketEvent, Topic

EDITABLE = frozenset(
    {"title", "known", "topic", "fields", "cue_words", "began_at", "ended_at", "next_update_at"}
)


@transaction.atomic
def open_incident(
    *,
    title: str,
    topic: Topic,
    began_at: datetime,
    known: str = "",
    fields: dict[str, str] | None = None,
    cue_words: tuple[str, ...] = (),
    ended_at: datetime | None = None,
    next_update_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Incident:
    """Make one known problem of many customers known to every agent. Raises EmptyIncident."""
    if not title.strip():
        raise EmptyIncident
    return Incident.objects.create(
        title=title.strip()[:200],
        topic=topic,
        began_at=began_at,
        known=known.strip(),
        fields=fields or {},
        cue_words=_words(cue_words),
        ended_at=ended_at,
        next_update_at=next_update_at,
        opened_by_id=by.agent_id,
        opened_at=at,
    )


@transaction.atomic
def change_incident(
    incident: Incident, *, changes: dict[str, Any], by: Actor, at: datetime
) -> Incident:
    """Change what an incident is or which tickets it finds; only the fields in `changes`.

    Raises EmptyIncident.
    """
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise ValueError(f"not a detail of an incident: {', '.join(sorted(unknown))}")
    incident = Incident.objects.lock(incident.pk)
    if not str(changes.get("title", incident.title)).strip():
        raise EmptyIncident
    if "cue_words" in changes:
        changes = changes | {"cue_words": _words(changes["cue_words"])}
    for field, value in changes.items():
        setattr(incident, field, value)
    incident.save(update_fields=list(changes))
    _note_affected(incident)
    return incident


@transaction.atomic
def update_on_incident(
    incident: Incident,
    *,
    text: str,
    next_update_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> IncidentUpdate:
    """Write down what has become known, and when there will be more. Raises NothingKnown."""
    incident = Incident.objects.lock(incident.pk)
    if not text.strip():
        raise NothingKnown
    incident.next_update_at = next_update_at
    incident.save(update_fields=["next_update_at"])
    _note_affected(incident)
    return IncidentUpdate.objects.create(
        incident=incident, text=text.strip(), by_id=by.agent_id, at=at
    )


@transaction.atomic
def resolve_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """End an incident: tickets that come later are not likely part of it. Once is enough."""
    incident = Incident.objects.lock(incident.pk)
    if incident.status == Incident.Status.RESOLVED:
        return incident
    incident.status = Incident.Status.RESOLVED
    incident.ended_at = incident.ended_at or at
    incident.next_update_at = None
    incident.save(update_fields=["status", "ended_at", "next_update_at"])
    _note_affected(incident)
    return incident


@transaction.atomic
def reopen_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """Say that an incident goes on after all: its window has no end again."""
    incident = Incident.objects.lock(incident.pk)
    if incident.status == Incident.Status.OPEN:
        return incident
    incident.status, incident.ended_at = Incident.Status.OPEN, None
    incident.save(update_fields=["status", "ended_at"])
    _note_affected(incident)
    return incident


@transaction.atomic
def link_ticket(incident: Incident, *, ticket: Ticket, by: Actor, at: datetime) -> IncidentTicket:
    """Say that a ticket is part of an incident. Saying it again changes nothing.

    Raises PartOfAnother where it is part of another one, IncidentResolved for tickets that came
    after the end of this one.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    incident = Incident.objects.lock(incident.pk)
    if incident.ended_at is not None and ticket.opened_at > incident.ended_at:
        raise IncidentResolved(label=incident.label)
    other = IncidentTicket.objects.filter(ticket=ticket, is_part=True).exclude(incident=incident)
    if found := other.select_related("incident").first():
        raise PartOfAnother(label=found.incident.label)
    return _decide(incident, ticket, is_part=True, by=by, at=at)


@transaction.atomic
def unlink_ticket(incident: Incident, *, ticket: Ticket, by: Actor, at: datetime) -> IncidentTicket:
    """Say that a ticket is no part of an incident; it is never suggested for it again."""
    ticket = Ticket.objects.lock(ticket.pk)
    return _decide(Incident.objects.lock(incident.pk), ticket, is_part=False, by=by, at=at)


@transaction.atomic
def exclude_customer(
    incident: Incident, *, customer: Customer, reason: str, by: Actor, at: datetime
) -> IncidentExclusion:
    """Leave a customer out of the affected, and say why. The first reason stays."""
    exclusion, _ = IncidentExclusion.objects.get_or_create(
        incident=incident,
        customer=customer,
        defaults={"reason": reason.strip()[:200], "by_id": by.agent_id, "at": at},
    )
    return exclusion


@transaction.atomic
def include_customer(incident: Incident, *, customer: Customer, by: Actor, at: datetime) -> None:
    """Count a customer among the affected again. Repeating it changes nothing."""
    IncidentExclusion.objects.filter(incident=incident, customer=customer).delete()


def _decide(
    incident: Incident, ticket: Ticket, *, is_part: bool, by: Actor, at: datetime
) -> IncidentTicket:
    known = IncidentTicket.objects.filter(incident=incident, ticket=ticket).first()
    if known is not None and known.is_part == is_part:
        return known
    link, _ = IncidentTicket.objects.update_or_create(
        incident=incident,
        ticket=ticket,
        defaults={"is_part": is_part, "by_id": by.agent_id, "at": at},
    )
    kind = TicketEvent.Kind.LINKED if is_part else TicketEvent.Kind.UNLINKED
    new = {"incident": incident.pk, "title": incident.title}
    record_event(ticket, kind, new=new, by=by, at=at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return link


def _words(given: tuple[str, ...] | list[str]) -> list[str]:
    return sorted({word.strip().lower()[:60] for word in given if word.strip()})


def _note_affected(incident: Incident) -> None:
    """Have the briefings made anew of everybody an incident is, or may be, about."""
    about = Q(topic=incident.topic_id) | Q(topic__parent=incident.topic_id)
    maybe = Ticket.objects.unfinished().filter(about, opened_at__gte=incident.began_at)
    linked = Ticket.objects.filter(incident_links__incident=incident)
    note_change(*{pk for rows in (maybe, linked) for pk in rows.values_list("customer", flat=True)})

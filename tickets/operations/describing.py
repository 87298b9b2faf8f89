from datetime import datetime

from django.db import transaction

from helpdesk.lib.actors import Actor
from tickets.errors import EmptySubject
from tickets.events import record_event
from tickets.models import Tag, Ticket, TicketEvent, Topic


@transaction.atomic
def retitle_ticket(ticket: Ticket, *, subject: str, by: Actor, at: datetime) -> Ticket:
    """Give the ticket a better subject; mails already sent keep theirs. Raises EmptySubject."""
    ticket = Ticket.objects.lock(ticket.pk)
    subject = subject.strip()[:300]
    if not subject:
        raise EmptySubject
    if subject == ticket.subject:
        return ticket
    old, new = {"subject": ticket.subject}, {"subject": subject}
    ticket.subject = subject
    record_event(ticket, TicketEvent.Kind.RETITLED, old=old, new=new, by=by, at=at)
    ticket.save(update_fields=["subject", "last_event_id", "updated_at"])
    return ticket


@transaction.atomic
def prioritise_ticket(ticket: Ticket, *, priority: int, by: Actor, at: datetime) -> Ticket:
    """Set the priority, 1 (low) to 4 (urgent)."""
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.priority == priority:
        return ticket
    old, new = {"priority": ticket.priority}, {"priority": Ticket.Priority(priority).value}
    ticket.priority = priority
    record_event(ticket, TicketEvent.Kind.PRIORITY, old=old, new=new, by=by, at=at)
    ticket.save(update_fields=["priority", "last_event_id", "updated_at"])
    return ticket


@transaction.atomic
def file_ticket(ticket: Ticket, *, topic: Topic | None, by: Actor, at: datetime) -> Ticket:
    """Say what the ticket is about."""
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.topic_id == (topic.pk if topic else None):
        return ticket
    old, new = {"topic": ticket.topic_id}, {"topic": topic.pk if topic else None}
    ticket.topic = topic
    record_event(ticket, TicketEvent.Kind.TOPIC, old=old, new=new, by=by, at=at)
    ticket.save(update_fields=["topic", "last_event_id", "updated_at"])
    return ticket


@transaction.atomic
def tag_ticket(
    ticket: Ticket,
    *,
    add: tuple[str, ...] = (),
    remove: tuple[str, ...] = (),
    by: Actor,
    at: datetime,
) -> Ticket:
    """Put labels on and take labels off; new labels come into being. Case does not matter."""
    ticket = Ticket.objects.lock(ticket.pk)
    before = set(ticket.tags.values_list("name", flat=True))
    added = {name.strip().lower()[:50] for name in add if name.strip()} - before
    removed = {name.strip().lower()[:50] for name in remove} & before
    if not added and not removed:
        return ticket
    for name in sorted(added):
        ticket.tags.add(Tag.objects.get_or_create(name=name)[0])
    ticket.tags.remove(*Tag.objects.filter(name__in=removed))
    old = {"tags": sorted(before)}
    new = {"tags": sorted((before | added) - removed)}
    record_event(ticket, TicketEvent.Kind.TAGGED, old=old, new=new, by=by, at=at)
    ticket.save(update_fields=["last_event_id", "updated_at"])
    return ticket

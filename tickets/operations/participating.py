from datetime import datetime

from django.db import transaction

from customers.models import Customer
from helpdesk.lib.actors import Actor
from tickets.events import record_event
from tickets.models import Participant, Ticket, TicketEvent


@transaction.atomic
def add_participant(
    ticket: Ticket,
    *,
    customer: Customer,
    address: str,
    is_confirmed: bool = True,
    by: Actor,
    at: datetime,
) -> Participant | None:
    """Let somebody else belong to a ticket: they get copies, and their mail about it joins.

    Unconfirmed, they are only shown to agents. Confirming somebody who was not is the same call.
    None where they are the ticket's customer.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if customer.pk == ticket.customer_id:
        return None
    participant, created = Participant.objects.get_or_create(
        ticket=ticket,
        customer=customer,
        defaults={"address": address, "is_confirmed": is_confirmed, "added_at": at},
    )
    confirms = is_confirmed and not participant.is_confirmed
    if confirms:
        participant.is_confirmed = True
        participant.save(update_fields=["is_confirmed"])
    if created or confirms:
        new = {"customer": customer.pk, "address": address, "confirmed": is_confirmed}
        record_event(ticket, TicketEvent.Kind.PARTICIPANT, new=new, by=by, at=at)
        ticket.save(update_fields=["last_event_id", "updated_at"])
    return participant


@transaction.atomic
def remove_participant(participant: Participant, *, by: Actor, at: datetime) -> None:
    """Let somebody no longer belong to a ticket; what they wrote and got stays."""
    ticket = Ticket.objects.lock(participant.ticket_id)
    gone, _ = Participant.objects.filter(pk=participant.pk).delete()
    if not gone:
        return
    record_event(
        ticket,
        TicketEvent.Kind.PARTICIPANT,
        old={"customer": participant.customer_id, "address": participant.address},
        by=by,
        at=at,
    )
    ticket.save(update_fields=["last_event_id", "updated_at"])

"""A ticket turns out to be from somebody else: behind a shared address, or by mistake."""

from datetime import datetime

from django.db import transaction

from customers.models import Customer
from helpdesk.lib.actors import Actor
from tickets.errors import TicketMerged
from tickets.events import record_event
from tickets.joining.following import TRACES, Column, column, following
from tickets.joining.settling import settle
from tickets.models import Message, Ticket, TicketEvent
from tickets.operations import add_participant


@transaction.atomic
def move_ticket_to_customer(
    ticket: Ticket, *, customer: Customer, by: Actor, at: datetime
) -> Ticket:
    """Say that a ticket is from somebody else: it and what it left become theirs.

    Who was its customer, or the household of a shared address, still belongs to it, so that mail
    from there joins. The same customer again changes nothing. Raises TicketMerged.
    """
    ticket = Ticket.objects.lock(ticket.pk)
    if ticket.merged_into_id is not None:
        raise TicketMerged(number=ticket.number)
    before = ticket.customer
    if before.pk == customer.pk:
        return ticket
    people = Customer.objects.filter(pk__in=(before.pk, customer.pk)).order_by("pk")
    list(people.select_for_update(of=("self",)).values_list("pk"))
    written = ticket.messages.filter(customer=before, kind=Message.Kind.INBOUND)
    address = written.exclude(author_address="").order_by("-at").first()
    for one in _traces():
        rows = one.rows.filter(**{one.name: before, one.of_ticket: ticket.number})
        one.point(rows, to=customer.pk)
    ticket.participants.filter(customer=customer).delete()
    ticket.customer = customer
    old, new = {"customer": before.pk}, {"customer": customer.pk}
    record_event(ticket, TicketEvent.Kind.CUSTOMER, old=old, new=new, by=by, at=at)
    ticket.save(update_fields=["customer", "last_event_id", "updated_at"])
    if address is not None:
        add_participant(ticket, customer=before, address=address.author_address, by=by, at=at)
    settle([before.pk, customer.pk], at=at)
    ticket.refresh_from_db()
    return ticket


def _traces() -> list[Column]:
    """What of a customer belongs to a ticket: its own words and what it left on the timeline."""
    named = {name.rpartition(".")[0] for name in TRACES}
    labels = {*named, "tickets.message", "tickets.delivery", "cx.cxfact", "metrics.resolution"}
    columns = [column(f"{label}.customer") for label in sorted(labels)]
    known = {str(one) for one in following(Customer)}
    return [one for one in columns if str(one) in known]

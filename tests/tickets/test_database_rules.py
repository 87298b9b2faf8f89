import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from customers.models import Identity
from tickets.models import Ticket, TicketEvent, TicketStatus


def test_an_event_cannot_be_changed(ticket: Ticket) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TicketEvent.objects.filter(ticket=ticket).update(kind="solved")


def test_an_event_cannot_be_deleted(ticket: Ticket) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TicketEvent.objects.filter(ticket=ticket).delete()


def test_a_reaction_may_be_noted_on_an_event(ticket: Ticket) -> None:
    assert TicketEvent.objects.filter(ticket=ticket).update(reacted_at=ticket.opened_at) == 1


def put_out_of_step(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(category="open")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_tickets_category_is_its_statuss(ticket: Ticket) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        put_out_of_step(ticket)


def test_a_solved_ticket_has_a_time_of_solving(ticket: Ticket) -> None:
    solved = TicketStatus.objects.get(category="solved", is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(status=solved, category="solved")


def test_an_address_belongs_to_one_customer(ticket: Ticket) -> None:
    identity = ticket.customer.identities.get()
    identity.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        identity.save(force_insert=True)
    assert Identity.objects.count() == 1

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.cx.models import CXFact, CXSummary
from customers.models import Customer
from customers.operations import create_organisation, identify_customer, update_customer
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.metrics.models import Unsettled
from tickets.metrics.resolving import resolve_tickets
from tickets.metrics.settling import BATCH, begin_settling, mark_unsettled, settle_due
from tickets.models import Ticket, TicketEvent
from tickets.operations import open_ticket
from tickets.operations.policies import make_policy

pytestmark = pytest.mark.django_db


def customers(count: int) -> list[Customer]:
    return [
        identify_customer(
            kind="email", value=f"p{n}@people.example", by=Actor.system(), at=MONDAY_9AM
        )
        for n in range(count)
    ]


def note_tickets(count: int) -> list[Ticket]:
    """Tickets of as many customers, noted and not yet taken up."""
    tickets = []
    for customer in customers(count):
        by = Actor.customer(customer.pk)
        tickets.append(
            open_ticket(
                customer=customer, subject="Hm", content=said("Hm"), by=by, at=MONDAY_9AM
            ).ticket
        )
        mark_unsettled(tickets[-1].pk, at=timezone.now())
    return tickets


def test_every_ticket_noted_gets_its_numbers(workspace: None) -> None:
    note_tickets(BATCH + 3)

    assert settle_due(at=timezone.now()) == BATCH + 3

    assert CXFact.objects.filter(kind="contact").count() == BATCH + 3
    assert CXSummary.objects.count() == BATCH + 3
    assert settle_due(at=timezone.now()) == 0


def test_many_tickets_cost_as_many_statements_as_one(workspace: None) -> None:
    note_tickets(1)
    settle_due(at=timezone.now())
    note_tickets(1)  # the same customer once more: a repeat, as among the twenty
    with CaptureQueriesContext(connection) as of_one:
        settle_due(at=timezone.now())
    note_tickets(20)
    with CaptureQueriesContext(connection) as of_twenty:
        settle_due(at=timezone.now())

    # The first of the twenty has come again: that is a repeat, one row more to write.
    assert len(of_twenty) <= len(of_one) + 1


def test_it_is_asked_for_once_until_it_begins(workspace: None) -> None:
    cache.clear()
    first, second = (ticket.pk for ticket in note_tickets(2))
    cache.clear()

    assert mark_unsettled(first, at=timezone.now())
    assert not mark_unsettled(second, at=timezone.now())
    begin_settling()
    assert mark_unsettled(first, at=timezone.now())


def test_a_ticket_that_cannot_be_derived_holds_up_no_other(workspace: None) -> None:
    broken, *_others = note_tickets(3)
    TicketEvent.objects.create(
        ticket=broken, kind="moved", at=MONDAY_9AM, actor_kind="system", new=["no object"]
    )

    settle_due(at=timezone.now())

    assert list(Unsettled.objects.values_list("ticket_id", flat=True)) == [broken.pk]
    assert CXFact.objects.filter(kind="contact").count() == 2


def test_conditions_of_many_tickets_cost_as_many_statements_as_of_one(workspace: None) -> None:
    conditions = {"tier": ["plus"], "organisation_tier": ["gold"]}
    make_policy(name="Gold", by=Actor.system(), at=MONDAY_9AM, conditions=conditions)
    tickets = [ticket.pk for ticket in note_tickets(4)]
    for customer in Customer.objects.all():
        group = create_organisation(name=customer.name, by=Actor.system(), at=MONDAY_9AM)
        changes = {"organisation": group}
        update_customer(customer, changes=changes, by=Actor.system(), at=MONDAY_9AM)

    with CaptureQueriesContext(connection) as of_one:
        resolve_tickets(tickets[:1], at=MONDAY_9AM, write=False)
    with CaptureQueriesContext(connection) as of_three:
        resolve_tickets(tickets[1:], at=MONDAY_9AM, write=False)

    assert len(of_three) == len(of_one)

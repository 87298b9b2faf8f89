"""Two records of one person become one and two again, and nothing is lost on the way."""

from datetime import timedelta

import pytest

from customers.cx.models import CXSummary
from customers.errors import CannotMerge, VerifiedConflict
from customers.models import Customer, Fact, Identity
from customers.operations import (
    add_customer_note,
    add_identity,
    identify_customer,
    make_promise,
    record_order,
    remember_fact,
    update_customer,
    verify_identity,
)
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.joining.state import derive, differences, state
from tickets.joining.customers import merge_customers, undo_customer_merge
from tickets.joining.following import RULES, columns_to
from tickets.metrics.rebuilding import rebuild
from tickets.models import Ticket
from tickets.operations import add_participant, open_ticket, reply_to_ticket, solve_ticket

DAY = timedelta(days=1)
LATER = MONDAY_9AM + 20 * DAY


@pytest.fixture
def twin(workspace: None, support: Team, ana: Agent) -> Customer:
    """Kofi again, from another address, with a life of his own."""
    by = Actor.agent(ana.pk)
    twin = identify_customer(
        kind="email", value="kofi@gmail.example", name="K. Mensah", by=by, at=MONDAY_9AM
    )
    ticket = wrote(twin, support, "Still cannot sign in", MONDAY_9AM + DAY)
    reply_to_ticket(ticket, content=said("Try again."), by=by, at=MONDAY_9AM + DAY)
    solve_ticket(ticket, by=by, at=MONDAY_9AM + 2 * DAY)
    make_promise(twin, text="Call", due_at=LATER, by=by, at=MONDAY_9AM)
    add_customer_note(twin, text="Prefers mornings", by=by, at=MONDAY_9AM)
    record_order(
        twin, number="A-1", placed_at=MONDAY_9AM, kind="sale", currency="EUR", total="9.90"
    )
    return twin


def wrote(customer: Customer, team: Team | None, subject: str, at: object) -> Ticket:
    address = customer.identities.order_by("pk").first()
    message = open_ticket(
        customer=customer,
        team=team,
        subject=subject,
        content=said("Words", mail_id=f"<{subject}@x>"),
        by=Actor.customer(customer.pk),
        at=at,  # type: ignore[arg-type]
    )
    message.author_address = address.value if address else ""
    message.save(update_fields=["author_address"])
    return message.ticket


def test_every_column_that_names_a_customer_or_a_ticket_has_a_rule() -> None:
    columns = {str(column) for column in [*columns_to(Customer), *columns_to(Ticket)]}

    assert columns == RULES.keys(), "say in RULES what follows when two become one"


def test_all_that_one_record_has_follows_to_the_other(
    ticket: Ticket, kofi: Customer, twin: Customer, ana: Agent
) -> None:
    merge_customers(twin, into=kofi, take=["name"], by=Actor.agent(ana.pk), at=LATER)

    kofi.refresh_from_db()
    assert kofi.name == "K. Mensah"
    assert kofi.contacts_count == 2
    assert kofi.next_promise_due_at == LATER
    assert kofi.tickets.count() == 2
    assert kofi.identities.count() == 2
    assert kofi.orders.get().number == "A-1"
    assert CXSummary.objects.get(customer=kofi).data["contacts"]["n"] == 2
    assert not CXSummary.objects.filter(customer=twin).exists()
    assert rebuild(at=LATER, write=False).total == 0


def test_undoing_brings_back_every_row(
    ticket: Ticket, kofi: Customer, twin: Customer, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    both = {"key": "order_number", "value": "A-1", "source": Fact.Source.FORM, "by": by}
    remember_fact(kofi, at=MONDAY_9AM, **both)  # type: ignore[arg-type]
    remember_fact(twin, at=MONDAY_9AM + DAY, **both)  # type: ignore[arg-type]
    add_participant(ticket, customer=twin, address="kofi@gmail.example", by=by, at=MONDAY_9AM)
    derive(at=LATER)
    before = state()

    merge = merge_customers(twin, into=kofi, take=["name"], by=by, at=LATER)
    assert kofi.facts.get().at == MONDAY_9AM + DAY
    undo_customer_merge(merge, by=by, at=LATER)

    assert differences(before, state()) == {}
    assert undo_customer_merge(merge, by=by, at=LATER + DAY).undone_at == LATER


def test_what_came_since_goes_where_it_belongs(
    ticket: Ticket, kofi: Customer, twin: Customer, support: Team, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    merge = merge_customers(twin, into=kofi, by=by, at=LATER)
    theirs = wrote(kofi, support, "From the other address", LATER + DAY)
    theirs.messages.update(author_address="Kofi@gmail.example")
    own = wrote(kofi, support, "From the first address", LATER + DAY)
    own.messages.update(author_address="kofi@example.com")
    update_customer(kofi, changes={"place": "Accra"}, by=by, at=LATER)

    undo_customer_merge(merge, by=by, at=LATER + 2 * DAY)

    theirs.refresh_from_db()
    own.refresh_from_db()
    kofi.refresh_from_db()
    assert (theirs.customer, own.customer) == (twin, kofi)
    assert twin.touchpoints.filter(ticket_number=theirs.number).count() == 1
    assert kofi.place == "Accra"
    assert rebuild(at=LATER + 2 * DAY, write=False).total == 0


def test_merges_are_undone_in_any_order(
    ticket: Ticket, kofi: Customer, twin: Customer, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    third = identify_customer(kind="phone", value="+233302223333", name="Kofi", by=by, at=LATER)
    derive(at=LATER)
    before = state()

    first = merge_customers(twin, into=kofi, take=["name"], by=by, at=LATER)
    kofi.refresh_from_db()
    second = merge_customers(kofi, into=third, take=["name"], by=by, at=LATER)
    assert third.identities.count() == 3
    undo_customer_merge(first, by=by, at=LATER)
    assert third.identities.count() == 2
    undo_customer_merge(second, by=by, at=LATER)
    derive(at=LATER)

    assert differences(before, state()) == {}


def test_two_proven_ids_of_one_kind_cannot_be_one_persons(kofi: Customer, twin: Customer) -> None:
    by = Actor.system()
    for customer, value in ((kofi, "shop:1"), (twin, "shop:2"), (twin, "club:1")):
        identity = add_identity(customer, kind="external", value=value, by=by, at=MONDAY_9AM)
        verify_identity(identity, evidence="signed in", by=by, at=MONDAY_9AM)

    with pytest.raises(VerifiedConflict, match="shop:2 and shop:1"):
        merge_customers(twin, into=kofi, by=by, at=LATER)
    assert Identity.objects.filter(customer=twin).count() == 3


def test_nobody_is_merged_with_themselves_or_twice(kofi: Customer, twin: Customer) -> None:
    by = Actor.system()
    with pytest.raises(CannotMerge):
        merge_customers(kofi, into=kofi, by=by, at=LATER)
    merge_customers(twin, into=kofi, by=by, at=LATER)
    with pytest.raises(CannotMerge):
        merge_customers(twin, into=kofi, by=by, at=LATER)

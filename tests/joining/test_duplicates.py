"""Who may be one person is suggested with reasons, and never merged by itself."""

import pytest

from customers.models import Customer, Duplicate
from customers.operations import add_identity, identify_customer, remember_fact
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.joining.customers import merge_customers, undo_customer_merge
from tickets.joining.duplicates import keep_apart, suggest_duplicates
from tickets.joining.reassigning import move_ticket_to_customer
from tickets.metrics.rebuilding import rebuild
from tickets.models import Ticket
from tickets.operations import open_ticket

BY = Actor.system()


def newcomer(text: str, *, name: str = "Mensah Kófi", email: str = "km@gmail.com") -> Customer:
    customer = identify_customer(kind="email", value=email, name=name, by=BY, at=MONDAY_9AM)
    open_ticket(
        customer=customer,
        subject="Hello",
        content=said(text),
        by=Actor.customer(customer.pk),
        at=MONDAY_9AM,
    )
    return customer


def codes(customer: Customer) -> list[list[str]]:
    found = suggest_duplicates(customer, at=MONDAY_9AM)
    return [[reason["code"] for reason in pair.reasons] for pair in found]


def test_a_newcomer_who_quotes_a_known_ticket_and_order_is_suggested(
    ticket: Ticket, kofi: Customer
) -> None:
    remember_fact(kofi, key="order_number", value="A-1042", source="form", by=BY, at=MONDAY_9AM)
    twin = newcomer(f"My request #{ticket.number} about A-1042 is still open.")

    assert codes(twin) == [["quoted", "name", "order"]]
    assert Duplicate.objects.get().score == 90
    assert twin.tickets.count() == kofi.tickets.count() == 1


@pytest.mark.parametrize(
    ("text", "name", "email", "expected"),
    [
        ("Hello", "Kofi Mensah", "km@gmail.com", []),
        (
            "Call me: +233 30 222 3333\nKofi",
            "Kofi Mensa",
            "km@gmail.com",
            [["phone", "similar_name"]],
        ),
        ("Hello", "Kofi Mensah", "km@example.com", [["name", "domain"]]),
        ("Hello", "", "kofi.mensah@example.com", [["name", "domain"]]),
        ("Hello", "Abena Owusu", "abena@example.com", []),
    ],
)
def test_two_signs_together_are_worth_a_look(
    ticket: Ticket, kofi: Customer, text: str, name: str, email: str, expected: list[list[str]]
) -> None:
    add_identity(kofi, kind="phone", value="+233302223333", by=BY, at=MONDAY_9AM)

    assert codes(newcomer(text, name=name, email=email)) == expected


def test_different_people_stay_different_also_after_a_merge(
    ticket: Ticket, kofi: Customer, ana: Agent
) -> None:
    twin = newcomer(f"See #{ticket.number}")
    third = newcomer("Hello", name="Kofi Mensah", email="kofi@third.example")
    keep_apart(twin, kofi, by=Actor.agent(ana.pk), at=MONDAY_9AM)
    assert codes(twin) == []

    merge_customers(twin, into=third, by=BY, at=MONDAY_9AM)
    third.refresh_from_db()
    assert codes(third) == []
    assert kofi.identity_events.filter(kind="different", agent=ana).count() == 1


def test_a_merge_settles_its_suggestion_and_undoing_brings_it_back(
    ticket: Ticket, kofi: Customer
) -> None:
    twin = newcomer(f"See #{ticket.number}")
    codes(twin)
    merge = merge_customers(twin, into=kofi, by=BY, at=MONDAY_9AM)
    assert Duplicate.objects.get().state == "merged"
    undo_customer_merge(merge, by=BY, at=MONDAY_9AM)
    assert Duplicate.objects.get().state == "suggested"


def test_a_ticket_from_a_shared_address_becomes_its_writers(
    ticket: Ticket, kofi: Customer, support: Team, ana: Agent
) -> None:
    ama = identify_customer(kind="email", value="ama@x.example", name="Ama", by=BY, at=MONDAY_9AM)
    rebuild(at=MONDAY_9AM)
    move_ticket_to_customer(ticket, customer=ama, by=Actor.agent(ana.pk), at=MONDAY_9AM)

    ticket.refresh_from_db()
    kofi.refresh_from_db()
    assert ticket.customer == ama
    assert ticket.participants.get().customer == kofi
    assert (kofi.contacts_count, kofi.touchpoints.count(), ama.touchpoints.count()) == (0, 0, 1)
    assert ama.cx_facts.filter(kind="contact").count() == 1
    assert rebuild(at=MONDAY_9AM, write=False).total == 0

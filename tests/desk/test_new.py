"""Writing to a customer first, and logging what reached us elsewhere."""

import pytest
from django.test import Client

from customers.models import Customer, Identity, Touchpoint
from helpdesk.accounts.models import Agent, Team
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

CALL = {
    "kind": "call",
    "direction": "in",
    "happened_at": "2026-03-03T10:00",
    "subject": "Where is my parcel?",
    "text": "She waits since Monday.",
}


@pytest.fixture(autouse=True)
def started(workspace: None) -> None:
    """An installation with its statuses."""


def test_a_mail_to_a_stranger_makes_them_a_customer(
    desk: Client, support: Team, ana: Agent
) -> None:
    mail = {
        "to": "Maya@example.com",
        "name": "Maya",
        "subject": "Your order",
        "text": "It is on its way.",
        "team": support.pk,
    }
    response = desk.post("/desk/new/", mail)
    ticket = Ticket.objects.get()

    assert response["Location"].endswith(f"/t/{ticket.number}")
    assert (ticket.customer.name, ticket.team, ticket.assignee) == ("Maya", support, ana)
    assert ticket.messages.get().recipients == ["Maya@example.com"]


def test_a_new_address_of_a_chosen_customer_becomes_theirs(desk: Client, kofi: Customer) -> None:
    page = desk.get(f"/desk/new/?customer={kofi.pk}").content.decode()
    desk.post(
        "/desk/new/",
        {"customer": kofi.pk, "to": "kofi@work.example", "subject": "Hello", "text": "Hi"},
    )

    assert 'value="kofi@example.com"' in page
    assert Identity.objects.get(value="kofi@work.example").customer == kofi
    assert Ticket.objects.get().customer == kofi


def test_what_was_typed_stays_when_something_is_missing(desk: Client) -> None:
    html = desk.post("/desk/new/", {"to": "maya@", "text": "Long words"}).content.decode()

    assert "<title>Error: Write to a customer" in html
    assert "Enter a subject." in html
    assert "Long words" in html


def test_a_caller_is_found_without_losing_what_was_typed(desk: Client, kofi: Customer) -> None:
    found = desk.post("/desk/new/log", CALL | {"who": "mensah", "find": "1"}).content.decode()

    assert f'name="customer" value="{kofi.pk}"' in found
    assert "She waits since Monday." in found
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("was_answered", "is_waiting"), [("on", False), ("", True)])
def test_a_logged_call_waits_unless_answered_on_the_spot(
    desk: Client, kofi: Customer, was_answered: str, *, is_waiting: bool
) -> None:
    desk.post("/desk/new/log", CALL | {"customer": kofi.pk, "was_answered": was_answered})
    ticket = Ticket.objects.get()

    assert ticket.is_waiting_for_us == is_waiting
    assert Touchpoint.objects.get(kind="call").at == ticket.opened_at
    assert f"{ticket.opened_at:%d %H:%M}" == "03 10:00"


def test_a_caller_nobody_knows_needs_an_address_or_number(desk: Client) -> None:
    nobody = desk.post("/desk/new/log", CALL | {"who": "Somebody"})
    caller = desk.post("/desk/new/log", CALL | {"who": "+44 20 7946 0958", "name": "Jo"})

    assert nobody.status_code == 422
    assert "Find and choose the customer" in nobody.content.decode()
    assert caller.status_code == 302
    assert Identity.objects.get().value == "+442079460958"


def test_the_future_cannot_be_logged(desk: Client, kofi: Customer) -> None:
    later = CALL | {"customer": kofi.pk, "happened_at": "2199-01-01T10:00"}

    assert "This is still to come" in desk.post("/desk/new/log", later).content.decode()


def test_a_team_an_agent_is_not_in_cannot_be_chosen(
    desk: Client, kofi: Customer, outsider: Agent
) -> None:
    team = outsider.teams.get()
    desk.post("/desk/new/log", CALL | {"customer": kofi.pk, "team": team.pk})

    assert not Ticket.objects.exists()

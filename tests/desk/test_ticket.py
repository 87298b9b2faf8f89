"""The workspace: what an agent sees of a ticket, what they can do to it, and at what cost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from customers.operations import add_customer_note, remember_fact
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.desk.test_queue import open_tickets
from tickets.briefing.keeping import brief_customer
from tickets.models import Ticket
from tickets.operations import (
    assign_ticket,
    note_on_ticket,
    open_ticket,
    receive_message,
    reply_to_ticket,
    tag_ticket,
)

SYSTEM = Actor.system()


def page(desk: Client, ticket: Ticket, query: str = "") -> str:
    return desk.get(f"/desk/t/{ticket.number}{query}").content.decode()


def converse(ticket: Ticket, number: int) -> None:
    for at in range(number):
        receive_message(
            ticket,
            content=said(f"Message {at}"),
            by=Actor.customer(ticket.customer_id),
            at=MONDAY_9AM + timedelta(minutes=at + 1),
        )


def test_the_briefing_stands_above_the_conversation(desk: Client, ticket: Ticket) -> None:
    html = page(desk, ticket)

    assert html.index('data-test="briefing-headline"') < html.index("It says my code has expired.")
    assert "First contact we know of." in html
    assert 'id="headline" tabindex="-1"' in html


def test_a_pinned_note_about_the_customer_stands_in_the_briefing(
    desk: Client, ticket: Ticket
) -> None:
    add_customer_note(
        ticket.customer, text="Alone on Thursdays.", is_pinned=True, by=SYSTEM, at=MONDAY_9AM
    )

    html = page(desk, ticket)

    assert html.index("Alone on Thursdays.") < html.index("It says my code has expired.")


def test_a_briefing_line_leads_to_the_message_that_proves_it(desk: Client, ticket: Ticket) -> None:
    message = ticket.messages.get()
    remember_fact(
        ticket.customer,
        key="order",
        value="A-1042",
        source="form",
        ticket_number=ticket.number,
        message_id=message.pk,
        by=SYSTEM,
        at=MONDAY_9AM,
    )

    html = page(desk, ticket)

    assert "order A-1042" in html
    assert f'href="#message-{message.pk}"' in html
    assert f'id="message-{message.pk}"' in html


def test_a_ticket_of_another_team_looks_like_a_missing_one(
    client: Client, outsider: Agent, ticket: Ticket
) -> None:
    client.force_login(outsider)

    hidden = client.get(f"/desk/t/{ticket.number}")
    missing = client.get("/desk/t/999999")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content


def test_a_note_says_internal_and_a_reply_says_how_its_delivery_went(
    desk: Client, ticket: Ticket, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    note_on_ticket(ticket, content=said("Card expired?"), by=by, at=MONDAY_9AM)
    reply = reply_to_ticket(ticket, content=said("Try again."), by=by, at=MONDAY_9AM)
    type(reply).objects.filter(pk=reply.pk).update(
        delivery="failed", delivery_note="550 no such user"
    )

    html = page(desk, ticket)

    assert "message-note" in html
    assert "Internal" in html
    assert "550 no such user" in html
    assert f'action="/desk/m/{reply.pk}/retry"' in html


def test_what_happened_between_is_one_line_each(
    desk: Client, ticket: Ticket, ana: Agent, tom: Agent
) -> None:
    assign_ticket(ticket, agent=tom, by=Actor.agent(ana.pk), at=MONDAY_9AM)
    tag_ticket(ticket, add=("Login",), by=Actor.agent(ana.pk), at=MONDAY_9AM)

    html = page(desk, ticket)

    assert "Assigned to Tom Becker" in html
    assert "Labelled login" in html


def test_a_long_conversation_shows_its_ends(desk: Client, ticket: Ticket) -> None:
    converse(ticket, 40)

    folded, whole = page(desk, ticket), page(desk, ticket, "?all=1")

    assert "Show 30 messages in between" in folded
    assert [folded.count(f">Message {at}<") for at in (0, 29, 30, 39)] == [0, 0, 1, 1]
    assert "It says my code has expired." in folded
    assert "in between" not in whole
    assert whole.count("message-inbound") == 41


def test_a_ticket_that_may_belong_to_another_says_so(
    desk: Client, ticket: Ticket, kofi: Customer, support: Team
) -> None:
    second = open_ticket(
        customer=kofi,
        subject="Re: Cannot sign in",
        content=said("Me too"),
        team=support,
        possibly=ticket,
        follows=ticket,
        by=Actor.customer(kofi.pk),
        at=MONDAY_9AM,
    ).ticket

    html = page(desk, second)

    assert f"Possibly belongs to #{ticket.number}" in html
    assert 'data-test="follows"' in html


def test_the_queue_it_was_opened_from_is_remembered(
    desk: Client, kofi: Customer, workspace: None, support: Team
) -> None:
    first, second, third = open_tickets(3, kofi, support)

    html = page(desk, second, "?v=all")

    assert f'data-key="[" href="/desk/t/{first.number}?v=all"' in html
    assert f'data-key="]" href="/desk/t/{third.number}?v=all"' in html
    assert 'href="/desk/v/all" data-key="u"' in html


@pytest.mark.parametrize("view", ["nonsense", "team/x", "team/999999999999"])
def test_an_unknown_queue_in_the_address_does_no_harm(
    desk: Client, ticket: Ticket, view: str
) -> None:
    assert desk.get(f"/desk/t/{ticket.number}", {"v": view}).status_code == 200


@pytest.mark.parametrize(("messages", "tickets"), [(3, 2), (40, 60)])
def test_a_workspace_costs_twelve_queries_however_long_the_history_is(
    desk: Client,
    ticket: Ticket,
    kofi: Customer,
    support: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
    messages: int,
    tickets: int,
) -> None:
    converse(ticket, messages - 1)
    open_tickets(tickets - 1, kofi, support)
    page(desk, ticket, "?v=all")
    brief_customer(kofi.pk, at=timezone.now())

    with django_assert_num_queries(12):
        page(desk, ticket, "?v=all")


@pytest.mark.parametrize("tickets", [2, 60])
def test_a_briefing_made_on_the_spot_costs_the_same_however_long_the_history_is(
    desk: Client,
    ticket: Ticket,
    kofi: Customer,
    support: Team,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    tickets: int,
) -> None:
    open_tickets(tickets - 1, kofi, support)
    page(desk, ticket)

    with django_assert_max_num_queries(30):
        page(desk, ticket)

"""The work list: who sees what, in which order, why, and at what cost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets import queues
from tickets.desk.queue_rows import chips_of
from tickets.models import Ticket
from tickets.operations import (
    assign_ticket,
    open_ticket,
    prioritise_ticket,
    promise_on_ticket,
    reply_to_ticket,
    solve_ticket,
)

SYSTEM = Actor.system()
FRAGMENT = {"HX-Request": "true"}


def open_tickets(number: int, customer: Customer, team: Team) -> list[Ticket]:
    return [
        open_ticket(
            customer=customer,
            team=team,
            subject=f"Parcel {at}",
            content=said(f"Where is parcel {at}?"),
            by=Actor.customer(customer.pk),
            at=MONDAY_9AM + timedelta(minutes=at),
        ).ticket
        for at in range(number)
    ]


def page(desk: Client, view: str, **query: str) -> str:
    return desk.get(reverse("desk:queue", args=[view]), query).content.decode()


def test_the_inbox_leads_to_my_own_queue(desk: Client) -> None:
    assert desk.get("/desk/v/").headers["Location"] == "/desk/v/mine"


def test_a_row_names_customer_subject_owner_and_leads_to_the_ticket(
    desk: Client, ticket: Ticket, ana: Agent
) -> None:
    assign_ticket(ticket, agent=ana, by=SYSTEM, at=MONDAY_9AM)

    html = page(desk, "mine")

    assert "Kofi Mensah" in html
    assert f'href="/desk/t/{ticket.number}?v=mine"' in html
    assert "It says my code has expired." in html
    assert html.count('data-test="queue-row"') == 1


def test_tickets_of_other_teams_are_in_no_queue(
    client: Client, outsider: Agent, ticket: Ticket
) -> None:
    client.force_login(outsider)

    for view in ("mine", "unassigned", "waiting", "all"):
        assert "Cannot sign in" not in page(client, view)
    assert client.get(f"/desk/v/team/{ticket.team_id}").status_code == 404


@pytest.mark.parametrize("view", ["nonsense", "team/x", "team/99999999999", "team/"])
def test_a_queue_that_does_not_exist_is_not_found(desk: Client, view: str) -> None:
    assert desk.get(f"/desk/v/{view}").status_code == 404


def test_what_is_due_first_stands_first(desk: Client, kofi: Customer, ticket: Ticket) -> None:
    [later] = open_tickets(1, kofi, ticket.team)  # type: ignore[arg-type]
    Ticket.objects.filter(pk=later.pk).update(queue_at=MONDAY_9AM)

    html = page(desk, "all")

    assert html.index("Parcel 0") < html.index("Cannot sign in")


def test_pages_follow_each_other_without_loss_or_repetition(
    desk: Client, kofi: Customer, ticket: Ticket, support: Team
) -> None:
    open_tickets(queues.PAGE + 4, kofi, support)
    first = desk.get("/desk/v/all")

    second = desk.get("/desk/v/all", {"after": first.context["after"]})
    numbers = [r.number for r in first.context["rows"] + second.context["rows"]]

    assert len(numbers) == len(set(numbers)) == queues.PAGE + 5
    assert second.context["after"] == ""


@pytest.mark.parametrize("after", ["x", "WzEsMl0:forged", "'; DROP TABLE"])
def test_a_forged_page_address_shows_the_first_page_and_says_so(
    desk: Client, ticket: Ticket, after: str
) -> None:
    html = page(desk, "all", after=after)

    assert "Cannot sign in" in html
    assert "This is the first one." in html


def test_counts_are_of_what_the_agent_sees(ticket: Ticket, ana: Agent) -> None:
    counts = queues.count_queues(["all", "mine"], ana)

    assert counts == {"all": 1, "mine": 0}


def test_fresh_counts_are_a_fragment(desk: Client, ticket: Ticket) -> None:
    html = desk.get("/desk/counts/all", headers=FRAGMENT).content.decode()

    assert html.strip().startswith("<nav")
    assert 'aria-current="page"' in html


def test_an_empty_queue_says_what_waits_elsewhere(desk: Client, ticket: Ticket, ana: Agent) -> None:
    reply_to_ticket(ticket, content=said("Try again."), by=Actor.agent(ana.pk), at=MONDAY_9AM)

    assert "See unassigned tickets" not in page(desk, "waiting")
    assert "Every ticket has an owner." in page(desk, "unassigned")


def test_a_solved_ticket_leaves_every_queue(desk: Client, ticket: Ticket) -> None:
    solve_ticket(ticket, by=SYSTEM, at=MONDAY_9AM)

    assert "Cannot sign in" not in page(desk, "all")


def test_the_most_pressing_two_reasons_are_shown(ticket: Ticket, ana: Agent) -> None:
    now = MONDAY_9AM + timedelta(days=9)
    prioritise_ticket(ticket, priority=4, by=SYSTEM, at=MONDAY_9AM)
    due_at = MONDAY_9AM + timedelta(days=7)
    promise_on_ticket(ticket, text="Call", due_at=due_at, by=Actor.agent(ana.pk), at=MONDAY_9AM)
    Ticket.objects.filter(pk=ticket.pk).update(contact_number=3)

    chips = chips_of(Ticket.objects.get(pk=ticket.pk), at=now)

    assert [chip.label for chip in chips] == ["promise \N{MINUS SIGN}2 d", "3rd contact"]


def test_a_first_contact_is_called_so(ticket: Ticket) -> None:
    chips = chips_of(Ticket.objects.get(pk=ticket.pk), at=timezone.now())

    assert [chip.label for chip in chips] == ["first contact"]


@pytest.mark.parametrize("rows", [5, 60])
def test_a_queue_costs_four_queries_however_long_it_is(
    desk: Client,
    kofi: Customer,
    workspace: None,
    support: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    open_tickets(rows, kofi, support)
    page(desk, "all")

    with django_assert_num_queries(4):
        html = page(desk, "all")

    assert html.count('data-test="queue-row"') == min(rows, queues.PAGE)

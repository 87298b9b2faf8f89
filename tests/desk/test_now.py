"""The page of now: what needs a decision, counts that open to their tickets, and who sees what."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.desk.queue_rows import promise_chip
from tickets.metrics.now import Gauge, in_gauge, incoming, teams_now, tickets_now, total_of
from tickets.models import Ticket
from tickets.operations import (
    assign_ticket,
    move_ticket,
    open_ticket,
    promise_on_ticket,
    reply_to_ticket,
)

SYSTEM = Actor.system()
NOON = MONDAY_9AM + timedelta(days=7, hours=3)


@pytest.fixture
def board(ines: Agent, client: Client) -> Client:
    """A browser signed in as Ines, who sees every team."""
    client.force_login(ines)
    return client


def opened(customer: Customer, team: Team | None, at: datetime, subject: str = "Parcel") -> Ticket:
    by = Actor.customer(customer.pk)
    content = said("Where is it?")
    return open_ticket(
        customer=customer, team=team, subject=subject, content=content, by=by, at=at
    ).ticket


def page(client: Client, **query: str) -> str:
    return client.get("/desk/insights/now", query).content.decode()


def test_an_overdue_ticket_that_nobody_owns_stands_first_with_its_reasons(
    board: Client, ticket: Ticket
) -> None:
    with time_machine.travel(NOON, tick=False):
        html = page(board)

    assert f"#{ticket.number} Cannot sign in" in html
    assert "reply overdue" in html
    assert "nobody owns it" in html
    assert html.index("Needs a decision now") < html.index("Reply due within 1 h")


def test_an_answered_ticket_with_an_overdue_promise_needs_a_decision(
    board: Client, ticket: Ticket, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    assign_ticket(ticket, agent=ana, by=by, at=MONDAY_9AM)
    reply_to_ticket(ticket, content=said("Soon."), by=by, at=MONDAY_9AM)
    due = MONDAY_9AM + timedelta(days=1)
    promise_on_ticket(ticket, text="A key", due_at=due, owner=ana, by=by, at=MONDAY_9AM)

    with time_machine.travel(NOON, tick=False):
        html = page(board)

    assert "promise \N{MINUS SIGN}6 d" in html
    assert "Ana Silva (1 open)" in html


def test_a_promise_late_by_minutes_is_said_in_minutes() -> None:
    chip = promise_chip(NOON - timedelta(minutes=12), NOON)

    assert chip.label == "promise \N{MINUS SIGN}12 m"


def test_a_quiet_hour_says_so(board: Client, ticket: Ticket) -> None:
    with time_machine.travel(MONDAY_9AM + timedelta(minutes=1), tick=False):
        html = page(board)

    assert "Nothing at risk." in html
    assert "Next reply due" in html


@pytest.mark.parametrize("gauge", list(Gauge))
def test_every_count_opens_to_exactly_its_tickets(
    board: Client, ines: Agent, ticket: Ticket, kofi: Customer, support: Team, gauge: Gauge
) -> None:
    opened(kofi, None, NOON - timedelta(minutes=5))
    answered = opened(kofi, support, NOON - timedelta(hours=3))
    reply_to_ticket(answered, content=said("Yes."), by=Actor.agent(ines.pk), at=NOON)
    totals = total_of(teams_now(tickets_now(ines, team=None), at=NOON))

    with time_machine.travel(NOON, tick=False):
        rows = board.get(f"/desk/insights/now/{gauge}").content.decode()
        of_team = board.get(f"/desk/insights/now/{gauge}?team={support.pk}").content.decode()
        of_none = board.get(f"/desk/insights/now/{gauge}?team=none").content.decode()

    count = 'data-test="queue-row"'
    assert rows.count(count) == totals[gauge]
    assert of_team.count(count) + of_none.count(count) == totals[gauge]


def test_the_median_wait_is_that_of_those_who_wait(
    ines: Agent, workspace: None, kofi: Customer, support: Team
) -> None:
    for minutes in (10, 20, 60):
        opened(kofi, support, NOON - timedelta(minutes=minutes))

    row = teams_now(tickets_now(ines, team=None), at=NOON)[0]

    assert row.median_wait == timedelta(minutes=20)
    assert row.longest_wait == timedelta(minutes=60)


def test_today_stands_beside_the_same_weekday_until_the_same_time(
    ines: Agent, workspace: None, kofi: Customer, support: Team
) -> None:
    for weeks, minutes in ((0, 30), (0, 90), (1, 30), (1, -30), (3, 30)):
        opened(kofi, support, NOON - timedelta(weeks=weeks, minutes=minutes))

    came = incoming(ines, team=None, now=NOON, weeks=12)

    assert came.today == 2
    assert came.by_hour[10:12] == [1, 1]
    assert came.before == [1, 0, 1]


def test_a_ticket_is_assigned_from_the_list_and_leaves_it_for_its_reason(
    board: Client, ticket: Ticket, ana: Agent
) -> None:
    answer = board.post(f"/desk/insights/now/assign/{ticket.number}?kiosk=1", {"agent": ana.pk})

    assert answer.headers["Location"] == "/desk/insights/now?kiosk=1"
    ticket.refresh_from_db()
    assert ticket.assignee == ana
    assert "nobody owns it" not in page(board)


def test_who_may_not_see_the_team_is_refused_as_owner(
    board: Client, ticket: Ticket, outsider: Agent
) -> None:
    answer = board.post(f"/desk/insights/now/assign/{ticket.number}", {"agent": outsider.pk})

    assert answer.status_code == 409
    assert "Raj Patel" not in page(board).split("People")[0]


def test_the_wall_screen_names_no_customer(board: Client, ticket: Ticket) -> None:
    html = page(board, kiosk="1")

    assert f"#{ticket.number}" in html
    assert "Kofi" not in html
    assert "Cannot sign in" not in html


def test_agents_do_not_see_insights_and_have_no_way_there(desk: Client) -> None:
    assert desk.get("/desk/insights/now").status_code == 403
    assert 'href="/desk/insights/now"' not in desk.get("/desk/").content.decode()


def test_a_lead_sees_their_own_teams_alone(
    client: Client, ticket: Ticket, outsider: Agent, support: Team
) -> None:
    outsider.role = Role.LEAD
    outsider.save()
    client.force_login(outsider)

    html = page(client)

    assert "Cannot sign in" not in html
    assert "Support" not in html
    assert client.get(f"/desk/insights/now?team={support.pk}").status_code == 404
    rows = client.get("/desk/insights/now/open").content.decode()
    assert "Cannot sign in" not in rows


def test_the_page_costs_the_same_with_more_tickets(
    board: Client,
    kofi: Customer,
    workspace: None,
    support: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for at in range(3):
        opened(kofi, support, timezone.now() - timedelta(days=9, minutes=at))
    page(board)
    with django_assert_num_queries(10) as few:
        page(board)
    for at in range(20):
        opened(kofi, None, timezone.now() - timedelta(days=1, minutes=at))

    with django_assert_num_queries(len(few)):
        page(board)


def test_moving_a_ticket_moves_its_count(ines: Agent, ticket: Ticket, support: Team) -> None:
    billing = Team.objects.create(name="Billing")
    move_ticket(ticket, team=billing, by=SYSTEM, at=MONDAY_9AM)

    found = {row.name: row.open for row in teams_now(tickets_now(ines, team=None), at=NOON)}

    assert found == {"Billing": 1}
    assert tickets_now(ines, team=support).filter(in_gauge(Gauge.OPEN, NOON)).count() == 0

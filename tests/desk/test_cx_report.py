"""CX over weeks: numbers as their n allows, rows that are exactly theirs, and who sees what."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.metrics.backlog import backlog
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.reporting.cells import CALENDAR
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.measuring import measure
from tickets.metrics.reporting.periods import weeks_until
from tickets.models import Ticket, Topic
from tickets.operations import file_ticket, open_ticket, reply_to_ticket, solve_ticket

SYSTEM = Actor.system()
NOW = MONDAY_9AM + timedelta(weeks=14, days=2, hours=3)


@pytest.fixture
def board(ines: Agent, client: Client) -> Client:
    """A browser signed in as Ines, who sees every team."""
    client.force_login(ines)
    return client


@pytest.fixture
def codes(db: None) -> Topic:
    return Topic.objects.create(name="Codes")


def solved(customer: Customer, team: Team, agent: Agent, at: datetime) -> Ticket:
    by, us = Actor.customer(customer.pk), Actor.agent(agent.pk)
    ticket = open_ticket(
        customer=customer, team=team, subject="Codes", content=said("Help"), by=by, at=at
    ).ticket
    reply_to_ticket(ticket, content=said("Here."), by=us, at=at + timedelta(minutes=30))
    solve_ticket(ticket, by=us, at=at + timedelta(minutes=40))
    return ticket


def weekly(customer: Customer, team: Team, agent: Agent, counts: list[int]) -> list[Ticket]:
    """So many solved tickets in each week before the running one."""
    tickets = []
    for back, count in enumerate(reversed(counts), start=1):
        for one in range(count):
            at = NOW - timedelta(weeks=back, hours=one % 3)
            tickets.append(solved(customer, team, agent, at))
    rebuild(at=NOW)
    return tickets


def fetch(client: Client, path: str) -> str:
    with time_machine.travel(NOW, tick=False):
        answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def count_of(html: str, name: str) -> int:
    return html.count(f'data-test="{name}"')


@pytest.mark.parametrize("key", list(METRICS))
def test_every_number_opens_to_exactly_its_rows(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent, key: str
) -> None:
    weekly(kofi, support, ana, [2, 1, 3])

    html = fetch(board, f"/desk/insights/cx/{key}/rows")

    found = re.search(r'data-test="rows-count">(\d+)<', html)
    assert found is not None
    assert count_of(html, "fact") == int(found[1])


def test_few_values_are_listed_and_never_a_percentage(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent
) -> None:
    weekly(kofi, support, ana, [3])

    html = fetch(board, "/desk/insights/cx")

    outcome = html.split('data-test="outcome-first_reply"')[1].split("</li>")[0]
    assert "30 m, 30 m, 30 m" in outcome
    share = html.split('data-test="line-one_touch"')[1].split("</tr>")[0]
    assert "of 3" in share
    assert "%" not in share


def test_many_answers_are_a_percentage_with_its_interval(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent
) -> None:
    weekly(kofi, support, ana, [10] * 4)

    html = fetch(board, "/desk/insights/cx")

    share = html.split('data-test="line-one_touch"')[1].split("</tr>")[0]
    assert "n 40" in share
    assert re.search(r"\d+ to \d+ %", share)


def test_a_shift_of_eight_weeks_is_flagged(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent
) -> None:
    weekly(kofi, support, ana, [2, 2, 2, 2, 9, 9, 9, 9, 9, 9, 9, 9])

    assert "8 weeks above usual since" in fetch(board, "/desk/insights/cx/opened")


def test_random_weeks_are_not_flagged(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent
) -> None:
    weekly(kofi, support, ana, [3, 2, 3, 1, 4, 2, 2, 3, 2, 4, 1, 3])

    assert count_of(fetch(board, "/desk/insights/cx/opened"), "signal") == 0


def test_a_filter_narrows_numbers_and_their_rows_alike(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent, codes: Topic
) -> None:
    tickets = weekly(kofi, support, ana, [4])
    file_ticket(tickets[0], topic=codes, by=SYSTEM, at=NOW - timedelta(hours=1))
    rebuild(at=NOW)

    html = fetch(board, f"/desk/insights/cx/solved/rows?topic={codes.pk}")

    assert count_of(html, "fact") == 1


def test_a_topic_without_those_below_it_is_a_line_of_its_own(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent, codes: Topic
) -> None:
    below = Topic.objects.create(name="Expired", parent=codes)
    first, second = weekly(kofi, support, ana, [2])
    file_ticket(first, topic=codes, by=SYSTEM, at=NOW - timedelta(hours=1))
    file_ticket(second, topic=below, by=SYSTEM, at=NOW - timedelta(hours=1))
    rebuild(at=NOW)

    html = fetch(board, "/desk/insights/cx/solved?by=topic")
    links = re.findall(r'href="(/desk/insights/cx/solved/rows[^"]*topic=[^"]*)"', html)

    assert len(links) == 2
    for link in links:
        assert count_of(fetch(board, link.replace("&amp;", "&")), "fact") == 1
    both = fetch(board, f"/desk/insights/cx/solved/rows?topic={codes.pk}")
    assert count_of(both, "fact") == 2


def test_open_tickets_are_said_and_listed_and_not_averaged(
    board: Client, ticket: Ticket, kofi: Customer, support: Team, ana: Agent
) -> None:
    weekly(kofi, support, ana, [2])

    html = fetch(board, "/desk/insights/cx")

    assert "1 ticket is still open" in html
    assert "40 m, 40 m" in html.split('data-test="line-time_to_solve"')[1].split("</tr>")[0]
    assert count_of(fetch(board, "/desk/insights/cx/open"), "queue-row") == 1


def test_rows_are_paged_without_losing_or_doubling_any(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent
) -> None:
    weekly(kofi, support, ana, [30, 30])
    first = fetch(board, "/desk/insights/cx/solved/rows")
    older = re.search(r'href="([^"]*before=[^"]*)"', first)
    assert older is not None

    second = fetch(board, "/desk/insights/cx/solved/rows" + older[1].replace("&amp;", "&"))

    numbers = [re.findall(r"/desk/t/(\d+)", html) for html in (first, second)]
    assert len(numbers[0]) == 50
    assert len(set(numbers[0]) | set(numbers[1])) == 60


def test_of_an_agent_with_few_tickets_nothing_is_said(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent
) -> None:
    weekly(kofi, support, ana, [3])

    html = fetch(board, "/desk/insights/cx/first_reply?by=agent")

    assert "fewer than ten" in html
    assert "By name, not by rank" in html


def test_a_lead_counts_their_own_teams_alone(
    client: Client, kofi: Customer, workspace: None, support: Team, ana: Agent, outsider: Agent
) -> None:
    weekly(kofi, support, ana, [3])
    outsider.role = Role.LEAD
    outsider.save()
    client.force_login(outsider)

    assert count_of(fetch(client, "/desk/insights/cx/solved/rows"), "fact") == 0
    assert "Nobody came back" in fetch(client, "/desk/insights/drivers")
    assert "Support" not in fetch(client, "/desk/insights/cx")


@pytest.mark.parametrize("path", ["cx?period=7d", "cx?team=x", "cx/nothing", "drivers?sort=x"])
def test_what_cannot_be_asked_is_not_found(board: Client, path: str) -> None:
    assert board.get(f"/desk/insights/{path}").status_code == 404


def test_the_backlog_is_reckoned_back_from_what_is_open_now() -> None:
    assert backlog(5, [9, 3, 4], [1, 2, 6]) == [6, 7, 5]


def test_drivers_say_who_came_back_and_lead_to_those_rows(
    board: Client, kofi: Customer, workspace: None, support: Team, ana: Agent, codes: Topic
) -> None:
    for hours in (60, 30):
        ticket = solved(kofi, support, ana, NOW - timedelta(hours=hours))
        file_ticket(ticket, topic=codes, by=SYSTEM, at=NOW - timedelta(hours=hours - 2))
    rebuild(at=NOW)

    html = fetch(board, "/desk/insights/drivers")
    back = html.split('data-test="back"')[1].split("</ul>")[0]
    link = re.search(r'href="([^"]+)">(\d+)<', back)

    assert link is not None
    assert "Codes" in back
    assert count_of(fetch(board, link[1].replace("&amp;", "&")), "fact") == int(link[2]) == 1


def test_the_pages_cost_the_same_with_more_data(
    board: Client,
    kofi: Customer,
    workspace: None,
    support: Team,
    ana: Agent,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    weekly(kofi, support, ana, [20])
    for path in ("cx", "cx/first_reply", "cx/first_reply/rows", "drivers"):
        fetch(board, f"/desk/insights/{path}")
        with django_assert_max_num_queries(12):
            fetch(board, f"/desk/insights/{path}")


_BY_HAND = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY
    extract(epoch FROM first_replied_at - opened_at))
FROM tickets_ticket WHERE first_replied_at >= %s AND first_replied_at < %s
"""


def test_the_median_equals_that_of_plain_sql(
    workspace: None, kofi: Customer, support: Team, ana: Agent, ines: Agent
) -> None:
    by = Actor.agent(ana.pk)
    for minutes in (7, 95, 240, 12, 31, 18, 64):
        ticket = open_ticket(
            customer=kofi, team=support, subject="Codes", content=said("Help"),
            by=Actor.customer(kofi.pk), at=NOW - timedelta(days=3, minutes=minutes),
        ).ticket  # fmt: skip
        reply_to_ticket(ticket, content=said("Here."), by=by, at=NOW - timedelta(days=3))
    rebuild(at=NOW)
    period = weeks_until(NOW)

    found = measure(["first_reply"], period, agent=ines, at=NOW, clock=CALENDAR).whole
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, [period.starts_at, period.ends_at])
        by_hand = cursor.fetchone()

    assert (found["first_reply"].n, found["first_reply"].median) == (by_hand[0], by_hand[1])

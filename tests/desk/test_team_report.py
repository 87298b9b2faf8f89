"""The report of teams and people: fair to few values and to what cases are about."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.cx.models import CXFact
from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from tests.conftest import MONDAY_9AM
from tickets.models import Topic

NOW = MONDAY_9AM + timedelta(weeks=14)
URL = "/desk/insights/team"


@pytest.fixture
def lead(support: Team) -> Agent:
    lead = Agent.objects.create_user(
        "lea@example.com", "a long pass phrase", name="Lea Lind", role=Role.LEAD
    )
    support.members.add(lead)
    return lead


@pytest.fixture
def hard(workspace: None, kofi: Customer, support: Team, ana: Agent, tom: Agent) -> Topic:
    """Ana has twenty hard cases of which half come back, Tom ten easy ones and four hard ones."""
    easy, hard = Topic.objects.create(name="Easy"), Topic.objects.create(name="Hard")
    for n in range(20):
        _solve(kofi, n, support, ana, hard, is_back=n % 2 == 0)
    for n in range(20, 34):
        _solve(kofi, n, support, tom, easy if n < 30 else hard, is_back=n >= 30)
    return hard


def _solve(
    kofi: Customer, n: int, team: Team, agent: Agent, topic: Topic, *, is_back: bool
) -> None:
    data = {"cycle": 1, "business": 60, "replies": 1} | ({"back": 60.0} if is_back else {})
    at = NOW - timedelta(days=20, hours=n)
    CXFact.objects.create(
        customer=kofi, kind="solved", ref=str(n), at=at, value=60, team=team, agent=agent,
        topic_id=topic.pk, data=data,
    )  # fmt: skip


def page(client: Client, agent: Agent, query: str = "", *, status: int = 200) -> str:
    client.force_login(agent)
    with time_machine.travel(NOW, tick=False):
        answer = client.get(f"{URL}{query}")
    assert answer.status_code == status
    return answer.content.decode()


def people(html: str) -> list[str]:
    return html.split('data-test="person"')[1:]


def test_somebody_is_beside_what_their_own_cases_let_one_expect(
    hard: Topic, lead: Agent, client: Client
) -> None:
    ana, tom = people(page(client, lead))

    # Of the team's 24 hard cases 14 came back: 58 %. Of Tom's 14 cases 4 are hard: 17 %.
    assert "50 %" in ana
    assert "expected 58 %" in ana
    assert "expected 17 %" in tom
    assert "Hard 100 %" in ana
    assert "Easy 71 %, Hard 29 %" in tom


def test_people_stand_by_name_and_of_few_values_nothing_is_said(
    hard: Topic, lead: Agent, kofi: Customer, support: Team, client: Client
) -> None:
    for n in range(40, 44):
        _solve(kofi, n, support, lead, hard, is_back=True)

    rows = people(page(client, lead))

    found = zip(("Ana", "Lea", "Tom"), rows, strict=True)
    assert all(name in row for name, row in found)
    assert "too few to say, n 4" in rows[1]
    assert "expected" not in rows[1]
    assert "reopen_rate/rows" not in rows[1]


def test_twenty_people_cost_no_more_queries_than_two(
    hard: Topic, lead: Agent, kofi: Customer, support: Team, client: Client
) -> None:
    page(client, lead)
    with CaptureQueriesContext(connection) as of_two:
        page(client, lead)
    for n in range(18):
        agent = Agent.objects.create_user(f"n{n}@example.com", "a long pass phrase", name=f"N {n}")
        for case in range(10):
            _solve(kofi, 100 + 10 * n + case, support, agent, hard, is_back=False)

    with CaptureQueriesContext(connection) as of_twenty:
        assert len(people(page(client, lead))) == 20

    assert len(of_twenty) == len(of_two)


def test_a_lead_sees_no_other_team_and_an_agent_no_page(
    hard: Topic, lead: Agent, ana: Agent, outsider: Agent, client: Client
) -> None:
    other = outsider.teams.get()

    assert "Delivery" not in page(client, lead)
    page(client, lead, f"?team={other.pk}", status=404)
    page(client, ana, status=403)


def test_a_supervisor_chooses_whose_people_are_shown(
    hard: Topic, ines: Agent, support: Team, outsider: Agent, client: Client
) -> None:
    assert people(page(client, ines)) == []
    assert page(client, ines).count('data-test="team"') == 2
    assert len(people(page(client, ines, f"?team={support.pk}"))) == 2

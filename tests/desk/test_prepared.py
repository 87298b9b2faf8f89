"""The page that asks whether we were prepared."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.cx.models import CXFact
from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from tests.conftest import MONDAY_9AM
from tickets.briefing.models import RuleUse

NOW = MONDAY_9AM + timedelta(weeks=14)


@pytest.fixture
def facts(workspace: None, kofi: Customer, support: Team, outsider: Agent) -> None:
    """Ten promises of each team, kept by one of them, and twelve replies of which three asked."""
    teams = {support: 1, outsider.teams.get(): 0}
    for n in range(20):
        team = list(teams)[n % 2]
        _add(kofi, "promise", n, value=teams[team], team=team)
    for n in range(12):
        data = {"attempt": 2, "seen": n > 1}
        _add(kofi, "prepared", n, value=int(n < 3), team=support, data=data)


def _add(customer: Customer, kind: str, n: int, **fields: Any) -> None:
    at = NOW - timedelta(days=1 + n)
    CXFact.objects.create(customer=customer, kind=kind, ref=str(n), at=at, **fields)


def page(client: Client, agent: Agent) -> str:
    client.force_login(agent)
    with time_machine.travel(NOW, tick=False):
        answer = client.get("/desk/insights/prepared")
    assert answer.status_code == 200
    return answer.content.decode()


def test_numbers_come_with_interval_and_rows(facts: None, ines: Agent, client: Client) -> None:
    html = page(client, ines)

    asked = html.split('data-test="outcome-repeat_asks"')[1].split("</li>")[0]
    assert "25 %" in asked
    assert "n 12" in asked
    assert "/desk/insights/cx/repeat_asks/rows?" in asked
    assert "83 %" in html.split('data-test="outcome-seen_first"')[1].split("</li>")[0]


def test_a_lead_sees_the_promises_of_their_own_team_only(
    facts: None, ana: Agent, ines: Agent, client: Client
) -> None:
    ana.role = Role.LEAD
    ana.save(update_fields=["role"])

    assert page(client, ines).count('data-test="promises-of-team"') == 2
    own = page(client, ana).split('id="prepared-teams"')[1].split("</table>")[0]
    assert "Support" in own
    assert "Delivery" not in own


def test_a_rule_that_nobody_opens_is_listed_for_removal(
    workspace: None, ines: Agent, client: Client
) -> None:
    RuleUse.objects.create(rule="R-MOOD@1", day=NOW.date(), shown=201, opened=1)
    RuleUse.objects.create(rule="R-TRIED@1", day=NOW.date(), shown=201, opened=9)

    dead = page(client, ines).split('data-test="dead-rules"')[1].split("</p>")[0]
    assert "R-MOOD@1" in dead
    assert "R-TRIED@1" not in dead

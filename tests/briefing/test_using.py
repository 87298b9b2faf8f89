"""Rules whose lines nobody has use for are told by what agents opened."""

from datetime import date, timedelta

from django.test import Client

from helpdesk.accounts.models import Agent
from tests.conftest import MONDAY_9AM
from tickets.briefing.briefing import items_for
from tickets.briefing.keeping import note_look
from tickets.briefing.models import RuleUse
from tickets.briefing.using import Used, note_opened, rules_used
from tickets.models import Ticket

DAY = timedelta(days=1)


def look(ticket: Ticket, agent: Agent) -> None:
    items = items_for(ticket, agent=agent, at=MONDAY_9AM)
    note_look(ticket, agent=agent, items=items, at=MONDAY_9AM)


def test_a_line_counts_once_for_each_agent(ticket: Ticket, ana: Agent, tom: Agent) -> None:
    for agent in (ana, ana, tom):
        look(ticket, agent)

    assert {use.shown for use in RuleUse.objects.filter(rule__startswith="R-ATTEMPT")} == {2}
    assert not RuleUse.objects.filter(opened__gt=0).exists()


def test_a_rule_of_another_briefing_cannot_be_opened_here(desk: Client, ticket: Ticket) -> None:
    url = f"/desk/t/{ticket.number}/briefing/opened"
    desk.post(url, {"rule": "R-NO-SUCH@1"})
    desk.post(url, {"rule": "R-ATTEMPT-FIRST@2"})

    assert list(RuleUse.objects.values_list("rule", "opened")) == [("R-ATTEMPT-FIRST@2", 1)]


def test_a_rule_is_dead_when_shown_often_and_opened_less_than_once_in_a_hundred() -> None:
    assert Used("R", 201, 2).is_dead
    assert not Used("R", 200, 0).is_dead
    assert not Used("R", 300, 3).is_dead


def test_uses_of_some_days_are_summed_up(db: None) -> None:
    for days in (0, 1, 40):
        note_opened("R-X@1", at=MONDAY_9AM + days * DAY)

    assert rules_used(date(2026, 3, 2), date(2026, 3, 9)) == [Used("R-X@1", 0, 2)]

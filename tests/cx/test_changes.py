"""What has changed since a moment, and how the health word came to be what it is."""

from datetime import timedelta

import pytest

from customers.cx.changes import Beside, beside
from customers.cx.models import CXSummary
from customers.cx.refreshing import refresh_stale, refresh_summaries
from customers.models import Customer
from customers.operations import keep_promise, make_promise
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM

BY, DAY = Actor.system(), timedelta(days=1)


@pytest.fixture
def owed(kofi: Customer, support: Team) -> Customer:
    """Kofi was promised a refund for Tuesday, by support."""
    promise = make_promise(kofi, text="refund", due_at=MONDAY_9AM + DAY, by=BY, at=MONDAY_9AM)
    promise.team = support
    promise.save(update_fields=["team"])
    refresh_summaries([kofi.pk], at=MONDAY_9AM)
    return kofi


def around(customer: Customer, agent: Agent, *, since: int, at: int) -> Beside:
    moments = {"since": MONDAY_9AM + since * DAY, "at": MONDAY_9AM + at * DAY}
    summary = CXSummary.objects.get(customer=customer)
    return beside(customer, summary, agent=agent, **moments)


def said(customer: Customer, agent: Agent, *, since: int, at: int) -> list[str]:
    changes = around(customer, agent, since=since, at=at).changes
    return [change.text or change.to_word for change in changes]


def test_a_promise_that_fell_overdue_is_news_once(owed: Customer, ana: Agent) -> None:
    assert refresh_stale(at=MONDAY_9AM + 2 * DAY) == 1

    assert said(owed, ana, since=0, at=3) == ["watch", "refund"]
    assert said(owed, ana, since=3, at=4) == []


def test_the_health_word_keeps_its_history_with_the_reasons(owed: Customer, ana: Agent) -> None:
    refresh_summaries([owed.pk], at=MONDAY_9AM + 2 * DAY)
    refresh_summaries([owed.pk], at=MONDAY_9AM + 3 * DAY)
    refresh_summaries([owed.pk], at=MONDAY_9AM + 20 * DAY)
    keep_promise(owed.promises.get(), by=BY, at=MONDAY_9AM + 21 * DAY)
    refresh_summaries([owed.pk], at=MONDAY_9AM + 21 * DAY)

    history = around(owed, ana, since=0, at=22).history
    rows = [(row.from_word, row.to_word) for row in history]
    assert rows == [("at_risk", "unknown"), ("watch", "at_risk"), ("unknown", "watch")]
    assert history[-1].reasons[0]["code"] == "promise_overdue"


def test_news_of_another_team_is_not_told(owed: Customer, outsider: Agent) -> None:
    refresh_summaries([owed.pk], at=MONDAY_9AM + 2 * DAY)

    assert "refund" not in said(owed, outsider, since=0, at=3)

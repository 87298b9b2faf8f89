"""What a policy has done before a target is due, and when it was missed: once each."""

from datetime import timedelta
from typing import Any

import pytest

from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.metrics.escalating import alerts_of, escalate_due, escalate_ticket
from tickets.metrics.models import Alert, Target
from tickets.metrics.resolving import resolve_cycles
from tickets.models import Category, SlaPolicy, Ticket, TicketEvent
from tickets.operations import (
    assign_ticket,
    change_status,
    prioritise_ticket,
    receive_message,
    reply_to_ticket,
)
from tickets.operations.lifecycle import default_status
from tickets.operations.policies import make_policy

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DUE = MONDAY_9AM + 4 * HOUR
STEPS: dict[str, Any] = {
    "first_reply": {
        "warn_minutes": 30,
        "warning": {"notify": ["owner"]},
        "breach": {"notify": ["leads"], "priority": 4},
    },
    "solving": {"warn_minutes": 60, "warning": {}, "breach": {}},
}
WARNED, MISSED = TicketEvent.Kind.TARGET_WARNED, TicketEvent.Kind.TARGET_MISSED


@pytest.fixture
def watched(ticket: Ticket, ana: Agent) -> Ticket:
    """Ana owns Kofi's ticket; its first reply is due at one, and warned of at half past twelve."""
    SlaPolicy.objects.update(escalations=STEPS)
    assign_ticket(ticket, agent=ana, by=Actor.system(), at=MONDAY_9AM)
    resolve_cycles(ticket.pk, at=MONDAY_9AM)
    return ticket


@pytest.fixture
def lena(support: Team) -> Agent:
    """Who leads support."""
    lena = Agent.objects.create_user("lena@example.com", "a long pass phrase", role=Role.LEAD)
    support.members.add(lena)
    return lena


def told(ticket: Ticket) -> list[str]:
    events = ticket.events.filter(kind__in=(WARNED, MISSED)).order_by("pk")
    return list(events.values_list("kind", flat=True))


def test_a_target_is_warned_of_once_when_its_time_has_come(watched: Ticket, ana: Agent) -> None:
    assert escalate_due(at=DUE - 31 * MINUTE) == 0
    assert escalate_due(at=DUE - 30 * MINUTE) == 1
    assert escalate_due(at=DUE - 29 * MINUTE) == 0
    escalate_ticket(watched.pk, at=DUE - 28 * MINUTE)

    (event,) = watched.events.filter(kind=WARNED)
    assert (event.actor_kind, event.actor_name) == ("rule", "sla: Everybody")
    assert (event.new["target"], event.new["told"]) == ("reply:1:0", [ana.pk])
    watched.refresh_from_db()
    assert watched.alarm == Ticket.Alarm.WARNED
    assert [one.target.ticket for one in alerts_of(ana, limit=5)] == [watched]


def test_a_missed_target_tells_the_leads_and_raises_the_priority(
    watched: Ticket, ana: Agent, lena: Agent
) -> None:
    escalate_due(at=DUE - MINUTE)
    escalate_due(at=DUE)

    watched.refresh_from_db()
    assert (watched.priority, watched.alarm) == (4, Ticket.Alarm.MISSED)
    assert [one.is_missed for one in alerts_of(lena, limit=5)] == [True]
    assert told(watched) == [WARNED, MISSED]
    raised = watched.events.get(kind=TicketEvent.Kind.PRIORITY)
    assert raised.actor_name == "sla: Everybody"


def test_a_clock_that_jumps_over_a_warning_tells_the_breach_alone(watched: Ticket) -> None:
    escalate_due(at=DUE + DAY)
    escalate_due(at=DUE - 10 * MINUTE)
    escalate_due(at=DUE + 2 * DAY)

    assert told(watched) == [MISSED]


def test_a_reply_that_nobody_has_reckoned_with_yet_ends_the_warning(
    watched: Ticket, ana: Agent
) -> None:
    reply_to_ticket(watched, content=said("Hi"), by=Actor.agent(ana.pk), at=DUE - 40 * MINUTE)
    assert Target.objects.get(ref="reply:1:0").outcome == "pending"

    escalate_due(at=DUE)

    assert told(watched) == []
    assert Target.objects.get(ref="reply:1:0").outcome == "met"


def test_a_pause_moves_the_warning_with_the_target(watched: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    waiting = default_status(Category.WAIT_OTHER)
    SlaPolicy.objects.update(pauses=["wait_other"])
    change_status(watched, status=waiting, by=by, at=MONDAY_9AM + HOUR)
    escalate_due(at=DUE + HOUR)
    assert told(watched) == []

    opened = default_status(Category.OPEN)
    change_status(watched, status=opened, by=by, at=MONDAY_9AM + 2 * HOUR)
    resolve_cycles(watched.pk, at=MONDAY_9AM + 2 * HOUR)
    escalate_due(at=DUE)
    escalate_due(at=DUE + 30 * MINUTE)
    assert told(watched) == [WARNED]


def test_a_target_that_comes_back_is_not_told_again(watched: Ticket) -> None:
    escalate_due(at=DUE - MINUTE)
    Target.objects.all().delete()
    resolve_cycles(watched.pk, at=DUE - MINUTE)

    escalate_due(at=DUE - MINUTE)

    assert told(watched) == [WARNED]
    assert Target.objects.get().warned_at == DUE - MINUTE


def test_each_turn_is_told_of_anew(watched: Ticket, ana: Agent) -> None:
    SlaPolicy.objects.update(escalations=STEPS | {"next_reply": {"breach": {}}})
    escalate_due(at=DUE)
    reply_to_ticket(watched, content=said("Hi"), by=Actor.agent(ana.pk), at=DUE + MINUTE)
    theirs = Actor.customer(watched.customer_id)
    receive_message(watched, content=said("No"), by=theirs, at=DUE + HOUR)
    resolve_cycles(watched.pk, at=DUE + HOUR)
    watched.refresh_from_db()
    assert (watched.alarm, Alert.objects.count()) == ("", 0)

    escalate_due(at=DUE + 2 * DAY)

    assert told(watched) == [MISSED, MISSED]


def test_a_lower_priority_that_moves_the_due_moment_silences_the_alarm(watched: Ticket) -> None:
    make_policy(
        name="Slow", conditions={"priority": [1]}, position=0, first_reply_minutes=60 * 40,
        by=Actor.system(), at=MONDAY_9AM - DAY,
    )  # fmt: skip
    escalate_due(at=DUE)
    prioritise_ticket(watched, priority=1, by=Actor.system(), at=DUE + MINUTE)
    resolve_cycles(watched.pk, at=DUE + MINUTE)

    watched.refresh_from_db()
    assert watched.alarm == Ticket.Alarm.WARNED


def test_a_ticket_is_moved_and_assigned_and_what_is_refused_is_said(
    watched: Ticket, ana: Agent, outsider: Agent, ines: Agent
) -> None:
    delivery = Team.objects.get(name="Delivery")
    steps = {"warn_minutes": 30, "warning": {"team": delivery.pk, "agent": outsider.pk}}
    steps["breach"] = {"agent": ana.pk, "notify": ["owner", "leads"]}
    SlaPolicy.objects.update(escalations={"first_reply": steps})
    resolve_cycles(watched.pk, at=MONDAY_9AM)

    escalate_due(at=DUE - MINUTE)
    watched.refresh_from_db()
    assert (watched.team, watched.assignee) == (delivery, outsider)

    escalate_due(at=DUE)
    event = watched.events.get(kind=MISSED)
    assert event.new["told"] == [outsider.pk, ines.pk]
    assert "Ana Silva" in event.new["refused"][0]


def test_a_policy_that_says_nothing_has_nothing_done(ticket: Ticket) -> None:
    resolve_cycles(ticket.pk, at=MONDAY_9AM)

    assert escalate_due(at=DUE + DAY) == 0
    assert told(ticket) == []

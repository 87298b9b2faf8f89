"""Supervisors set SLA policies, see what they would have done, and why a ticket is due."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.channels.mailboxes import add_mailbox
from tickets.metrics.escalating import escalate_due
from tickets.metrics.models import Target
from tickets.metrics.resolving import resolve_cycles
from tickets.models import SlaPolicy, Ticket
from tickets.operations import assign_ticket, open_ticket, reply_to_ticket, solve_ticket

LIST, NEW = "/desk/settings/sla", "/desk/settings/sla/new"
HOUR = timedelta(hours=1)


def filled(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Urgent",
        "position": "10",
        "priority": ["4"],
        "first_reply_hours": "0.5",
        "first_reply_measure": "calendar",
        "next_reply_hours": "",
        "next_reply_measure": "business",
        "solving_hours": "8",
        "solving_measure": "business",
        "pauses": ["wait_customer"],
    } | changed


@pytest.fixture
def head(client: Client, ines: Agent) -> Client:
    client.force_login(ines)
    return client


def test_a_policy_is_made_and_listed_with_what_it_asks(head: Client) -> None:
    head.post(NEW, filled(tier="VIP, gold"))

    policy = SlaPolicy.objects.get(name="Urgent")
    assert policy.conditions == {"priority": [4], "tier": ["VIP", "gold"]}
    assert (policy.first_reply_minutes, policy.solving_minutes) == (30, 480)
    page = head.get(LIST).content.decode()
    assert "Priority: Urgent" in page
    assert page.index("Urgent") < page.index("Everybody")


def test_a_change_ends_a_version_and_begins_the_next(head: Client) -> None:
    head.post(NEW, filled())
    first = SlaPolicy.objects.get(name="Urgent")

    head.post(f"{LIST}/{first.pk}", filled(first_reply_hours="1"))
    head.post(f"{LIST}/{first.pk}", filled(first_reply_hours="2"))

    assert [
        (one.version, one.first_reply_minutes, one.ends_at is None)
        for one in SlaPolicy.objects.filter(name="Urgent").order_by("version")
    ] == [(1, 30, False), (2, 60, True)]


def test_saving_what_was_there_makes_no_version(head: Client) -> None:
    policy = SlaPolicy.objects.get()
    form = head.get(f"{LIST}/{policy.pk}").context["form"]
    same = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}

    answer = head.post(
        f"{LIST}/{policy.pk}", {key: value for key, value in same.items() if value is not None}
    )

    assert answer.status_code == 302
    assert SlaPolicy.objects.count() == 1


def test_a_policy_is_for_some_mailboxes_and_keeps_one_that_is_no_longer_used(
    head: Client, dana: Agent
) -> None:
    by = Actor.agent(dana.pk)
    box = add_mailbox(settings={"name": "Shop", "address": "Shop@b.example"}, by=by, at=MONDAY_9AM)
    head.post(NEW, filled(mailbox=["shop@b.example"]))

    policy = SlaPolicy.objects.get(name="Urgent")
    assert policy.conditions["mailbox"] == ["shop@b.example"]
    type(box).objects.filter(pk=box.pk).update(is_active=False)
    assert "shop@b.example" in head.get(f"{LIST}/{policy.pk}").content.decode()


def test_a_name_that_was_used_is_refused(head: Client) -> None:
    answer = head.post(NEW, filled(name="Everybody"))

    assert answer.status_code == 409
    assert "Choose another name" in answer.content.decode()


def test_a_preview_measures_past_tickets_and_saves_nothing(
    head: Client, ticket: Ticket, ana: Agent
) -> None:
    began = timezone.now() - timedelta(days=2)
    recent = open_ticket(
        customer=ticket.customer,
        subject="Parcel",
        content=said("Where?"),
        by=Actor.customer(ticket.customer_id),
        at=began,
    ).ticket
    by = Actor.agent(ana.pk)
    reply_to_ticket(recent, content=said("Here."), by=by, at=began + HOUR)
    solve_ticket(recent, by=by, at=began + HOUR)

    answer = head.post(NEW, filled(priority=[], preview="1"))

    (first, solving) = answer.context["preview"].kinds
    assert answer.context["preview"].fitting == 1
    assert (first.met, first.breached, solving.met) == (0, 1, 1)
    assert not SlaPolicy.objects.filter(name="Urgent").exists()


def test_a_target_says_because_of_what_it_is_due(
    client: Client, ticket: Ticket, ana: Agent, support: Team
) -> None:
    resolve_cycles(ticket.pk, at=MONDAY_9AM)
    client.force_login(ana)

    page = client.get(f"/desk/t/{ticket.number}/targets").content.decode()

    assert Target.objects.get().due_at == MONDAY_9AM + 4 * HOUR
    assert "Everybody, version 1" in page
    assert "Office hours, UTC" in page


def test_attainment_leaves_running_targets_out_and_says_small_numbers_as_counts(
    head: Client, ticket: Ticket, ana: Agent
) -> None:
    began = timezone.now() - timedelta(days=1)
    Ticket.objects.filter(pk=ticket.pk).update(opened_at=began)
    policy = SlaPolicy.objects.get()
    for ref, outcome in (("a", "met"), ("b", "breached"), ("c", "pending"), ("d", "cancelled")):
        ended = None if outcome == "pending" else began
        Target.objects.create(
            ticket=ticket, ref=ref, kind="first_reply", policy=policy, started_at=began,
            ended_at=ended, outcome=outcome,
        )  # fmt: skip

    answer = head.get(LIST)

    row = dict(answer.context["attainment"])["First reply"]
    assert (row.met, row.n, row.running, row.cancelled, row.percent) == (1, 2, 1, 1, None)
    assert "1 of 2" in answer.content.decode()


def test_a_policy_says_what_is_done_before_a_target_is_due_and_when_it_was_missed(
    head: Client, support: Team, ana: Agent
) -> None:
    steps = {
        "first_reply_step-warn_minutes": "10",
        "first_reply_step-warning_notify": ["owner"],
        "first_reply_step-breach_notify": ["leads"],
        "first_reply_step-breach_priority": "4",
        "first_reply_step-breach_team": str(support.pk),
        "solving_step-breach_agent": str(ana.pk),
    }

    head.post(NEW, filled(**steps))

    policy = SlaPolicy.objects.get(name="Urgent")
    breach = {"notify": ["leads"], "priority": 4, "team": support.pk}
    assert policy.escalations == {
        "first_reply": {"warn_minutes": 10, "warning": {"notify": ["owner"]}, "breach": breach},
        "solving": {"breach": {"agent": ana.pk}},
    }
    page = head.get(LIST).content.decode()
    assert "First reply: warned 10 m before" in page
    assert "Solving: escalated when missed" in page
    form = head.get(f"{LIST}/{policy.pk}").context["form"]
    assert [one.is_open for one in form.escalations] == [True, False, True]


@pytest.mark.parametrize(
    ("steps", "refusal"),
    [
        ({"next_reply_step-warn_minutes": "5"}, "no such target"),
        ({"first_reply_step-warn_minutes": "30"}, "not longer than this"),
        ({"first_reply_step-warning_notify": ["owner"]}, "how many minutes before"),
    ],
)
def test_a_warning_that_cannot_be_is_refused(
    head: Client, steps: dict[str, Any], refusal: str
) -> None:
    answer = head.post(NEW, filled(**steps))

    assert answer.status_code == 422
    assert refusal in answer.content.decode()
    assert not SlaPolicy.objects.filter(name="Urgent").exists()


def test_who_was_told_sees_it_today_on_the_ticket_and_in_the_queue(
    client: Client, ticket: Ticket, ana: Agent
) -> None:
    SlaPolicy.objects.update(escalations={"first_reply": {"breach": {"notify": ["owner"]}}})
    assign_ticket(ticket, agent=ana, by=Actor.system(), at=MONDAY_9AM)
    resolve_cycles(ticket.pk, at=MONDAY_9AM)
    escalate_due(at=MONDAY_9AM + 4 * HOUR)
    client.force_login(ana)

    for page in ("/desk/", "/desk/today/alerts", "/desk/v/mine"):
        assert "target missed" in client.get(page).content.decode()
    history = client.get(ticket.get_absolute_url()).content.decode()
    assert "First reply: target missed (Everybody, version 1) · told Ana Silva" in history
    assert "escalated" in client.get(f"/desk/t/{ticket.number}/targets").content.decode()

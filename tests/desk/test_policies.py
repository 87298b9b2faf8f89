"""Supervisors set SLA policies, see what they would have done, and why a ticket is due."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.metrics.models import Target
from tickets.metrics.resolving import resolve_cycles
from tickets.models import SlaPolicy, Ticket
from tickets.operations import open_ticket, reply_to_ticket, solve_ticket

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

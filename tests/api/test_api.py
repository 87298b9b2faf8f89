import json
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from helpdesk.accounts.models import Agent, ApiToken, Team
from helpdesk.accounts.tokens import issue_token, revoke_token
from helpdesk.lib.actors import Actor
from tests.api.conftest import Call
from tests.conftest import MONDAY_9AM, said
from tickets.models import Ticket
from tickets.operations import open_ticket, receive_message, solve_ticket


@pytest.fixture
def token(ana: Agent) -> ApiToken:
    return issue_token(ana, name="shop", at=MONDAY_9AM)[0]


def test_a_token_is_stored_as_a_hash_only(ana: Agent) -> None:
    token, secret = issue_token(ana, name="shop", at=MONDAY_9AM)

    assert secret.rpartition("_")[2] not in json.dumps(ApiToken.objects.values().get(), default=str)
    assert secret.startswith(f"bfh_{token.prefix}_")


@pytest.mark.parametrize("presented", ["", "bfh_x_y", "bfh__", "nonsense", "bfh_a_b_c"])
def test_an_unknown_token_is_refused(client: Client, db: None, presented: str) -> None:
    headers = {"Authorization": f"Bearer {presented}"}

    answer = client.get("/api/v1/tickets/", headers=headers)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_ends_at_once(client: Client, ana: Agent) -> None:
    token, secret = issue_token(ana, name="shop", at=MONDAY_9AM)
    revoke_token(token, at=MONDAY_9AM)

    answer = client.get("/api/v1/tickets/", headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == 401


def test_the_list_and_the_ticket_show_only_what_the_agent_may_see(
    call: Call, ticket: Ticket, kofi: Customer, outsider: Agent
) -> None:
    hidden = open_ticket(
        customer=kofi,
        subject="Elsewhere",
        content=said("Hello"),
        team=Team.objects.get(name="Delivery"),
        by=Actor.customer(kofi.pk),
        at=MONDAY_9AM,
    ).ticket

    listed = call("get", "/tickets/").json()["results"]

    assert [row["number"] for row in listed] == [ticket.number]
    assert call("get", f"/tickets/{hidden.number}/").status_code == 404
    timeline = call("get", f"/customers/{kofi.pk}/timeline/").json()["results"]
    assert [row["ticket_number"] for row in timeline] == [ticket.number]


@pytest.mark.parametrize("tickets", [3, 30])
def test_the_list_costs_the_same_whatever_its_length(
    call: Call,
    kofi: Customer,
    support: Team,
    workspace: None,
    tickets: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(tickets):
        open_ticket(
            customer=kofi,
            subject=f"Number {number}",
            content=said("Hello"),
            team=support,
            by=Actor.customer(kofi.pk),
            at=MONDAY_9AM + timedelta(minutes=number),
        )
    call("get", "/tickets/")  # the first use of a token notes when it was used

    with django_assert_num_queries(3):
        page = call("get", "/tickets/").json()

    assert len(page["results"]) == tickets


def test_pages_follow_each_other_without_gap(
    call: Call, kofi: Customer, support: Team, workspace: None
) -> None:
    for number in range(7):
        open_ticket(
            customer=kofi,
            subject=f"Number {number}",
            content=said("Hello"),
            team=support,
            by=Actor.customer(kofi.pk),
            at=MONDAY_9AM,
        )

    first = call("get", "/tickets/?limit=4").json()
    rest = call("get", first["next"].partition("/api/v1")[2]).json()

    numbers = [row["number"] for row in first["results"] + rest["results"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 7


def test_opening_a_ticket_twice_with_one_external_id_opens_one(
    call: Call, workspace: None, support: Team
) -> None:
    words = {
        "customer_email": "amina@example.com",
        "subject": "Late",
        "text": "Where is it?",
        "team": support.pk,
        "external_id": "shop-7",
    }

    first = call("post", "/tickets/", **words)
    again = call("post", "/tickets/", **words)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]


def test_a_refused_operation_is_a_conflict_with_a_code(
    call: Call, ticket: Ticket, ana: Agent
) -> None:
    seen = ticket.last_event_id
    receive_message(
        ticket, content=said("Wait"), by=Actor.customer(ticket.customer_id), at=MONDAY_9AM
    )

    answer = call("post", f"/tickets/{ticket.number}/reply/", text="Hi", seen_event_id=seen)

    assert answer.status_code == 409
    assert answer.json()["code"] == "stale_reply"
    assert answer["Content-Type"] == "application/problem+json"


def test_unusable_fields_are_named(call: Call, ticket: Ticket) -> None:
    answer = call("post", f"/tickets/{ticket.number}/prioritise/", priority="enormous")

    assert answer.status_code == 422
    assert "priority" in answer.json()["errors"]


def test_every_named_action_changes_what_it_says(call: Call, ticket: Ticket, ana: Agent) -> None:
    base = f"/tickets/{ticket.number}"

    assert call("post", f"{base}/note/", text="Look here").json()["kind"] == "note"
    assert call("post", f"{base}/reply/", text="Try again").json()["delivery"] == "queued"
    assert call("post", f"{base}/tag/", add=["login"]).json()["tags"] == ["login"]
    assert call("post", f"{base}/retitle/", subject="Code expired").json()["subject"] == (
        "Code expired"
    )
    assert call("post", f"{base}/prioritise/", priority="high").json()["priority"] == "High"
    assert call("post", f"{base}/assign/", agent=ana.pk).json()["assignee"] == ana.pk
    assert call("post", f"{base}/status/", status="Waiting for others").json()["category"] == (
        "wait_other"
    )
    assert call("post", f"{base}/solve/").json()["category"] == "solved"
    assert call("post", f"{base}/reopen/").json()["category"] == "open"
    assert call("post", f"{base}/close/").json()["category"] == "closed"


def test_promises_are_made_and_kept(call: Call, ticket: Ticket) -> None:
    base = f"/tickets/{ticket.number}"
    due = (MONDAY_9AM + timedelta(days=20_000)).isoformat()

    made = call("post", f"{base}/promise/", text="call back", due_at=due).json()
    kept = call("post", f"{base}/keep-promise/", promise=made["id"]).json()

    assert kept["status"] == "kept"


def test_a_logged_call_is_on_the_timeline(call: Call, ticket: Ticket) -> None:
    fields = {"kind": "call", "direction": "in", "text": "Asked again", "was_answered": True}

    call("post", f"/tickets/{ticket.number}/log-contact/", **fields)

    timeline = call("get", f"/customers/{ticket.customer_id}/timeline/").json()["results"]
    assert timeline[0]["kind"] == "call"


def test_messages_and_events_read_in_order(call: Call, ticket: Ticket, ana: Agent) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=MONDAY_9AM + timedelta(hours=1))

    events = call("get", f"/tickets/{ticket.number}/events/").json()["results"]
    messages = call("get", f"/tickets/{ticket.number}/messages/").json()["results"]

    assert [event["kind"] for event in events] == ["opened", "solved"]
    assert messages[0]["text"] == "It says my code has expired."


def test_the_schema_names_every_operation(client: Client, ana: Agent) -> None:
    client.force_login(ana)

    schema = client.get("/api/v1/schema", headers={"Accept": "application/json"}).json()

    paths = "\n".join(schema["paths"])
    for name in ("reply", "note", "assign", "move", "status", "solve", "reopen", "tag", "retitle"):
        assert f"/tickets/{{number}}/{name}/" in paths
    assert "/customers/{id}/cx-summary/" in paths

"""The workspace: what an agent sees of a ticket, what they can do to it, and at what cost."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer, Promise
from customers.operations import remember_fact
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.desk.test_queue import open_tickets
from tickets.models import Category, Ticket, TicketEvent, TicketStatus, Topic
from tickets.operations import (
    assign_ticket,
    change_status,
    note_on_ticket,
    open_ticket,
    promise_on_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
    tag_ticket,
)

SYSTEM = Actor.system()
FRAGMENT = {"HX-Request": "true"}


def page(desk: Client, ticket: Ticket, query: str = "") -> str:
    return desk.get(f"/desk/t/{ticket.number}{query}").content.decode()


def do(desk: Client, ticket: Ticket, what: str, **data: object) -> Ticket:
    """Post an action as a plain form, expect to be sent back, and return the ticket as it is."""
    answer = desk.post(f"/desk/t/{ticket.number}/{what}", data)
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/t/{ticket.number}")
    return Ticket.objects.get(pk=ticket.pk)


def converse(ticket: Ticket, number: int) -> None:
    for at in range(number):
        receive_message(
            ticket,
            content=said(f"Message {at}"),
            by=Actor.customer(ticket.customer_id),
            at=MONDAY_9AM + timedelta(minutes=at + 1),
        )


def test_the_briefing_stands_above_the_conversation(desk: Client, ticket: Ticket) -> None:
    html = page(desk, ticket)

    assert html.index('data-test="briefing-headline"') < html.index("It says my code has expired.")
    assert "First contact we know of." in html
    assert 'id="headline" tabindex="-1"' in html


def test_a_briefing_line_leads_to_the_message_that_proves_it(desk: Client, ticket: Ticket) -> None:
    message = ticket.messages.get()
    remember_fact(
        ticket.customer,
        key="order",
        value="A-1042",
        source="message",
        ticket_number=ticket.number,
        message_id=message.pk,
        by=SYSTEM,
        at=MONDAY_9AM,
    )

    html = page(desk, ticket)

    assert "order A-1042" in html
    assert f'href="#message-{message.pk}"' in html
    assert f'id="message-{message.pk}"' in html


def test_a_ticket_of_another_team_looks_like_a_missing_one(
    client: Client, outsider: Agent, ticket: Ticket
) -> None:
    client.force_login(outsider)

    hidden = client.get(f"/desk/t/{ticket.number}")
    missing = client.get("/desk/t/999999")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content


@pytest.mark.parametrize(
    "what", ["take", "solve", "assign", "write", "draft", "contact", "promise"]
)
def test_nobody_acts_on_what_they_may_not_see(
    client: Client, outsider: Agent, ticket: Ticket, what: str
) -> None:
    client.force_login(outsider)

    assert client.post(f"/desk/t/{ticket.number}/{what}").status_code == 404
    assert client.get(f"/desk/t/{ticket.number}/{what}").status_code in {404, 405}


def test_a_note_says_internal_and_a_reply_says_how_its_delivery_went(
    desk: Client, ticket: Ticket, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    note_on_ticket(ticket, content=said("Card expired?"), by=by, at=MONDAY_9AM)
    reply = reply_to_ticket(ticket, content=said("Try again."), by=by, at=MONDAY_9AM)
    type(reply).objects.filter(pk=reply.pk).update(
        delivery="failed", delivery_note="550 no such user"
    )

    html = page(desk, ticket)

    assert "message-note" in html
    assert "Internal" in html
    assert "550 no such user" in html
    assert f'action="/desk/m/{reply.pk}/retry"' in html


def test_trying_to_send_again_queues_the_message(desk: Client, ticket: Ticket, ana: Agent) -> None:
    reply = reply_to_ticket(
        ticket, content=said("Try again."), by=Actor.agent(ana.pk), at=MONDAY_9AM
    )
    reply.deliveries.update(state="failed")

    answer = desk.post(f"/desk/m/{reply.pk}/retry")

    reply.refresh_from_db()
    assert (answer.status_code, reply.delivery) == (302, "queued")


def test_what_happened_between_is_one_line_each(
    desk: Client, ticket: Ticket, ana: Agent, tom: Agent
) -> None:
    assign_ticket(ticket, agent=tom, by=Actor.agent(ana.pk), at=MONDAY_9AM)
    tag_ticket(ticket, add=("Login",), by=Actor.agent(ana.pk), at=MONDAY_9AM)

    html = page(desk, ticket)

    assert "Assigned to Tom Becker" in html
    assert "Labelled login" in html


def test_a_long_conversation_shows_its_ends(desk: Client, ticket: Ticket) -> None:
    converse(ticket, 40)

    folded, whole = page(desk, ticket), page(desk, ticket, "?all=1")

    assert "Show 30 messages in between" in folded
    assert [folded.count(f">Message {at}<") for at in (0, 29, 30, 39)] == [0, 0, 1, 1]
    assert "It says my code has expired." in folded
    assert "in between" not in whole
    assert whole.count("message-inbound") == 41


def test_a_ticket_that_may_belong_to_another_says_so(
    desk: Client, ticket: Ticket, kofi: Customer, support: Team
) -> None:
    second = open_ticket(
        customer=kofi,
        subject="Re: Cannot sign in",
        content=said("Me too"),
        team=support,
        possibly=ticket,
        follows=ticket,
        by=Actor.customer(kofi.pk),
        at=MONDAY_9AM,
    ).ticket

    html = page(desk, second)

    assert f"Possibly belongs to #{ticket.number}" in html
    assert 'data-test="follows"' in html


def test_the_queue_it_was_opened_from_is_remembered(
    desk: Client, kofi: Customer, workspace: None, support: Team
) -> None:
    first, second, third = open_tickets(3, kofi, support)

    html = page(desk, second, "?v=all")

    assert f'data-key="[" href="/desk/t/{first.number}?v=all"' in html
    assert f'data-key="]" href="/desk/t/{third.number}?v=all"' in html
    assert 'href="/desk/v/all" data-key="u"' in html


@pytest.mark.parametrize("view", ["nonsense", "team/x", "team/999999999999"])
def test_an_unknown_queue_in_the_address_does_no_harm(
    desk: Client, ticket: Ticket, view: str
) -> None:
    assert desk.get(f"/desk/t/{ticket.number}", {"v": view}).status_code == 200


def test_taking_a_ticket_makes_it_mine(desk: Client, ticket: Ticket, ana: Agent) -> None:
    assert do(desk, ticket, "take").assignee == ana


def test_a_ticket_can_be_given_to_a_colleague_and_to_nobody(
    desk: Client, ticket: Ticket, tom: Agent
) -> None:
    assert do(desk, ticket, "assign", agent=tom.pk).assignee == tom
    assert do(desk, ticket, "assign", agent="").assignee is None


def test_giving_it_to_somebody_who_would_not_see_it_is_refused(
    desk: Client, ticket: Ticket, outsider: Agent
) -> None:
    answer = desk.post(f"/desk/t/{ticket.number}/assign", {"agent": outsider.pk}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#ticket-refusal"
    assert "Raj Patel is not in the team Support" in answer.content.decode()


@pytest.mark.parametrize("value", ["", "x", "99999"])
def test_a_status_that_does_not_exist_is_refused(desk: Client, ticket: Ticket, value: str) -> None:
    answer = desk.post(f"/desk/t/{ticket.number}/status", {"status": value})

    assert answer.status_code == 409


def test_subject_status_priority_topic_and_labels_can_be_changed(
    desk: Client, ticket: Ticket
) -> None:
    topic = Topic.objects.create(name="Billing")
    status = TicketStatus.objects.filter(category=Category.WAIT_OTHER).first()
    assert status

    do(desk, ticket, "subject", subject="Code expired")
    do(desk, ticket, "status", status=status.pk)
    do(desk, ticket, "priority", priority=4)
    do(desk, ticket, "tags", add="Login, vip")
    do(desk, ticket, "tags", remove="vip")
    changed = do(desk, ticket, "topic", topic=topic.pk)

    assert (changed.subject, changed.status, changed.priority, changed.topic) == (
        "Code expired",
        status,
        4,
        topic,
    )
    assert list(changed.tags.values_list("name", flat=True)) == ["login"]


def test_handing_it_to_a_team_i_am_not_in_leads_back_to_the_queue(
    desk: Client, ticket: Ticket, outsider: Agent
) -> None:
    team = outsider.teams.get()

    answer = desk.post(f"/desk/t/{ticket.number}/team?v=all", {"team": team.pk})

    assert answer["Location"] == "/desk/v/all"
    assert Ticket.objects.get(pk=ticket.pk).team == team


def test_solving_offers_the_way_back_and_undo_restores_the_clock(
    desk: Client, ticket: Ticket
) -> None:
    before = Ticket.objects.get(pk=ticket.pk)
    answer = desk.post(f"/desk/t/{ticket.number}/solve")
    [words] = [str(message) for message in get_messages(answer.wsgi_request)]
    solved = Ticket.objects.get(pk=ticket.pk)

    after = do(desk, ticket, "undo")

    assert f'action="/desk/t/{ticket.number}/undo"' in words
    assert (solved.category, solved.reply_due_at) == (Category.SOLVED, None)
    assert after.status == before.status
    assert (after.waiting_since, after.reply_due_at, after.queue_at, after.reopened_count) == (
        before.waiting_since,
        before.reply_due_at,
        before.queue_at,
        0,
    )


def test_undoing_what_is_not_solved_changes_nothing(desk: Client, ticket: Ticket) -> None:
    after = do(desk, ticket, "undo")

    assert after.last_event_id == ticket.last_event_id


def test_a_solved_ticket_can_be_reopened(desk: Client, ticket: Ticket) -> None:
    solve_ticket(ticket, by=SYSTEM, at=MONDAY_9AM)

    assert do(desk, ticket, "reopen").category == Category.OPEN


def test_a_closed_ticket_takes_notes_only(desk: Client, ticket: Ticket) -> None:
    closed = TicketStatus.objects.get(category=Category.CLOSED, is_default=True)
    change_status(ticket, status=closed, by=SYSTEM, at=MONDAY_9AM)

    html = page(desk, ticket)

    assert 'value="reply"' not in html
    assert 'name="then" value="note"' in html


def test_a_promise_can_be_made_and_kept(desk: Client, ticket: Ticket) -> None:
    do(desk, ticket, "promise", **{"promise-text": "Refund", "promise-due_at": "2999-05-12T15:00"})
    promise = Promise.objects.get()
    html = page(desk, ticket)

    do(desk, ticket, f"promise/{promise.pk}/keep")

    promise.refresh_from_db()
    assert f'data-test="promise-{promise.pk}"' in html
    assert promise.status == Promise.Status.KEPT


def test_a_promise_for_yesterday_is_explained_and_what_was_typed_kept(
    desk: Client, ticket: Ticket
) -> None:
    data = {"promise-text": "Refund", "promise-due_at": "2001-05-12T15:00"}

    answer = desk.post(f"/desk/t/{ticket.number}/promise", data)

    assert answer.status_code == 422
    assert "A promise is for a time to come." in answer.content.decode()
    assert 'value="Refund"' in answer.content.decode()


def test_a_promise_to_somebody_else_is_not_kept_here(
    desk: Client, ticket: Ticket, support: Team, ana: Agent
) -> None:
    stranger = Customer.objects.create(name="Maya", created_at=MONDAY_9AM)
    [theirs] = open_tickets(1, stranger, support)
    due_at = MONDAY_9AM + timedelta(days=1)
    promise = promise_on_ticket(
        theirs, text="Call", due_at=due_at, by=Actor.agent(ana.pk), at=MONDAY_9AM
    )

    answer = desk.post(f"/desk/t/{ticket.number}/promise/{promise.pk}/keep")

    assert answer.status_code == 404


def test_a_call_can_be_logged(desk: Client, ticket: Ticket) -> None:
    data = {"kind": "call", "direction": "in", "text": "Asked again", "was_answered": "on"}
    do(desk, ticket, "contact", **{f"contact-{name}": value for name, value in data.items()})

    html = page(desk, ticket)

    assert ticket.events.filter(kind=TicketEvent.Kind.CONTACT_LOGGED).count() == 1
    assert "Call from the customer" in html


@pytest.mark.parametrize(("messages", "tickets"), [(3, 2), (40, 60)])
def test_a_workspace_costs_eleven_queries_however_long_the_history_is(
    desk: Client,
    ticket: Ticket,
    kofi: Customer,
    support: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
    messages: int,
    tickets: int,
) -> None:
    converse(ticket, messages - 1)
    open_tickets(tickets - 1, kofi, support)
    page(desk, ticket, "?v=all")

    with django_assert_num_queries(11):
        page(desk, ticket, "?v=all")

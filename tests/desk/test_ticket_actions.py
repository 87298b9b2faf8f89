"""What an agent can do to a ticket, on its page."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from customers.models import Customer, Promise
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.desk.test_queue import open_tickets
from tests.desk.test_ticket import page
from tickets.models import Category, Ticket, TicketEvent, TicketStatus, Topic
from tickets.operations import (
    change_status,
    promise_on_ticket,
    reply_to_ticket,
    solve_ticket,
)

SYSTEM = Actor.system()
FRAGMENT = {"HX-Request": "true"}


def do(desk: Client, ticket: Ticket, what: str, **data: object) -> Ticket:
    """Post an action as a plain form, expect to be sent back, and return the ticket as it is."""
    answer = desk.post(f"/desk/t/{ticket.number}/{what}", data)
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/t/{ticket.number}")
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.parametrize(
    "what", ["take", "solve", "assign", "write", "draft", "contact", "promise"]
)
def test_nobody_acts_on_what_they_may_not_see(
    client: Client, outsider: Agent, ticket: Ticket, what: str
) -> None:
    client.force_login(outsider)

    assert client.post(f"/desk/t/{ticket.number}/{what}").status_code == 404
    assert client.get(f"/desk/t/{ticket.number}/{what}").status_code in {404, 405}


def test_trying_to_send_again_queues_the_message(desk: Client, ticket: Ticket, ana: Agent) -> None:
    reply = reply_to_ticket(
        ticket, content=said("Try again."), by=Actor.agent(ana.pk), at=MONDAY_9AM
    )
    reply.deliveries.update(state="failed")

    answer = desk.post(f"/desk/m/{reply.pk}/retry")

    reply.refresh_from_db()
    assert (answer.status_code, reply.delivery) == (302, "queued")


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

from datetime import timedelta

import pytest

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.errors import EmptyMessage, StaleReply, TicketClosed
from tickets.models import NEVER, Category, Message, Ticket, TicketEvent
from tickets.operations import (
    acknowledge_ticket,
    close_ticket,
    note_on_ticket,
    receive_message,
    reopen_ticket,
    reply_to_ticket,
    solve_ticket,
)

NOON = MONDAY_9AM + timedelta(hours=3)
ONE_PM = NOON + timedelta(hours=1)


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("id").values_list("kind", flat=True))


def test_a_new_ticket_is_due_after_four_working_hours(ticket: Ticket) -> None:
    assert ticket.category == Category.NEW
    assert ticket.waiting_since == MONDAY_9AM
    assert ticket.queue_at == ticket.reply_due_at == MONDAY_9AM + timedelta(hours=4)
    assert kinds(ticket) == ["opened"]


def test_a_reply_waits_for_the_customer_and_takes_the_ticket(ticket: Ticket, ana: Agent) -> None:
    message = reply_to_ticket(ticket, content=said("Try again."), by=Actor.agent(ana.pk), at=NOON)

    ticket.refresh_from_db()
    assert message.delivery == Message.Delivery.QUEUED
    assert message.recipients == ["kofi@example.com"]
    assert message.mail_refs == ["<1@example.com>"]
    assert (ticket.category, ticket.assignee) == (Category.WAIT_CUSTOMER, ana)
    assert (ticket.queue_at, ticket.first_replied_at) == (NEVER, NOON)
    assert kinds(ticket) == ["opened", "replied", "assigned", "status"]


def test_an_answer_of_the_customer_starts_the_clock_again(ticket: Ticket, ana: Agent) -> None:
    reply_to_ticket(ticket, content=said("Try again."), by=Actor.agent(ana.pk), at=NOON)

    receive_message(
        ticket, content=said("Still no."), by=Actor.customer(ticket.customer_id), at=ONE_PM
    )

    ticket.refresh_from_db()
    assert (ticket.category, ticket.waiting_since) == (Category.OPEN, ONE_PM)
    assert ticket.preview == "Still no."
    assert ticket.contact_number == 2


def test_a_second_message_does_not_move_the_target(ticket: Ticket) -> None:
    receive_message(ticket, content=said("Hello?"), by=Actor.customer(ticket.customer_id), at=NOON)

    ticket.refresh_from_db()
    assert ticket.reply_due_at == MONDAY_9AM + timedelta(hours=4)
    assert ticket.contact_number == 1


def test_solving_stops_the_clock_and_solving_twice_changes_nothing(
    ticket: Ticket, ana: Agent
) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=NOON)
    again = solve_ticket(ticket, by=Actor.system(), at=ONE_PM)

    assert (again.category, again.solved_at, again.queue_at) == (Category.SOLVED, NOON, NEVER)
    assert kinds(ticket) == ["opened", "solved"]
    event = ticket.events.get(kind=TicketEvent.Kind.SOLVED)
    assert (event.agent, event.old["category"], event.new["category"]) == (ana, "new", "solved")


def test_an_answer_reopens_a_solved_ticket(ticket: Ticket, ana: Agent) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=NOON)

    receive_message(
        ticket, content=said("Not solved"), by=Actor.customer(ticket.customer_id), at=ONE_PM
    )

    ticket.refresh_from_db()
    assert (ticket.category, ticket.reopened_count, ticket.solved_at) == ("open", 1, None)
    assert kinds(ticket)[-1] == "reopened"


def test_automatic_mail_neither_reopens_nor_starts_a_clock(ticket: Ticket, ana: Agent) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=NOON)
    away = said("I am away.")
    away = type(away)(text=away.text, is_automatic=True)

    receive_message(ticket, content=away, by=Actor.customer(ticket.customer_id), at=ONE_PM)

    ticket.refresh_from_db()
    assert (ticket.category, ticket.waiting_since) == (Category.SOLVED, None)


def test_a_reply_overtaken_by_the_customer_is_not_sent(ticket: Ticket, ana: Agent) -> None:
    seen = ticket.last_event_id
    receive_message(ticket, content=said("Wait"), by=Actor.customer(ticket.customer_id), at=NOON)

    with pytest.raises(StaleReply):
        reply_to_ticket(
            ticket, content=said("Hi"), seen_event_id=seen, by=Actor.agent(ana.pk), at=ONE_PM
        )

    assert not ticket.messages.filter(kind=Message.Kind.REPLY).exists()


def test_a_closed_ticket_takes_no_reply_until_it_is_reopened(ticket: Ticket, ana: Agent) -> None:
    close_ticket(ticket, by=Actor.agent(ana.pk), at=NOON)
    with pytest.raises(TicketClosed):
        reply_to_ticket(ticket, content=said("Hi"), by=Actor.agent(ana.pk), at=ONE_PM)

    reopened = reopen_ticket(ticket, by=Actor.agent(ana.pk), at=ONE_PM)

    assert (reopened.category, reopened.closed_at) == (Category.OPEN, None)


def test_an_empty_reply_is_refused(ticket: Ticket, ana: Agent) -> None:
    with pytest.raises(EmptyMessage):
        reply_to_ticket(ticket, content=said("  "), by=Actor.agent(ana.pk), at=NOON)


def test_a_note_is_for_agents_and_changes_no_clock(ticket: Ticket, ana: Agent) -> None:
    note = note_on_ticket(ticket, content=said("Looks odd"), by=Actor.agent(ana.pk), at=NOON)

    ticket.refresh_from_db()
    assert (note.delivery, note.kind) == ("", "note")
    assert ticket.waiting_since == MONDAY_9AM


def test_a_ticket_is_acknowledged_once_and_still_waits(ticket: Ticket) -> None:
    first = acknowledge_ticket(ticket, content=said("We have it"), by=Actor.system(), at=NOON)
    again = acknowledge_ticket(ticket, content=said("We have it"), by=Actor.system(), at=ONE_PM)

    ticket.refresh_from_db()
    assert first
    assert (first.kind, again) == (Message.Kind.AUTOMATIC, None)
    assert ticket.waiting_since == MONDAY_9AM

"""Two tickets about one thing become one, one becomes two, and back, without a word sent."""

from datetime import timedelta

import pytest

from customers.models import Customer, Touchpoint
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.joining.state import derive, differences, state
from tickets.errors import LaterFirst, NothingToSplit, TargetFinished, TicketMerged, TooLateToUndo
from tickets.joining.splitting import split_ticket, undo_split
from tickets.joining.tickets import merge_tickets, undo_ticket_merge
from tickets.metrics.models import Resolution
from tickets.models import Delivery, Message, Ticket, TicketEvent
from tickets.operations import (
    assign_ticket,
    change_status,
    note_on_ticket,
    open_ticket,
    receive_message,
    reopen_ticket,
    reply_to_ticket,
    solve_ticket,
)
from tickets.operations.lifecycle import default_status

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MONDAY_9AM + 3 * DAY


@pytest.fixture
def ama(db: None) -> Customer:
    """Somebody else, who writes about Kofi's ticket from her own address."""
    return identify_customer(
        kind="email", value="ama@example.com", name="Ama", by=Actor.system(), at=MONDAY_9AM
    )


@pytest.fixture
def other(workspace: None, ama: Customer, support: Team) -> Ticket:
    """Ama's ticket, an hour after Kofi's."""
    return open_ticket(
        customer=ama,
        team=support,
        subject="Kofi cannot sign in",
        content=said("It is about his ticket.", mail_id="<2@example.com>"),
        by=Actor.customer(ama.pk),
        at=MONDAY_9AM + HOUR,
    ).ticket


def test_what_was_said_on_one_is_on_the_other(ticket: Ticket, other: Ticket, ana: Agent) -> None:
    due = ticket.reply_due_at
    merge_tickets(other, into=ticket, by=Actor.agent(ana.pk), at=LATER)

    ticket.refresh_from_db()
    other.refresh_from_db()
    assert ticket.messages.count() == ticket.messages_count == 2
    assert (ticket.reply_due_at, ticket.waiting_since) == (due, MONDAY_9AM)
    assert (other.merged_into, other.is_finished) == (ticket, True)
    assert ticket.participants.get().customer == other.customer
    assert Touchpoint.objects.filter(ticket_number=ticket.number).count() == 2
    assert not Delivery.objects.exists()


def test_messages_follow_whatever_the_id_of_their_customer(
    ticket: Ticket, other: Ticket, ana: Agent
) -> None:
    namesake, _ = Customer.objects.get_or_create(pk=ticket.pk, defaults={"created_at": MONDAY_9AM})
    other.messages.update(customer=namesake)

    merge_tickets(other, into=ticket, by=Actor.agent(ana.pk), at=LATER)

    assert ticket.messages.count() == 2
    assert not other.messages.exists()


def test_the_clock_is_the_earlier_of_both(ticket: Ticket, other: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    reply_to_ticket(ticket, content=said("Hello"), by=by, at=MONDAY_9AM + 2 * HOUR)
    merge_tickets(ticket, into=other, by=by, at=LATER)
    other.refresh_from_db()
    assert other.waiting_since == MONDAY_9AM + HOUR
    assert other.first_replied_at == MONDAY_9AM + 2 * HOUR


def test_undoing_a_merge_brings_back_every_row(ticket: Ticket, other: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    reply_to_ticket(ticket, content=said("Hello"), by=by, at=MONDAY_9AM + 2 * HOUR)
    assign_ticket(other, agent=ana, by=by, at=LATER)
    derive(at=LATER)
    before = state()

    merge = merge_tickets(other, into=ticket, by=by, at=LATER)
    ticket.refresh_from_db()
    assert ticket.category == "open"
    derive(at=LATER)
    undo_ticket_merge(merge, by=by, at=LATER)
    undo_ticket_merge(merge, by=by, at=LATER)
    derive(at=LATER)

    assert differences(before, state()) == {}
    kinds = list(other.events.order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["merged", "unmerged"]


def test_a_merged_ticket_has_no_numbers_of_its_own(
    ticket: Ticket, other: Ticket, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    solve_ticket(ticket, by=by, at=MONDAY_9AM + 2 * HOUR)
    reply_to_ticket(other, content=said("Done"), by=by, at=MONDAY_9AM + 4 * HOUR)
    solve_ticket(other, by=by, at=MONDAY_9AM + 5 * HOUR)
    derive(at=LATER)
    assert Resolution.objects.count() == 2

    merge_tickets(ticket, into=other, by=by, at=LATER)
    derive(at=LATER)

    row = Resolution.objects.get()
    assert row.ticket == other
    assert row.started_at == MONDAY_9AM
    assert row.first_response_c == 4 * 3600


def test_three_tickets_are_unmerged_in_any_order(
    ticket: Ticket, other: Ticket, kofi: Customer, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    content = said("Third", mail_id="<3@example.com>")
    third = open_ticket(customer=kofi, subject="3", content=content, by=by, at=LATER).ticket
    derive(at=LATER)
    before = state()

    first = merge_tickets(other, into=ticket, by=by, at=LATER)
    second = merge_tickets(ticket, into=third, by=by, at=LATER)
    third.refresh_from_db()
    assert third.messages.count() == third.messages_count == 3
    undo_ticket_merge(first, by=by, at=LATER)
    undo_ticket_merge(second, by=by, at=LATER)
    derive(at=LATER)

    assert differences(before, state()) == {}


def test_what_cannot_be_merged_is_refused(ticket: Ticket, other: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    solve_ticket(ticket, by=by, at=LATER)
    with pytest.raises(TargetFinished):
        merge_tickets(other, into=ticket, by=by, at=LATER)
    merge = merge_tickets(ticket, into=other, by=by, at=LATER)
    with pytest.raises(TicketMerged):
        merge_tickets(ticket, into=other, by=by, at=LATER)
    with pytest.raises(TicketMerged):
        reopen_ticket(ticket, by=by, at=LATER)
    with pytest.raises(TooLateToUndo):
        undo_ticket_merge(merge, by=by, at=LATER + 31 * DAY)


def test_what_is_written_to_a_merged_ticket_arrives_on_the_other(
    ticket: Ticket, other: Ticket, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    merge_tickets(other, into=ticket, by=by, at=LATER)
    words = Actor.customer(other.customer_id)
    message = receive_message(other, content=said("More"), by=words, at=LATER + HOUR)

    assert message.ticket == ticket


def conversation(ticket: Ticket, by: Actor) -> list[Message]:
    words = Actor.customer(ticket.customer_id)
    reply_to_ticket(ticket, content=said("Try again"), by=by, at=MONDAY_9AM + HOUR)
    receive_message(
        ticket, content=said("And my invoice is wrong"), by=words, at=MONDAY_9AM + 2 * HOUR
    )
    note_on_ticket(ticket, content=said("Two things"), by=by, at=MONDAY_9AM + 3 * HOUR)
    return list(ticket.messages.order_by("at"))


def test_messages_become_a_ticket_of_their_own(ticket: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    messages = conversation(ticket, by)
    merge = split_ticket(
        ticket, message_ids=[messages[2].pk], subject="Wrong invoice", by=by, at=LATER
    )

    new = Ticket.objects.get(pk=merge.target)
    ticket.refresh_from_db()
    assert (new.customer, new.subject, new.messages_count) == (ticket.customer, "Wrong invoice", 1)
    assert (new.waiting_since, ticket.waiting_since) == (MONDAY_9AM + 2 * HOUR, None)
    assert new.reply_due_at is not None
    assert ticket.messages_count == 3
    derive(at=LATER)
    contacts = ticket.customer.cx_facts.filter(kind="contact")
    assert {fact.ticket_number for fact in contacts} == {ticket.number, new.number}
    assert Delivery.objects.count() == 1  # of the reply before


def test_undoing_a_split_brings_back_every_row(ticket: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    messages = conversation(ticket, by)
    derive(at=LATER)
    before = state()

    ids = [messages[0].pk, messages[1].pk]
    merge = split_ticket(ticket, message_ids=ids, subject="Sign in", by=by, at=LATER)
    derive(at=LATER)
    undo_split(merge, by=by, at=LATER)
    derive(at=LATER)

    new = Ticket.objects.get(pk=merge.target)
    assert new.merged_into == ticket
    after = state()
    after["tickets_ticket"] = [
        row for row in after["tickets_ticket"] if f'"id": {new.pk},' not in row
    ]
    after["metrics_target"] = [
        row for row in after["metrics_target"] if f'"ticket_id": {new.pk},' not in row
    ]
    assert differences(before, after) == {}
    assert TicketEvent.objects.filter(kind="unsplit").count() == 2


def test_a_split_takes_some_messages_and_leaves_some(ticket: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    messages = conversation(ticket, by)
    for ids in ([], [message.pk for message in messages]):
        with pytest.raises(NothingToSplit):
            split_ticket(ticket, message_ids=ids, subject="x", by=by, at=LATER)


def test_what_was_rearranged_since_is_undone_first(
    ticket: Ticket, other: Ticket, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    messages = conversation(ticket, by)
    waiting = default_status("open")
    change_status(other, status=waiting, by=by, at=LATER)
    merge = merge_tickets(ticket, into=other, by=by, at=LATER)
    split = split_ticket(other, message_ids=[messages[2].pk], subject="x", by=by, at=LATER)

    with pytest.raises(LaterFirst):
        undo_ticket_merge(merge, by=by, at=LATER)
    undo_split(split, by=by, at=LATER)
    undo_ticket_merge(merge, by=by, at=LATER)
    assert ticket.messages.count() == 4

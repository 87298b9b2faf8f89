"""The twelve mistakes that others made with these numbers (METRICS 5.6), one test each."""

from datetime import timedelta
from typing import Any

from django.test import Client

from customers.cx.cells import cells
from customers.cx.models import CXFact
from customers.cx.queries import rows_behind, summary_of
from customers.cx.refreshing import refresh_summaries
from customers.cx.summary import summarise
from customers.feedback.models import Rating
from customers.models import Customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.metrics.models import Resolution
from tickets.metrics.resolving import resolve_cycles
from tickets.models import BusinessCalendar, SlaPolicy, Ticket
from tickets.operations import (
    close_ticket,
    open_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
    tag_ticket,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def cycle(ticket: Ticket, number: int = 1) -> Resolution:
    return Resolution.objects.get(ticket=ticket, cycle=number)


def test_tagging_a_closed_ticket_leaves_its_resolution_unchanged(
    ticket: Ticket, ana: Agent
) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=MONDAY_9AM + HOUR)
    close_ticket(ticket, by=Actor.agent(ana.pk), at=MONDAY_9AM + DAY)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + DAY)
    before = Resolution.objects.values().get(ticket=ticket)

    tag_ticket(ticket, add=("late",), by=Actor.agent(ana.pk), at=MONDAY_9AM + 9 * DAY)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + 2 * DAY)

    assert Resolution.objects.values().get(ticket=ticket) == before


def test_a_ticket_solved_in_ten_minutes_took_ten_minutes(ticket: Ticket, ana: Agent) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=MONDAY_9AM + 10 * MINUTE)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + HOUR)

    assert (cycle(ticket).time_to_solve_c, cycle(ticket).time_to_solve_b) == (600, 600)
    (shown,) = [
        cell
        for cell in cells(_summary(ticket), at=MONDAY_9AM + HOUR)
        if cell.key == "time_to_solve"
    ]
    assert shown.text == "10 m"


def _summary(ticket: Ticket) -> dict[str, object]:
    summary = summary_of(ticket.customer)
    assert summary is not None
    return dict(summary.data)


def test_a_time_without_tickets_is_a_gap_and_not_zero_seconds() -> None:
    data = summarise([], at=MONDAY_9AM)

    assert data["first_reply"]["business"] == {"n": 0}
    (shown,) = [cell for cell in cells(data, at=MONDAY_9AM) if cell.key == "first_reply"]
    assert shown.text == "No first replies yet"


def test_late_replies_are_inside_the_median(ticket: Ticket, ana: Agent) -> None:
    reply_to_ticket(ticket, content=said("Sorry"), by=Actor.agent(ana.pk), at=MONDAY_9AM + 9 * DAY)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + 9 * DAY)

    assert ticket.reply_due_at is not None
    assert _block(ticket, "first_reply")["calendar"]["median"] == 9 * 86_400


def _block(ticket: Ticket, name: str) -> Any:
    summary = summary_of(ticket.customer)
    assert summary is not None
    return summary.data[name]


def test_a_customer_back_after_a_rule_solved_it_is_answered_in_ten_minutes(
    ticket: Ticket, ana: Agent
) -> None:
    back = MONDAY_9AM + 5 * DAY
    solve_ticket(ticket, by=Actor.rule("bot"), at=MONDAY_9AM + MINUTE)
    receive_message(ticket, content=said("No"), by=Actor.customer(ticket.customer_id), at=back)
    reply_to_ticket(ticket, content=said("So"), by=Actor.agent(ana.pk), at=back + 10 * MINUTE)
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=back + HOUR)
    resolve_cycles(ticket.pk, at=back + HOUR)

    assert cycle(ticket, 1).first_response_c is None
    assert cycle(ticket, 2).first_response_c == 600


def test_the_time_a_ticket_was_solved_is_not_reply_time(ticket: Ticket, ana: Agent) -> None:
    by, kofi = Actor.agent(ana.pk), Actor.customer(ticket.customer_id)
    reply_to_ticket(ticket, content=said("Try"), by=by, at=MONDAY_9AM + HOUR)
    receive_message(ticket, content=said("Thanks"), by=kofi, at=MONDAY_9AM + 2 * HOUR)
    solve_ticket(ticket, by=by, at=MONDAY_9AM + 3 * HOUR)
    receive_message(ticket, content=said("Again"), by=kofi, at=MONDAY_9AM + 20 * DAY)
    reply_to_ticket(ticket, content=said("Oh"), by=by, at=MONDAY_9AM + 20 * DAY + HOUR)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + 21 * DAY)

    responses = CXFact.objects.filter(kind__endswith="_response").order_by("at")
    assert list(responses.values_list("kind", "value")) == [
        ("first_response", 3600),
        ("cycle_response", 3600),
    ]


def test_a_ticket_of_last_month_solved_today_is_in_the_numbers_of_today(
    ticket: Ticket, ana: Agent
) -> None:
    today = MONDAY_9AM + 370 * DAY
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=today)
    resolve_cycles(ticket.pk, at=today + MINUTE)

    assert _block(ticket, "time_to_solve")["calendar"]["n"] == 1
    assert _block(ticket, "issues")["solved"] == 1


def test_what_a_number_opens_to_is_in_the_same_business_hours_as_the_number(
    ticket: Ticket, ana: Agent
) -> None:
    BusinessCalendar.objects.create(
        name="Mornings",
        time_zone="UTC",
        hours={"1": [["09:00", "10:00"]]},
        valid_from=MONDAY_9AM - DAY,
    )
    reply_to_ticket(ticket, content=said("Hi"), by=Actor.agent(ana.pk), at=MONDAY_9AM + 5 * HOUR)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + DAY)

    behind = rows_behind(ticket.customer, "first_reply", agent=ana, at=MONDAY_9AM + DAY)
    assert behind.facts[0].data["business"] == 3600
    assert _block(ticket, "first_reply")["business"]["median"] == 3600


def test_two_teams_with_different_data_see_different_rows(
    ticket: Ticket, ana: Agent, outsider: Agent
) -> None:
    other = open_ticket(
        customer=ticket.customer,
        team=Team.objects.get(name="Delivery"),
        subject="Parcel",
        content=said("Where?"),
        by=Actor.customer(ticket.customer_id),
        at=MONDAY_9AM + HOUR,
    ).ticket
    for one in (ticket, other):
        resolve_cycles(one.pk, at=MONDAY_9AM + DAY)

    for agent, seen in ((ana, ticket), (outsider, other)):
        behind = rows_behind(ticket.customer, "contacts", agent=agent, at=MONDAY_9AM + DAY)
        assert [fact.ticket_number for fact in behind.facts] == [seen.number]
        assert behind.hidden == 1


def test_reading_a_summary_stores_no_rating(ticket: Ticket, desk: Client) -> None:
    """Ratings come from one operation alone; no page that is read calls it."""
    refresh_summaries([ticket.customer_id], at=MONDAY_9AM)
    desk.get(f"/r/{ticket.number}/5")

    assert not Rating.objects.exists()
    assert not CXFact.objects.filter(kind="rating").exists()


def test_words_still_unanswered_appear_as_waiting(ticket: Ticket) -> None:
    resolve_cycles(ticket.pk, at=MONDAY_9AM + DAY)

    fact = CXFact.objects.get(kind="open")
    assert fact.data["waiting_since"] == MONDAY_9AM.isoformat()
    assert _block(ticket, "time_to_solve")["open"] == [[ticket.number, MONDAY_9AM.isoformat()]]


def test_a_short_target_for_later_replies_does_not_shorten_the_first(
    workspace: None, kofi: Customer
) -> None:
    SlaPolicy.objects.update(first_reply_minutes=240, next_reply_minutes=5)

    ticket = open_ticket(
        customer=kofi,
        subject="Cannot sign in",
        content=said("Help"),
        by=Actor.customer(kofi.pk),
        at=MONDAY_9AM,
    ).ticket

    assert ticket.reply_due_at == MONDAY_9AM + 4 * HOUR

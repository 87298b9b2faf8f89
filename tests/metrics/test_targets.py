"""What policies ask of a ticket, and whether it was kept."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.models import Customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.calendars import BusinessHours
from tests.conftest import MONDAY_9AM, said
from tickets.metrics.clock import Clock
from tickets.metrics.models import Target
from tickets.metrics.moments import Moment
from tickets.metrics.replay import Cycle, History, Span
from tickets.metrics.resolving import resolve_cycles
from tickets.metrics.targets import judge
from tickets.models import NEVER, Category, SlaPolicy, Ticket
from tickets.operations import (
    change_status,
    open_ticket,
    prioritise_ticket,
    promise_on_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
    wait_for_us,
)
from tickets.operations.lifecycle import default_status
from tickets.operations.policies import change_policy, make_policy

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def settled(ticket: Ticket, at: datetime) -> dict[str, Target]:
    resolve_cycles(ticket.pk, at=at)
    return {row.ref: row for row in Target.objects.filter(ticket=ticket)}


@pytest.fixture
def everybody(db: None) -> SlaPolicy:
    """The policy a workspace begins with, with a target for solving as well."""
    SlaPolicy.objects.update(solving_minutes=600)
    return SlaPolicy.objects.get()


def test_a_reply_in_time_meets_its_target_and_a_late_one_breaches_the_next(
    ticket: Ticket, ana: Agent, everybody: SlaPolicy
) -> None:
    ours, theirs = Actor.agent(ana.pk), Actor.customer(ticket.customer_id)
    reply_to_ticket(ticket, content=said("Hi"), by=ours, at=MONDAY_9AM + HOUR)
    receive_message(ticket, content=said("No"), by=theirs, at=MONDAY_9AM + 2 * HOUR)
    reply_to_ticket(ticket, content=said("Ok"), by=ours, at=MONDAY_9AM + DAY + 3 * HOUR)

    targets = settled(ticket, MONDAY_9AM + 2 * DAY)

    assert (targets["reply:1:0"].outcome, targets["reply:1:0"].spent) == ("met", 3600)
    assert (targets["reply:1:1"].outcome, targets["reply:1:1"].spent) == ("breached", 9 * 3600)
    assert targets["reply:1:1"].kind == "next_reply"


def test_no_clock_runs_in_a_pausing_status(
    ticket: Ticket, ana: Agent, everybody: SlaPolicy
) -> None:
    by = Actor.agent(ana.pk)
    reply_to_ticket(ticket, content=said("Hi"), by=by, at=MONDAY_9AM + HOUR)
    paused = settled(ticket, MONDAY_9AM + HOUR)["solving:1"]
    assert (paused.outcome, paused.due_at, paused.spent) == ("pending", None, 3600)

    opened = default_status(Category.OPEN)
    change_status(ticket, status=opened, by=by, at=MONDAY_9AM + DAY)
    running = settled(ticket, MONDAY_9AM + DAY)["solving:1"]
    assert running.due_at == MONDAY_9AM + 2 * DAY + HOUR

    solve_ticket(ticket, by=by, at=MONDAY_9AM + DAY + 2 * HOUR)
    solved = settled(ticket, MONDAY_9AM + 2 * DAY)["solving:1"]
    assert (solved.outcome, solved.spent) == ("met", 3 * 3600)


def test_a_change_of_policy_leaves_ended_targets_and_reaches_new_ones(
    ticket: Ticket, ana: Agent, everybody: SlaPolicy
) -> None:
    ours, theirs = Actor.agent(ana.pk), Actor.customer(ticket.customer_id)
    reply_to_ticket(ticket, content=said("Hi"), by=ours, at=MONDAY_9AM + 2 * HOUR)
    settled(ticket, MONDAY_9AM + 2 * HOUR)

    strict = change_policy(
        everybody,
        first_reply_minutes=1,
        next_reply_minutes=1,
        by=Actor.system(),
        at=MONDAY_9AM + 3 * HOUR,
    )
    receive_message(ticket, content=said("No"), by=theirs, at=MONDAY_9AM + 4 * HOUR)
    reply_to_ticket(ticket, content=said("Ok"), by=ours, at=MONDAY_9AM + 5 * HOUR)
    targets = settled(ticket, MONDAY_9AM + DAY)

    assert (targets["reply:1:0"].policy, targets["reply:1:0"].outcome) == (everybody, "met")
    assert (targets["reply:1:1"].policy, targets["reply:1:1"].outcome) == (strict, "breached")


def test_an_ended_target_keeps_its_policy_when_the_ticket_changes(
    ticket: Ticket, ana: Agent, everybody: SlaPolicy
) -> None:
    urgent = {"priority": [Ticket.Priority.URGENT.value]}
    make_policy(
        name="Urgent",
        conditions=urgent,
        first_reply_minutes=5,
        by=Actor.system(),
        at=MONDAY_9AM - DAY,
    )
    by = Actor.agent(ana.pk)
    reply_to_ticket(ticket, content=said("Hi"), by=by, at=MONDAY_9AM + HOUR)
    settled(ticket, MONDAY_9AM + HOUR)

    prioritise_ticket(ticket, priority=4, by=by, at=MONDAY_9AM + 2 * HOUR)

    assert settled(ticket, MONDAY_9AM + DAY)["reply:1:0"].policy == everybody


def test_a_running_target_follows_the_priority_and_moves_the_queue(
    ticket: Ticket, ana: Agent, everybody: SlaPolicy
) -> None:
    urgent = {"priority": [Ticket.Priority.URGENT.value]}
    make_policy(
        name="Urgent",
        conditions=urgent,
        first_reply_minutes=30,
        by=Actor.system(),
        at=MONDAY_9AM - DAY,
    )

    prioritise_ticket(ticket, priority=4, by=Actor.agent(ana.pk), at=MONDAY_9AM + MINUTE)
    targets = settled(ticket, MONDAY_9AM + MINUTE)

    ticket.refresh_from_db()
    due = MONDAY_9AM + 30 * MINUTE
    assert targets["reply:1:0"].due_at == ticket.reply_due_at == ticket.queue_at == due


def test_thanks_that_needed_no_reply_are_cancelled(
    ticket: Ticket, ana: Agent, everybody: SlaPolicy
) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=MONDAY_9AM + HOUR)

    assert settled(ticket, MONDAY_9AM + DAY)["reply:1:0"].outcome == "cancelled"


def test_the_first_policy_that_fits_counts(kofi: Customer, everybody: SlaPolicy) -> None:
    before = MONDAY_9AM - DAY
    Customer.objects.filter(pk=kofi.pk).update(tier="VIP")
    kofi.refresh_from_db()
    make_policy(
        name="VIP", conditions={"tier": ["vip"]}, position=1, first_reply_minutes=60,
        first_reply_measure="calendar", by=Actor.system(), at=before,
    )  # fmt: skip
    make_policy(
        name="Chat",
        conditions={"channel": ["chat"]},
        position=0,
        first_reply_minutes=5,
        by=Actor.system(),
        at=before,
    )

    friday_4pm = MONDAY_9AM + 4 * DAY + 7 * HOUR + 30 * MINUTE
    by = Actor.customer(kofi.pk)
    ticket = open_ticket(
        customer=kofi, subject="Help", content=said("Help"), by=by, at=friday_4pm
    ).ticket

    assert ticket.reply_due_at == friday_4pm + HOUR


NINE_TO_FIVE = BusinessHours.from_spans(
    "Europe/Lisbon",
    {str(day): [["09:00", "12:30"], ["13:00", "17:00"]] for day in range(1, 6)},
    ["2026-03-04"],
)
START = datetime(2026, 3, 27, 7, 0, tzinfo=UTC)  # a clock change lies within the week
CATEGORIES = st.sampled_from([Category.OPEN, Category.WAIT_CUSTOMER, Category.WAIT_OTHER])


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.tuples(CATEGORIES, st.integers(1, 2500)), min_size=1, max_size=6),
    pauses=st.sets(st.sampled_from(["wait_customer", "wait_other"])),
    minutes=st.integers(1, 3000),
    measure=st.sampled_from(["business", "calendar"]),
)
def test_a_target_is_what_counting_minute_by_minute_gives(
    steps: list[tuple[str, int]], pauses: set[str], minutes: int, measure: str
) -> None:
    moments = [START]
    for _, length in steps:
        moments.append(moments[-1] + length * MINUTE)
    stages = [
        Span(category, begin, end)
        for (category, _), (begin, end) in zip(steps, pairwise(moments), strict=True)
    ]
    stages.append(Span(Category.SOLVED, moments[-1]))
    by = Moment(1, moments[-1], "solved", "agent")
    cycle = Cycle(1, START, spans=stages[:-1], solved_at=moments[-1], solved_by=by)
    policy = SlaPolicy(solving_minutes=minutes, solving_measure=measure, pauses=sorted(pauses))
    history = History(START, cycles=[cycle], stages=stages, category=Category.SOLVED)

    (judged,) = judge(history, Clock(((START, 1, NINE_TO_FIVE),)), lambda _: policy, clocks={})

    counted = sum(
        stage.category not in pauses and (measure == "calendar" or NINE_TO_FIVE.is_open(minute))
        for stage, minute in _minutes(stages[:-1])
    )
    assert judged.spent == counted * 60
    assert judged.outcome == ("met" if counted <= minutes else "breached")


def _minutes(stages: list[Span]) -> list[tuple[Span, datetime]]:
    return [
        (stage, stage.started_at + index * MINUTE)
        for stage in stages
        if stage.ended_at
        for index in range(int((stage.ended_at - stage.started_at) / MINUTE))
    ]


def test_the_queue_goes_by_the_reply_or_the_solving_whichever_is_due_first(
    ticket: Ticket, ana: Agent, everybody: SlaPolicy
) -> None:
    by = Actor.agent(ana.pk)
    SlaPolicy.objects.update(solving_minutes=180)
    settled(ticket, MONDAY_9AM)
    ticket.refresh_from_db()
    assert ticket.queue_at == ticket.solve_due_at == MONDAY_9AM + 3 * HOUR
    assert ticket.reply_due_at == MONDAY_9AM + 4 * HOUR

    reply_to_ticket(ticket, content=said("Hi"), by=by, at=MONDAY_9AM + HOUR)
    settled(ticket, MONDAY_9AM + HOUR)
    assert Ticket.objects.filter(pk=ticket.pk, solve_due_at=None, queue_at=NEVER).exists()

    change_status(ticket, status=default_status(Category.OPEN), by=by, at=MONDAY_9AM + DAY)
    settled(ticket, MONDAY_9AM + DAY)
    ticket.refresh_from_db()
    assert ticket.queue_at == ticket.solve_due_at == MONDAY_9AM + DAY + 2 * HOUR


def test_a_promise_and_the_solving_share_the_queue(
    ticket: Ticket, ana: Agent, everybody: SlaPolicy
) -> None:
    by = Actor.agent(ana.pk)
    due = MONDAY_9AM + 6 * HOUR
    reply_to_ticket(ticket, content=said("Hi"), by=by, at=MONDAY_9AM + HOUR)
    promise_on_ticket(ticket, text="Call", due_at=due, by=by, at=MONDAY_9AM + HOUR)
    wait_for_us(ticket, by=by, at=MONDAY_9AM + HOUR)
    SlaPolicy.objects.update(solving_minutes=240)
    settled(ticket, MONDAY_9AM + HOUR)
    ticket.refresh_from_db()
    assert ticket.queue_at == ticket.solve_due_at == MONDAY_9AM + 4 * HOUR

    SlaPolicy.objects.update(solving_minutes=6000)
    settled(ticket, MONDAY_9AM + 2 * HOUR)
    ticket.refresh_from_db()
    assert ticket.queue_at == due


def test_a_policy_can_ask_by_which_mailbox_a_ticket_came(
    kofi: Customer, everybody: SlaPolicy
) -> None:
    fast = {"mailbox": ["Orders@Example.com"]}
    make_policy(
        name="Orders", conditions=fast, first_reply_minutes=5, by=Actor.system(),
        at=MONDAY_9AM - DAY,
    )  # fmt: skip
    by = Actor.customer(kofi.pk)
    opened = {
        address: open_ticket(
            customer=kofi, subject="Hi", content=said("Hi", mailbox=address), by=by, at=MONDAY_9AM
        ).ticket
        for address in ("orders@example.com", "help@example.com", "")
    }

    due = {address: ticket.reply_due_at for address, ticket in opened.items()}

    late = MONDAY_9AM + 4 * HOUR
    assert due == {
        "orders@example.com": MONDAY_9AM + 5 * MINUTE,
        "help@example.com": late,
        "": late,
    }

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MONDAY_9AM
from tickets.metrics.moments import Kind, Moment
from tickets.metrics.replay import History, replay
from tickets.metrics.solve_time import done_at
from tickets.metrics.touches import is_one_touch, is_zero_touch
from tickets.metrics.transfers import transfers

HOUR = timedelta(hours=1)

Happened = tuple[str, str, int | None, Mapping[str, object]]

# What can happen to a ticket: kind, actor, agent, new values.
HAPPENINGS: st.SearchStrategy[Happened] = st.sampled_from(
    [
        (Kind.RECEIVED, "customer", None, {}),
        (Kind.REPLIED, "agent", 1, {}),
        (Kind.REPLIED, "agent", 2, {}),
        (Kind.REPLIED, "rule", None, {}),
        (Kind.ASSIGNED, "agent", 1, {"agent": 2}),
        (Kind.ASSIGNED, "rule", None, {"agent": None}),
        (Kind.MOVED, "agent", 1, {"team": 3}),
        (Kind.STATUS, "agent", 1, {"category": "wait_customer"}),
        (Kind.STATUS, "agent", 1, {"category": "open"}),
        (Kind.SOLVED, "agent", 1, {"category": "solved"}),
        (Kind.CLOSED, "system", None, {"category": "closed"}),
        (Kind.REOPENED, "customer", None, {"category": "open"}),
    ]
)


def history_of(*happened: Happened) -> History:
    """A ticket the customer opened on Monday at nine, with one thing more each hour."""
    history = replay(moments(happened))
    assert history is not None
    return history


def moments(
    happened: tuple[Happened, ...],
) -> list[Moment]:
    found = [Moment(1, MONDAY_9AM, Kind.OPENED, "customer", message_id=1)]
    for place, (kind, actor, agent_id, new) in enumerate(happened, start=2):
        found.append(Moment(place, hour(place - 1), kind, actor, agent_id, place, new=new))
    return found


def hour(number: int) -> datetime:
    return MONDAY_9AM + number * HOUR


REPLY: Happened = (Kind.REPLIED, "agent", 1, {})
THANKS: Happened = (Kind.RECEIVED, "customer", None, {})
SOLVE: Happened = (Kind.SOLVED, "agent", 1, {"category": "solved"})
REOPEN: Happened = (Kind.REOPENED, "customer", None, {"category": "open"})


@given(st.lists(HAPPENINGS, max_size=25), st.randoms(use_true_random=False))
def test_duplicates_and_the_order_of_reading_change_nothing(
    happened: list[Happened], random: Random
) -> None:
    told = moments(tuple(happened))
    shuffled = told + random.sample(told, len(told) // 2)
    random.shuffle(shuffled)

    assert replay(shuffled) == replay(told)


@given(st.lists(HAPPENINGS, max_size=25))
def test_the_statuses_of_a_cycle_fill_it_without_gap(happened: list[Happened]) -> None:
    for cycle in history_of(*happened).cycles:
        assert cycle.spans[0].started_at == cycle.started_at
        assert cycle.spans[-1].ended_at == cycle.solved_at
        for earlier, later in zip(cycle.spans, cycle.spans[1:], strict=False):
            assert earlier.ended_at == later.started_at


def test_a_thank_you_solved_again_without_a_reply_keeps_one_touch() -> None:
    history = history_of(REPLY, SOLVE, THANKS, REOPEN, SOLVE)

    assert is_one_touch(history.cycles[0], history)


def test_a_reopening_that_needed_a_reply_ends_one_touch() -> None:
    history = history_of(REPLY, SOLVE, THANKS, REOPEN, REPLY, SOLVE)

    assert not is_one_touch(history.cycles[0], history)


def test_solved_without_a_reply_is_zero_touch_and_not_one_touch() -> None:
    history = history_of(SOLVE)

    assert is_zero_touch(history.cycles[0])
    assert not is_one_touch(history.cycles[0], history)


def test_a_reply_that_bounced_leaves_the_customer_waiting() -> None:
    told = moments((REPLY,))
    bounced = Moment(3, hour(2), Kind.DELIVERY_FAILED, "system", message_id=2)

    history = replay([*told, bounced])

    assert history is not None
    assert history.waiting_since == MONDAY_9AM


def test_closing_after_silence_ends_with_our_last_action() -> None:
    wait = (Kind.STATUS, "agent", 1, {"category": "wait_customer"})
    history = history_of(REPLY, wait, (Kind.SOLVED, "rule", None, {"category": "solved"}))

    assert done_at(history.cycles[0]) == hour(2)
    assert history.cycles[0].solved_at == hour(3)


def test_taking_a_ticket_is_no_transfer_and_handing_it_on_is_one() -> None:
    take = (Kind.ASSIGNED, "agent", 1, {"agent": 1, "by_reply": True})
    hand_on = (Kind.ASSIGNED, "agent", 1, {"agent": 2})

    assert transfers(history_of(REPLY, take).cycles[0], "agent") == []
    assert len(transfers(history_of(REPLY, take, hand_on).cycles[0], "agent")) == 1


def test_going_back_to_the_queue_by_absence_is_no_transfer() -> None:
    take = (Kind.ASSIGNED, "agent", 1, {"agent": 1})
    back = (Kind.ASSIGNED, "rule", None, {"agent": None})
    other = (Kind.ASSIGNED, "agent", 2, {"agent": 2})

    assert transfers(history_of(take, back, other).cycles[0], "agent") == []


def test_routing_before_anybody_owned_it_is_no_transfer() -> None:
    route = (Kind.MOVED, "rule", None, {"team": 3})

    assert transfers(history_of(route, route).cycles[0], "team") == []


def test_a_call_answered_on_the_spot_was_answered_in_no_time() -> None:
    call = {"contact": "call", "direction": "in", "answered": True}
    opened = Moment(1, MONDAY_9AM, Kind.OPENED, "agent", 1)
    logged = Moment(2, MONDAY_9AM, Kind.CONTACT_LOGGED, "agent", 1, 1, new=call)

    history = replay([opened, logged])

    assert history is not None
    assert history.cycles[0].turns[0].answered_at == MONDAY_9AM
    assert len(history.cycles[0].replies) == 1


def test_a_ticket_we_opened_starts_its_clock_with_the_first_words_of_the_customer() -> None:
    told = [
        Moment(1, MONDAY_9AM, Kind.OPENED, "agent", 1),
        Moment(2, MONDAY_9AM, Kind.REPLIED, "agent", 1, 1),
        Moment(3, hour(5), Kind.RECEIVED, "customer", None, 2),
        Moment(4, hour(6), Kind.REPLIED, "agent", 1, 3),
    ]

    history = replay(told)

    assert history is not None
    (turn,) = history.cycles[0].turns
    assert (turn.started_at, turn.answered_at) == (hour(5), hour(6))

"""The engine against a reckoning minute by minute that shares no code with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.lib.calendars import BusinessHours
from tests.conftest import MONDAY_9AM
from tickets.metrics.clock import Clock
from tickets.metrics.moments import Kind, Moment
from tickets.metrics.repeat_contact import Known, repeats
from tickets.metrics.replay import replay
from tickets.metrics.solve_time import done_at
from tickets.metrics.targets import asked_of, running
from tickets.metrics.waiting import ON_CUSTOMER, ON_OTHERS, ON_US, waiting

MINUTE = timedelta(minutes=1)
HOURS = BusinessHours.from_spans("UTC", {str(day): [["09:00", "17:00"]] for day in range(1, 6)}, [])
CLOCK = Clock(((MONDAY_9AM - timedelta(days=9), 1, HOURS),))
FINISHED = {"solved", "closed"}

Happened = tuple[str, str, int | None, Mapping[str, object]]
HAPPENINGS: st.SearchStrategy[Happened] = st.sampled_from(
    [
        (Kind.RECEIVED, "customer", None, {}),
        (Kind.REPLIED, "agent", 1, {}),
        (Kind.REPLIED, "agent", 2, {}),
        (Kind.REPLIED, "rule", None, {}),
        (Kind.NOTED, "agent", 1, {}),
        (Kind.STATUS, "agent", 1, {"category": "wait_customer"}),
        (Kind.STATUS, "agent", 1, {"category": "wait_other"}),
        (Kind.STATUS, "agent", 1, {"category": "open"}),
        (Kind.SOLVED, "agent", 1, {"category": "solved"}),
        (Kind.SOLVED, "rule", None, {"category": "solved"}),
        (Kind.CLOSED, "system", None, {"category": "closed"}),
        (Kind.REOPENED, "customer", None, {"category": "open"}),
    ]
)
STORIES = st.lists(st.tuples(st.integers(1, 900), HAPPENINGS), max_size=18)


@dataclass
class Seen:
    """What somebody with a stop watch would have written down, in minutes from the opening."""

    categories: list[str] = field(default_factory=list)
    answers: list[tuple[int, int]] = field(default_factory=list)
    solvings: list[int] = field(default_factory=list)
    reopenings: list[int] = field(default_factory=list)


def watch(story: Sequence[tuple[int, Happened]]) -> Seen:
    """Go through a story minute by minute."""
    seen, category, unanswered, minute = Seen(), "new", 0, 0
    asked: int | None = unanswered
    for gap, (kind, actor, _agent, new) in story:
        seen.categories += [category] * gap
        minute += gap
        into = str(new.get("category", category))
        if kind in {Kind.STATUS, Kind.SOLVED, Kind.CLOSED, Kind.REOPENED}:
            if into in FINISHED and category not in FINISHED:
                seen.solvings.append(minute)
                asked = None
            if category in FINISHED and into not in FINISHED:
                seen.reopenings.append(minute)
            category = into
        if kind == Kind.RECEIVED and asked is None:
            asked = minute
        if kind == Kind.REPLIED and actor == "agent" and asked is not None:
            seen.answers.append((asked, minute))
            asked = None
    return seen


def moments(story: Sequence[tuple[int, Happened]]) -> list[Moment]:
    found = [Moment(1, MONDAY_9AM, Kind.OPENED, "customer", message_id=1)]
    minute = 0
    for place, (gap, (kind, actor, agent, new)) in enumerate(story, start=2):
        minute += gap
        at = MONDAY_9AM + minute * MINUTE
        found.append(Moment(place, at, kind, actor, agent, place, new=new))
    return found


def minutes(at: datetime) -> int:
    return round((at - MONDAY_9AM) / MINUTE)


def works(minute: int) -> bool:
    at = (MONDAY_9AM + minute * MINUTE).astimezone(UTC)
    return at.weekday() < 5 and 9 <= at.hour < 17


@settings(max_examples=300, deadline=None)
@given(STORIES)
def test_answers_solvings_and_reopenings_are_those_that_were_seen(
    story: list[tuple[int, Happened]],
) -> None:
    history, seen = replay(moments(story)), watch(story)
    assert history is not None

    turns = [turn for cycle in history.cycles for turn in cycle.turns]
    answers = [(t.started_at, t.answered_at) for t in turns if t.answered_at is not None]
    assert sorted((minutes(a), minutes(b)) for a, b in answers) == seen.answers
    solved = [cycle.solved_at for cycle in history.cycles if cycle.solved_at]
    assert [minutes(at) for at in solved] == seen.solvings
    assert [minutes(cycle.started_at) for cycle in history.cycles[1:]] == seen.reopenings


@settings(max_examples=200, deadline=None)
@given(STORIES)
def test_every_minute_waited_is_counted_once_in_both_clocks(
    story: list[tuple[int, Happened]],
) -> None:
    history, seen = replay(moments(story)), watch(story)
    assert history is not None
    end = seen.solvings[-1] if seen.solvings else 0
    by_category = Counter(seen.categories[:end])
    in_hours = Counter(c for n, c in enumerate(seen.categories[:end]) if works(n))

    for categories in (ON_US, ON_CUSTOMER, ON_OTHERS):
        spent = [waiting(one, categories, CLOCK) for one in history.cycles if one.solved_at]
        assert sum(one.c for one in spent) == 60 * sum(by_category[c] for c in categories)
        assert sum(one.b for one in spent) == 60 * sum(in_hours[c] for c in categories)


@settings(max_examples=200, deadline=None)
@given(STORIES, st.integers(0, 9000))
def test_at_any_instant_a_ticket_is_in_the_backlog_exactly_when_it_was_not_solved(
    story: list[tuple[int, Happened]], instant: int
) -> None:
    history, seen = replay(moments(story)), watch(story)
    assert history is not None
    if instant >= len(seen.categories):
        return
    at = MONDAY_9AM + instant * MINUTE

    is_open = any(
        cycle.started_at <= at and (cycle.solved_at is None or at < cycle.solved_at)
        for cycle in history.cycles
    )
    assert is_open == (seen.categories[instant] not in FINISHED)


@settings(max_examples=200, deadline=None)
@given(STORIES)
def test_a_target_has_used_up_the_minutes_in_which_its_clock_ran(
    story: list[tuple[int, Happened]],
) -> None:
    history, seen = replay(moments(story)), watch(story)
    assert history is not None
    pauses = ("wait_customer", "wait_other")

    for asked in asked_of(history):
        if asked.ended_at is None:
            continue
        begin, end = minutes(asked.started_at), minutes(asked.ended_at)
        ran = [n for n in range(begin, end) if seen.categories[n] not in pauses]
        spans = running(history.stages, asked.started_at, asked.ended_at, pauses)
        lengths = [CLOCK.measure(start, until) for start, until in spans]
        assert sum(one.c for one in lengths) == 60 * len(ran)
        assert sum(one.b for one in lengths) == 60 * sum(map(works, ran))


@settings(max_examples=200, deadline=None)
@given(STORIES)
def test_work_was_done_at_solving_or_before_a_rule_closed_what_was_silent(
    story: list[tuple[int, Happened]],
) -> None:
    history = replay(moments(story))
    assert history is not None
    told, minute = [], 0
    for gap, (_kind, actor, _agent, _new) in story:
        minute += gap
        told.append((minute, actor))

    for cycle in history.cycles:
        if cycle.solved_at is None or cycle.solved_by is None:
            continue
        done, solved = minutes(done_at(cycle)), minutes(cycle.solved_at)
        is_ours = cycle.solved_by.actor in {"rule", "system"}
        was_silent = watch(story).categories[solved - 1] == "wait_customer"
        before = [m for m, actor in told if actor == "agent" and m < solved]
        mine = [m for m in before if m >= minutes(cycle.started_at)]
        assert done == (mine[-1] if is_ours and was_silent and mine else solved)


CONTACTS = st.lists(
    st.tuples(
        st.integers(0, 90), st.integers(1, 4), st.sampled_from([None, 1, 2]),
        st.sampled_from([None, 7]),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(CONTACTS, st.lists(st.tuples(st.integers(1, 4), st.integers(0, 90)), max_size=8))
def test_repeats_are_those_that_comparing_every_pair_finds(
    drawn: list[tuple[int, int, int | None, int | None]], solvings: list[tuple[int, int]]
) -> None:
    day = timedelta(days=1)
    contacts = [
        Known(MONDAY_9AM + days * day, str(n), ticket, topic, issue)
        for n, (days, ticket, topic, issue) in enumerate(sorted(drawn, key=lambda one: one[0]))
    ]
    solved = {
        ticket: sorted(MONDAY_9AM + days * day for one, days in solvings if one == ticket)
        for ticket in range(1, 5)
    }

    def is_again(earlier: Known, later: Known) -> bool:
        if later.at - earlier.at > 30 * day:
            return False
        if earlier.ticket_number == later.ticket_number:
            return any(earlier.at < at <= later.at for at in solved[later.ticket_number])
        is_one = later.issue is not None and later.issue == earlier.issue
        topics = {later.topic, earlier.topic}
        return is_one or None in topics or len(topics) == 1

    expected = {}
    for place, later in enumerate(contacts):
        gaps = [later.at - one.at for one in contacts[:place] if is_again(one, later)]
        if gaps:
            expected[later.ref] = min(gaps)
    assert {contact.ref: gap for contact, gap in repeats(contacts, solved)} == expected

"""Our replay against figures others published for real threads and a real audit log."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdesk.lib.calendars import BusinessHours
from tests.metrics.conversations import DATA, moments_of_conversation, moments_of_incident
from tickets.metrics.clock import Clock
from tickets.metrics.replay import Cycle, History, replay
from tickets.metrics.waiting import ON_CUSTOMER, ON_OTHERS, waiting

CONVERSATIONS = DATA / "demo" / "conversations.jsonl"
FIGURES = DATA / "eval" / "conversation_metrics" / "shared" / "expected_conversations.csv.gz"
INCIDENTS = DATA / "eval" / "incident_log" / "shared"

needs_conversations = pytest.mark.skipif(not FIGURES.exists(), reason="no shared data here")
needs_incidents = pytest.mark.skipif(not INCIDENTS.exists(), reason="no shared data here")

NINE_TO_FIVE = BusinessHours(
    zone=ZoneInfo("UTC"),
    spans=dict.fromkeys(range(1, 6), ((time(9), time(17)),)),
    holidays=frozenset(),
)


@lru_cache
def figures() -> dict[str, dict[str, str]]:
    with gzip.open(FIGURES, "rt") as rows:
        return {row["conversation_id"]: row for row in csv.DictReader(rows)}


def compared(*, words_only: bool) -> Iterator[tuple[dict[str, str], History]]:
    with CONVERSATIONS.open() as lines:
        for conversation in map(json.loads, lines):
            history = replay(moments_of_conversation(conversation, words_only=words_only))
            assert history is not None
            yield figures()[conversation["id"]], history


def responses(history: History) -> list[int]:
    turns = [turn for cycle in history.cycles for turn in cycle.turns]
    return [
        int((turn.answered_at - turn.started_at).total_seconds())
        for turn in turns
        if turn.answered_at
    ]


def said_in_words(history: History) -> dict[str, str]:
    found = responses(history)
    mean = f"{sum(found) / len(found):.4f}" if found else ""
    first = history.cycles[0].turns[0].answered_at
    return {
        "first_response_s": str(found[0]) if first else "",
        "response_count": str(len(found)),
        "response_max_s": str(max(found)) if found else "",
        "response_mean_s": mean,
        "waiting_on_agent": str(int(history.waiting_since is not None)),
    }


def said_of_solving(history: History) -> dict[str, str]:
    first = history.cycles[0]
    took = (first.solved_at - history.opened_at).total_seconds() if first.solved_at else None
    return {
        "solved": str(int(first.solved_at is not None)),
        "solution_s": "" if took is None else str(int(took)),
        "agent_replies_before_solution": "" if took is None else str(len(first.replies)),
        "one_touch": str(int(took is not None and len(first.replies) == 1)),
        "handoffs": str(sum(hop.is_transfer for cycle in history.cycles for hop in cycle.hops)),
    }


def is_same(name: str, ours: str, theirs: str) -> bool:
    if name == "response_mean_s" and ours and theirs:
        return abs(float(ours) - float(theirs)) <= 0.01  # theirs is rounded to two places
    return ours == theirs


@needs_conversations
def test_responses_are_the_published_ones() -> None:
    wrong: Counter[str] = Counter()
    for figure, history in compared(words_only=True):
        ours = said_in_words(history)
        wrong.update(name for name, value in ours.items() if not is_same(name, value, figure[name]))
    assert not wrong


@needs_conversations
def test_solving_and_handoffs_are_the_published_ones() -> None:
    wrong: Counter[str] = Counter()
    for figure, history in compared(words_only=False):
        ours = said_of_solving(history)
        wrong.update(name for name, value in ours.items() if value != figure[name])
    assert not wrong


@needs_conversations
def test_responses_differ_from_the_published_ones_only_where_solving_ended_a_turn() -> None:
    differing = 0
    for figure, history in compared(words_only=False):
        ours = said_in_words(history)
        if any(not is_same(name, value, figure[name]) for name, value in ours.items()):
            differing += 1
            turns = [turn for cycle in history.cycles for turn in cycle.turns]
            assert figure["solved"] == "1"
            assert any(turn.dropped_at for turn in turns) or history.is_finished
    assert differing < 200


def minutes(start: datetime, end: datetime | None) -> str:
    return str(int((end - start).total_seconds() // 60)) if end else ""


def stamp(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def said_of_incident(history: History) -> dict[str, str]:
    cycles = [cycle for cycle in history.cycles if cycle.solved_at]
    ended = cycles[-1] if cycles else None
    hops = [hop for cycle in history.cycles for hop in cycle.hops]
    clock = Clock(((datetime(2000, 1, 1, tzinfo=UTC), 1, NINE_TO_FIVE),))
    full = clock.measure(history.opened_at, ended.solved_at) if ended and ended.solved_at else None
    return {
        "reassignment_count": str(sum(hop.kind == "team" for hop in hops)),
        "reopen_count": str(len(history.cycles) - 1),
        "first_resolved_at": stamp(cycles[0].solved_at if cycles else None),
        "resolved_at": stamp(ended.solved_at if ended else None),
        "resolution_min": minutes(history.opened_at, ended.solved_at if ended else None),
        "business_resolution_min": str(int(full.b // 60)) if full else "",
        "awaiting_user_min": awaited(history, ON_CUSTOMER, clock),
        "awaiting_any_min": awaited(history, (*ON_CUSTOMER, *ON_OTHERS), clock),
    }


def awaited(history: History, categories: tuple[str, ...], clock: Clock) -> str:
    cycles: list[Cycle] = history.cycles
    return str(int(sum(waiting(cycle, categories, clock).c for cycle in cycles) // 60))


def incidents() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    with gzip.open(INCIDENTS / "expected_tickets.csv.gz", "rt") as rows:
        expected = {row["ticket"]: row for row in csv.DictReader(rows)}
    with gzip.open(INCIDENTS / "events.csv.gz", "rt") as rows:
        for ticket, events in groupby(csv.DictReader(rows), key=itemgetter("ticket")):
            history = replay(moments_of_incident(list(events)))
            assert history is not None
            yield expected[ticket], said_of_incident(history)


@needs_incidents
def test_an_audit_log_gives_the_published_counts_and_times() -> None:
    wrong: Counter[str] = Counter()
    examples: dict[str, Any] = {}
    for expected, ours in incidents():
        if expected["event_consistent"] == "1":
            for name, value in ours.items():
                if value != expected[name]:
                    wrong[name] += 1
                    examples.setdefault(name, (expected["ticket"], value, expected[name]))
    assert not wrong, examples

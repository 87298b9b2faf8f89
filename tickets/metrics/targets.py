"""What the SLA policies asked of a ticket, and whether it was kept (METRICS 5.2). Pure.

Three kinds, each measured alone: the first reply, every later reply (each turn of the customer,
and what reopened a ticket), and the solving of each cycle. A target begins with the customer's
words, or the cycle; no clock runs in the status categories its policy pauses. It is met when no
more than its time was used up at the reply or the solving; later is breached, whatever happens
then. A turn that needed no reply is cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.metrics.clock import Clock
from tickets.metrics.reopening import is_courtesy
from tickets.metrics.replay import Cycle, History, Span
from tickets.metrics.solve_time import done_at
from tickets.models import Aim, SlaPolicy, TargetKind

PENDING, MET, BREACHED, CANCELLED = "pending", "met", "breached", "cancelled"


@dataclass(frozen=True)
class Asked:
    """A stretch of a ticket that a policy may have a target for; open-ended while it lasts.

    `agent_id` is whose reply or solving ended it.
    """

    kind: str
    ref: str
    started_at: datetime
    ended_at: datetime | None
    is_cancelled: bool = False
    agent_id: int | None = None


@dataclass(frozen=True)
class Judged:
    """How a target stands. `spent` is in seconds of its measure, of an ended one or up to the
    last change of status; `due_at` is None for an ended or pausing one. `warn_at` and `escalate_at`
    are when its policy has something done, None where it has not."""

    asked: Asked
    policy: SlaPolicy
    aim: Aim
    outcome: str
    spent: float
    due_at: datetime | None
    calendar_id: int | None
    warn_at: datetime | None = None
    escalate_at: datetime | None = None


def asked_of(history: History) -> Iterator[Asked]:
    """Yield the stretches of a ticket, in the order they began within each cycle."""
    for cycle in history.cycles:
        for index, turn in enumerate(cycle.turns):
            is_first = cycle.number == 1 and index == 0
            yield Asked(
                TargetKind.FIRST_REPLY if is_first else TargetKind.NEXT_REPLY,
                f"reply:{cycle.number}:{index}",
                turn.started_at,
                turn.ended_at,
                is_cancelled=turn.dropped_at is not None,
                agent_id=turn.answered_by,
            )
        if not is_courtesy(cycle):
            yield _solving(cycle)


def _solving(cycle: Cycle) -> Asked:
    ended_at = done_at(cycle) if cycle.solved_at is not None else None
    by = cycle.solved_by.agent_id if cycle.solved_by else None
    ref = f"solving:{cycle.number}"
    return Asked(TargetKind.SOLVING, ref, cycle.started_at, ended_at, agent_id=by)


def judge(
    history: History,
    clock: Clock,
    policy_for: Callable[[Asked], SlaPolicy | None],
    *,
    clocks: Mapping[str, Clock],
) -> Iterator[Judged]:
    """Yield how every target of a ticket stands; `policy_for` names the policy of each.

    `clock` is the workspace's, `clocks` those of its other calendars, by name.
    """
    for asked in asked_of(history):
        policy = policy_for(asked)
        aim = policy.aim(asked.kind) if policy else None
        if policy is not None and aim is not None:
            own = clocks.get(policy.calendar_name, clock)
            yield _judge(asked, policy, aim, history.stages, own)


def _judge(asked: Asked, policy: SlaPolicy, aim: Aim, stages: list[Span], clock: Clock) -> Judged:
    end = asked.ended_at or max(asked.started_at, stages[-1].started_at)
    spent = sum(
        _seconds(aim, begin, until, clock)
        for begin, until in running(stages, asked.started_at, end, policy.pauses)
    )
    due_at = warn_at = None
    if asked.ended_at is None and stages[-1].category not in policy.pauses:
        hours = clock.hours(end)
        # What is used up already was due when it was; only then is the moment in the past.
        left = aim.seconds - spent
        due_at = aim.due_after(end, max(0.0, left), hours)
        before = policy.warns_before(asked.kind)
        if before is not None:
            warn_at = aim.due_after(end, max(0.0, left - before), hours)
    return Judged(
        asked, policy, aim, _outcome(asked, aim, spent), spent, due_at,
        clock.calendar_id(asked.started_at),
        warn_at, due_at if policy.step(asked.kind, "breach") else None,
    )  # fmt: skip


def _outcome(asked: Asked, aim: Aim, spent: float) -> str:
    if asked.is_cancelled:
        return CANCELLED
    if asked.ended_at is None:
        return PENDING
    return MET if spent <= aim.seconds else BREACHED


def running(
    stages: list[Span], start: datetime, end: datetime, pauses: Collection[str]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the parts of a stretch in which the clock ran."""
    for stage in stages:
        begin, until = max(start, stage.started_at), min(end, stage.ended_at or end)
        if begin < until and stage.category not in pauses:
            yield begin, until


def _seconds(aim: Aim, begin: datetime, end: datetime, clock: Clock) -> float:
    length = clock.measure(begin, end)
    has_hours = clock.calendar_id(begin) is not None
    return length.b if aim.is_business and has_hours else length.c

"""What the metrics make of a told incident, in the words and the variants of the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from tickets.metrics.clock import Clock, Length
from tickets.metrics.replay import History, Span
from tickets.models import Category, Measure

MINUTE = 60
# What stands for how a target ended; one that runs or was cancelled is not known.
MET = {"met": 1, "breached": 0}
# Where the log's definition is not the desk's own, which one is written.
VARIANTS: dict[str, str] = {
    "first_assigned_at": "as recorded, though before the opening the log names",
    "reassignment_count": "every change of team; the desk counts those after a person owned it",
    "reopen_count": "every return from solved; the desk leaves out mere thanks",
    "resolved_at": "the last entry into solved, though it was reopened since; closing is none",
    "closed_at": "the first closing; the desk keeps the last",
    "resolution_min": "opening to resolved_at, also where a rule closed after silence",
    "awaiting_user_min": "by the calendar, until resolved_at, over all solve cycles",
    "sla_calendar_met": "opening to resolved_at without pauses, by the last priority",
}
COLUMNS = (
    "ticket",
    "first_assigned_at",
    "reassignment_count",
    "reopen_count",
    "first_resolved_at",
    "resolved_at",
    "closed_at",
    "resolution_min",
    "business_resolution_min",
    "first_assignment_min",
    "close_min",
    "awaiting_user_min",
    "awaiting_any_min",
    "sla_calendar_met",
    "sla_business_met",
)


def figures(
    key: str, history: History, clock: Clock, outcomes: Mapping[str, str]
) -> dict[str, object]:
    """Return one row of the answer: moments in UTC, whole minutes begun, met as 1 or 0.

    `outcomes` says how the solving target ended, by measure.
    """
    solved = [stage.started_at for stage in history.stages if stage.category == Category.SOLVED]
    closed = [stage.started_at for stage in history.stages if stage.category == Category.CLOSED]
    resolved_at, closed_at = max(solved, default=None), min(closed, default=None)
    taken = clock.measure(history.opened_at, resolved_at) if resolved_at else None
    awaiting_user = _spent(history.stages, {Category.WAIT_CUSTOMER}, resolved_at, clock)
    awaiting_other = _spent(history.stages, {Category.WAIT_OTHER}, resolved_at, clock)
    return {
        "ticket": key,
        "first_assigned_at": _moment(history.first_assigned_at),
        "reassignment_count": sum(
            hop.kind == "team" for cycle in history.cycles for hop in cycle.hops
        ),
        "reopen_count": len(history.cycles) - 1,
        "first_resolved_at": _moment(min(solved, default=None)),
        "resolved_at": _moment(resolved_at),
        "closed_at": _moment(closed_at),
        "resolution_min": _minutes(taken.c if taken else None),
        "business_resolution_min": _minutes(taken.b if taken else None),
        "first_assignment_min": _until(history, history.first_assigned_at),
        "close_min": _until(history, closed_at),
        "awaiting_user_min": _minutes(awaiting_user.c),
        "awaiting_any_min": _minutes(awaiting_user.c + awaiting_other.c),
        "sla_calendar_met": MET.get(outcomes.get(Measure.CALENDAR, ""), ""),
        "sla_business_met": MET.get(outcomes.get(Measure.BUSINESS, ""), ""),
    }


def _spent(
    stages: list[Span], categories: Collection[str], until: datetime | None, clock: Clock
) -> Length:
    total = Length()
    for stage in stages:
        end = min((at for at in (stage.ended_at, until) if at is not None), default=None)
        if stage.category in categories and end is not None:
            total += clock.measure(stage.started_at, end)
    return total


def _until(history: History, at: datetime | None) -> object:
    return _minutes((at - history.opened_at).total_seconds() if at else None)


def _minutes(seconds: float | None) -> object:
    return "" if seconds is None else int(seconds // MINUTE)


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""

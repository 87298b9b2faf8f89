"""F10: what runs by the clock, when the clock is set."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery

from helpdesk.scheduler import SteadyScheduler

EVERY_SECONDS = 15.0
HOUR = timedelta(hours=1)


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[SteadyScheduler]:
    app = Celery("clock", broker="memory://", set_as_current=False)
    entries = ("sweep", "fetch")
    app.conf.beat_schedule = {name: {"task": name, "schedule": EVERY_SECONDS} for name in entries}
    made = SteadyScheduler(app=app, schedule_filename=str(tmp_path / "schedule"))
    yield made
    made.close()


def turn_clock(scheduler: SteadyScheduler, by: timedelta) -> None:
    """As the scheduler sees it: what it remembers is of the time before."""
    for entry in scheduler.schedule.values():
        entry.last_run_at -= by
    scheduler.populate_heap()


def runs(scheduler: SteadyScheduler) -> int:
    return sum(entry.total_run_count for entry in scheduler.schedule.values())


def test_a_clock_set_back_holds_nothing_up_for_longer_than_its_period(
    scheduler: SteadyScheduler,
) -> None:
    turn_clock(scheduler, -HOUR)

    assert scheduler.tick() <= EVERY_SECONDS
    assert runs(scheduler) == 0
    turn_clock(scheduler, timedelta(seconds=EVERY_SECONDS))
    while not scheduler.tick():
        pass
    assert runs(scheduler) == 2


def test_a_clock_set_ahead_runs_each_once(scheduler: SteadyScheduler) -> None:
    turn_clock(scheduler, HOUR)

    while not scheduler.tick():
        pass

    assert runs(scheduler) == 2

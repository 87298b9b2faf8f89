"""Celery's clockwork, for machines whose clock is set back.

Celery waits until the old time comes again: after an hour's correction no sweep runs for an hour.
"""

from datetime import timedelta

from celery.beat import PersistentScheduler

# What a clock that is kept right goes back by is less.
TOLERANCE = timedelta(seconds=2)


class SteadyScheduler(PersistentScheduler):  # type: ignore[misc]  # Celery has no types
    """Runs each entry one period after its clock was set back, and goes on from there."""

    def tick(self) -> float:
        """Run what is due; return the seconds to wait for the next."""
        late = [
            entry
            for entry in self.schedule.values()
            if entry.last_run_at > entry.default_now() + TOLERANCE
        ]
        for entry in late:
            entry.last_run_at = entry.default_now()
        if late:
            self._heap = None  # made anew from the entries
        wait: float = super().tick()
        return wait

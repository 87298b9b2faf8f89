"""Keeps children running: starts them in order, restarts one that ends, stops all in reverse."""

import signal
import time
from collections.abc import Callable, Sequence
from threading import Event
from types import FrameType

from helpdesk.embedded.child import Child
from helpdesk.embedded.journal import Journal

WATCH_SECONDS = 0.2
LONGEST_BACK_OFF_SECONDS = 5.0
GIVE_UP_AFTER = 5
GIVE_UP_WITHIN_SECONDS = 60.0


class Supervisor:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._stages: list[list[Child]] = []
        self._stop = Event()

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    @property
    def interrupted(self) -> Callable[[], bool]:
        return self._stop.is_set

    def start(self, children: Sequence[Child], *, ready_seconds: float = 60.0) -> None:
        """Start one stage: its children side by side, then wait until all of them answer.

        Raises Refusal or Interrupted.
        """
        self._stages.append(list(children))
        for child in children:
            child.start()
        for child in children:
            child.await_ready(ready_seconds, interrupted=self.interrupted)

    def run(self, child: Child) -> int:
        """Run a one-off command to its end and return its exit code. Raises Interrupted."""
        self._stages.append([child])
        child.start()
        code = child.await_end(interrupted=self.interrupted)
        self._stages.remove([child])
        return code

    def watch(self) -> int:
        """Restart what ends until asked to stop; return the exit code of the whole."""
        while not self._stop.wait(WATCH_SECONDS):
            for child in [child for stage in self._stages for child in stage]:
                if not self._tend(child):
                    return 1
        return 0

    def _tend(self, child: Child) -> bool:
        """Restart `child` if it has ended and its back-off is over; False when to give up."""
        if child.exit_code is None:
            return True
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                child.start()
            return True
        child.clear_group()
        child.ends.append(now)
        recent = [end for end in child.ends if end > now - GIVE_UP_WITHIN_SECONDS]
        if len(recent) > GIVE_UP_AFTER:
            self._journal.say(
                f"{child.name} ended {len(recent)} times within a minute: stopping everything. "
                "The lines above say why."
            )
            return False
        wait = min(0.2 * 2 ** (len(recent) - 1), LONGEST_BACK_OFF_SECONDS)
        self._journal.say(
            f"{child.name} ended with code {child.exit_code}; starting it again in {wait:.1f} s."
        )
        child.restart_at = now + wait
        return True

    def stop(self) -> None:
        """Stop the stages in reverse order, the children of one stage side by side."""
        for stage in reversed(self._stages):
            for child in stage:
                child.begin_stop()
            for child in stage:
                child.finish_stop()
        self._stages.clear()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

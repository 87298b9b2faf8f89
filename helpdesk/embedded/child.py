"""A process under the supervisor: started through the shim, heard, stopped in steps."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread

from helpdesk.embedded.journal import Journal
from helpdesk.embedded.places import BASE_DIR, Refusal

SHIM = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
LAST_LINES = 15
LAST_WORDS_SECONDS = 1.0
READY_POLL_SECONDS = 0.02


class Interrupted(Exception):
    """The person asked to stop while something was still starting."""


class Child:
    """One process. Its output goes to the journal under its name.

    `stop_steps` are (signal, seconds to wait after it); what is left after the last step is killed.
    Lines that `chatter` matches go to the log file alone.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        journal: Journal,
        *,
        environment: Mapping[str, str] | None = None,
        ready: Callable[[], bool] | None = None,
        stop_steps: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 4.0),),
        death_signal: signal.Signals = signal.SIGTERM,
        shim_options: Sequence[str] = (),
        held_descriptors: Sequence[int] = (),
        chatter: re.Pattern[str] | None = None,
    ) -> None:
        self.name = name
        self.restart_at: float | None = None
        self.ends: deque[float] = deque(maxlen=6)
        self._command = list(command)
        self._journal = journal
        self._environment = dict(os.environ if environment is None else environment)
        self._ready = ready or (lambda: True)
        self._stop_steps = stop_steps
        self._shim_options = ["--death-signal", str(int(death_signal)), *shim_options]
        self._held_descriptors = tuple(held_descriptors)
        self._chatter = chatter
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: Thread | None = None
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)

    def start(self) -> None:
        self.restart_at = None
        self._last_lines.clear()
        self._process = subprocess.Popen(
            [*SHIM, *self._shim_options, "--", *self._command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            cwd=BASE_DIR,
            start_new_session=True,
            pass_fds=self._held_descriptors,
        )
        self._listener = Thread(target=self._listen, args=(self._process,), daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def exit_code(self) -> int | None:
        """None while it runs or before it was started."""
        return self._process.poll() if self._process else None

    def await_ready(self, seconds: float, *, interrupted: Callable[[], bool]) -> None:
        """Wait until it answers.

        Raises Refusal when it ends or stays silent, Interrupted on a stop.
        """
        end = time.monotonic() + seconds
        while not self._ready():
            if interrupted():
                raise Interrupted
            if self.exit_code is not None:
                said = "\n".join(self._last_lines)
                raise Refusal(f"{self.name} ended at once with code {self.exit_code}:\n{said}")
            if time.monotonic() > end:
                raise Refusal(f"{self.name} did not answer within {seconds:.0f} seconds.")
            time.sleep(READY_POLL_SECONDS)

    def await_end(self, *, interrupted: Callable[[], bool]) -> int:
        """Wait for a one-off command and return its exit code. Raises Interrupted on a stop."""
        while self.exit_code is None:
            if interrupted():
                raise Interrupted
            time.sleep(READY_POLL_SECONDS)
        return self.exit_code

    def begin_stop(self) -> None:
        """Send the first stop signal without waiting, so that several can stop side by side."""
        if self._process and self.exit_code is None:
            self._process.send_signal(self._stop_steps[0][0])

    def finish_stop(self) -> None:
        """Wait through the stop steps, kill what is left, and clear its whole process group."""
        process = self._process
        if process is None:
            return
        for number, (stop_signal, seconds) in enumerate(self._stop_steps):
            if number and process.poll() is None:
                process.send_signal(stop_signal)
            try:
                process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        else:
            self._journal.say(f"{self.name} did not stop in time and was killed.")
        self.clear_group()
        process.wait()
        if self._listener:
            self._listener.join(LAST_WORDS_SECONDS)

    def clear_group(self) -> None:
        """Kill what a process that has ended left behind in its session."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def _listen(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None  # noqa: S101  it was opened as a pipe
        for raw in process.stdout:
            text = raw.decode("utf-8", "replace").rstrip()
            if text:
                self._last_lines.append(text)
                idle = self._chatter is not None and self._chatter.match(text) is not None
                self._journal.line(self.name, text, only_file=idle)
        process.stdout.close()

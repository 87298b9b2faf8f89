"""An instance whose workers are killed again and again, and what is asked of it afterwards."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.embedded.instance import BASE_DIR, Instance, command_line

FINISH_SECONDS = 900.0
# Where the pulse asks for fetches.
FETCH_QUEUE = "fetching"
Process = subprocess.Popen[str]


class Storm:
    """`workers` of an instance and the kills that are left; see tests.faults.nursery."""

    def __init__(self, instance: Instance, *, workers: int, kills: int, kind: str) -> None:
        self.kills: Counter[str] = Counter()
        self._wanted = kills
        environment = environment_of(instance)
        options = [str(workers), str(kills), kind]
        self._nursery = start_beside("tests.faults.nursery", *options, environment=environment)
        self._pulse = start_beside("tests.faults.pulse", environment=environment)

    def strikes(self) -> Iterator[int]:
        """Yield how many workers have been killed, each time one has, until all kills are done."""
        assert self._nursery.stdout is not None
        while self.kills.total() < self._wanted:
            line = self._nursery.stdout.readline().strip()
            assert line, "the nursery ended"
            self.kills[line] += 1
            yield self.kills.total()

    def close(self) -> None:
        for process in (self._pulse, self._nursery):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()


@contextmanager
def storm_over(instance: Instance, *, workers: int, kills: int, kind: str) -> Iterator[Storm]:
    """Kill an instance's workers until closed; those that come last are left in peace."""
    storm = Storm(instance, workers=workers, kills=kills, kind=kind)
    try:
        yield storm
    finally:
        storm.close()


def environment_of(instance: Instance, program: str = " -A helpdesk worker ") -> dict[str, str]:
    """The environment of one of an instance's own processes, secrets and servers included."""
    own = next(pid for pid in instance.tree() if program in command_line(pid))
    entries = Path(f"/proc/{own}/environ").read_text().split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def start_beside(module: str, *options: str, environment: Mapping[str, str]) -> Process:
    """Start a program of the tests with an instance's environment, in a group of its own."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", module, *options],
        env=dict(environment),
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ask(instance: Instance, code: str) -> dict[str, Any]:
    """What `code`, which ends by calling `tell(a dictionary)`, finds in the instance's database."""
    telling = "import json\ndef tell(found): print('TOLD' + json.dumps(found))\n"
    lines = instance.shell(telling + code, seconds=FINISH_SECONDS).splitlines()
    told: dict[str, Any] = json.loads(
        next(line for line in lines if line.startswith("TOLD")).removeprefix("TOLD")
    )
    return told


def await_end(instance: Instance, code: str, *, seconds: float = FINISH_SECONDS) -> dict[str, Any]:
    """Ask again and again until nothing is `unfinished`, or the time is over."""
    end = time.monotonic() + seconds
    while True:
        found = ask(instance, code)
        if not found["unfinished"] or time.monotonic() > end:
            return found
        select.select([], [], [], 2)

"""A clock of day that can be turned for chosen processes; see clock.c."""

import os
import shutil
import struct
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

COMPILER = shutil.which("cc") or ""
_SOURCE = Path(__file__).with_name("clock.c")
_LONG = struct.Struct("l")


class Clock:
    """Right at first. Skips where there is no C compiler, or another system than Linux."""

    def __init__(self, directory: Path) -> None:
        if not COMPILER or sys.platform != "linux":
            pytest.skip("a clock that can be turned takes Linux and a C compiler (cc)")
        self._library, self._ahead = directory / "clock.so", directory / "ahead"
        command = [COMPILER, "-O2", "-shared", "-fPIC", "-o", str(self._library), str(_SOURCE)]
        subprocess.run(command, check=True)  # noqa: S603
        self._ahead.write_bytes(_LONG.pack(0))

    @property
    def environment(self) -> dict[str, str]:
        """With which a process lives by this clock."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_AHEAD_FILE": str(self._ahead)}

    def wrapped(self, programs: Path) -> Path:
        """A folder of the same programs living by this clock in whatever environment."""
        folder = self._library.with_name("programs")
        folder.mkdir()
        own = " ".join(f"{name}={value}" for name, value in self.environment.items())
        for program in programs.iterdir():
            script = folder / program.name
            script.write_text(f'#!/bin/sh\n{own} exec {program} "$@"\n')
            script.chmod(0o755)
        return folder

    def turn(self, ahead: timedelta) -> None:
        """Set it so far ahead of the machine's, at once and for all who live by it."""
        with self._ahead.open("r+b") as file:
            os.pwrite(file.fileno(), _LONG.pack(int(ahead.total_seconds())), 0)

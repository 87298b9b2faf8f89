"""The one log of a running instance: every line to the terminal and to var/beforehand.log."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import RLock

NAME_WIDTH = 9
LOG_BYTES = 5_000_000
LOG_FILES = 4


class Journal:
    """Writes whole lines, from any thread, marked with the name of the process that said them."""

    def __init__(self, log: Path | None = None, *, quiet: bool = False) -> None:
        self._lock = RLock()
        self._quiet = quiet
        self._open_step = ""
        self._file = logging.Logger("beforehand.log")  # noqa: LOG001  apart from the tree of loggers
        if log is not None:
            log.touch(mode=0o600)
            handler = RotatingFileHandler(log, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1)
            handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
            self._file.addHandler(handler)

    def close(self) -> None:
        for handler in list(self._file.handlers):
            self._file.removeHandler(handler)
            handler.close()

    def say(self, text: str) -> None:
        """The supervisor's own sentence."""
        self._write(text, to_file=f"{'up':<{NAME_WIDTH}}| {text}")

    def line(self, name: str, text: str, *, only_file: bool = False) -> None:
        """One line that the process `name` has written."""
        marked = f"{name:<{NAME_WIDTH}}| {text}"
        if only_file:
            self._file.info("%s", marked)
        else:
            self._write(marked, to_file=marked)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show `text …` while the block runs and the seconds it took when it is done."""
        began = time.monotonic()
        with self._lock:
            self._open_step = f"{text} …"
            self._print(self._open_step, end="")
        yield
        took = f"{time.monotonic() - began:.1f} s"
        with self._lock:
            whole = f"{text} … {took}"
            self._print(f" {took}" if self._open_step else whole)
            self._open_step = ""
            self._file.info("%s| %s", f"{'up':<{NAME_WIDTH}}", whole)

    def _write(self, text: str, *, to_file: str) -> None:
        with self._lock:
            if self._open_step:
                self._print("")
                self._open_step = ""
            self._print(text)
            self._file.info("%s", to_file)

    def _print(self, text: str, end: str = "\n") -> None:
        if self._quiet:
            return
        try:
            print(text, end=end, flush=True)
        except (BrokenPipeError, ValueError):
            # The terminal has gone; the log file goes on.
            self._quiet = True
            sys.stdout = None

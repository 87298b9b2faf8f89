"""One reader process and the two pipes to it."""

import os
import select
import subprocess
import time
import weakref
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from tickets.channels.email.apart.agreed import READY, Answer, Question
from tickets.channels.email.apart.wire import HEAD, WireFault, pack, sizes, unpack

_ROOT = Path(__file__).resolve().parents[4]
_CHUNK = 1 << 20
MAILS_EACH = 5_000  # before a reader makes room for a fresh one


def _environment() -> dict[str, str]:
    """What Python needs to start, and none of the secrets in the worker's own environment."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    paths = filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", "")))
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


class ReaderGone(Exception):
    """The reader ended, by itself or by a signal; `code` as subprocess has it."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ended with {code}")
        self.code = code


class ReaderLate(Exception):
    """The reader did not answer in time and was killed; `worked` is the CPU time it got, in s."""

    def __init__(self, worked: float) -> None:
        super().__init__(f"late after {worked:.1f} s of work")
        self.worked = worked


class ReaderProcess:
    """Owned by one thread at a time."""

    _all: ClassVar[weakref.WeakSet["ReaderProcess"]] = weakref.WeakSet()

    def __init__(self, command: Sequence[str], *, seconds: float) -> None:
        """Start a reader and wait until it is ready. Raises OSError, ReaderGone, ReaderLate."""
        self.answered = 0
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
        )
        assert self._process.stdin is not None  # noqa: S101 - tells the type checker
        assert self._process.stdout is not None  # noqa: S101
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._worked = 0.0
        ReaderProcess._all.add(self)
        self._read(len(READY), time.monotonic() + seconds)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_worn(self) -> bool:
        """Whether it has read so many mails that a fresh one should take over."""
        return self.answered >= MAILS_EACH

    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ask(self, question: Question, *, seconds: float) -> Answer:
        """Have one mail read. Raises ReaderGone or ReaderLate; the reader is dead then."""
        until = time.monotonic() + seconds
        self._worked = self._cpu_seconds()
        self._write(pack(question), until)
        try:
            words, rest = sizes(bytes(self._read(HEAD.size, until)))
            text, data = self._read(words, until), self._read(rest, until)
            answer = unpack(Answer, bytes(text), memoryview(data))
        except WireFault as fault:
            self.kill()
            raise ReaderGone(0) from fault
        self.answered += 1
        return answer

    def kill(self) -> int:
        """End it and return its exit code; the code it had if it ended before."""
        if self._process.poll() is None:
            self._process.kill()
        code = self._process.wait()
        self._close()
        return code

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _write(self, chunks: Iterable[bytes], until: float) -> None:
        for chunk in chunks:
            left = memoryview(chunk)
            while left:
                self._wait(self._in, select.POLLOUT, until)
                try:
                    left = left[os.write(self._in, left[:_CHUNK]) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError:
                    raise ReaderGone(self._end()) from None

    def _read(self, size: int, until: float) -> bytearray:
        data = bytearray(size)
        view, got = memoryview(data), 0
        while got < size:
            self._wait(self._out, select.POLLIN, until)
            try:
                count = os.readv(self._out, [view[got : got + _CHUNK]])
            except BlockingIOError:
                continue
            if not count:
                raise ReaderGone(self._end())
            got += count
        return data

    def _wait(self, pipe: int, event: int, until: float) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        if not poll.poll(max(until - time.monotonic(), 0) * 1000):
            worked = self._cpu_seconds() - self._worked
            self.kill()
            raise ReaderLate(worked)

    def _end(self) -> int:
        """The exit code of a reader whose pipe is closed already."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        return self.kill()

    def _cpu_seconds(self) -> float:
        """How long it has been at work; without /proc as if it had always been."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @classmethod
    def forget_all(cls) -> None:
        """In a forked child: close the pipes of all readers, which are the parent's."""
        for reader in list(cls._all):
            reader.abandon()
        cls._all = weakref.WeakSet()

    def abandon(self) -> None:
        """Close the pipes and leave the process to its parent."""
        self._close()
        self._process.returncode = 0  # not ours to wait for

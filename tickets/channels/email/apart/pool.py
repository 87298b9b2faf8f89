"""The worker's side: readers are started when first needed, kept, and killed when they must be."""

import atexit
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence

from helpdesk.lib.errors import TransientError
from tickets.channels.email.apart.agreed import (
    CPU_SECONDS,
    MEMORY,
    OUT_OF_MEMORY,
    WALL_SECONDS,
    Answer,
    Question,
)
from tickets.channels.email.apart.process import ReaderGone, ReaderLate, ReaderProcess
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.reading import ParsedMail
from tickets.channels.errors import NoAnswerInTime

log = logging.getLogger(__name__)

READER = (sys.executable, "-m", "tickets.channels.email.apart.child")
START_SECONDS = 30.0
MAX_IDLE = 4
_DEATHS = 2  # of readers that had read nothing before: then it is the mail


class ReaderUnavailable(TransientError):
    """No reader could be started, or the machine gave it no time: nothing the mail has done."""


class ReaderStarved(ReaderUnavailable, NoAnswerInTime):
    """The reader waited for the machine all the time it had; the mail itself may be why."""


class ReaderPool:
    """Readers of one worker process, each used by one thread at a time."""

    _idle: list[ReaderProcess]
    _lock: threading.Lock

    def __init__(self, command: Sequence[str] = READER, *, seconds: float = WALL_SECONDS) -> None:
        self._command = command
        self._seconds = seconds
        self.forget()

    def read(self, raw: bytes, *, envelope_from: str | None = None) -> ParsedMail:
        """See `read_apart`."""
        answer = self._answer(Question(raw=raw, envelope_from=envelope_from))
        if answer.mail is not None:
            return answer.mail
        if answer.fault:
            log.error("a mail cannot be read: %s\n%s", answer.fault, answer.trace)
        raise UnreadableMail(answer.refused or f"Reading it failed ({answer.fault}).")

    def _answer(self, question: Question) -> Answer:
        """Ask until a reader answers: what it had read before may have been its end, not this."""
        deaths = 0
        while True:
            reader = self._take()
            is_fresh = reader.answered == 0
            try:
                answer = reader.ask(question, seconds=self._seconds)
            except ReaderLate as late:
                raise self._late(late) from late
            except ReaderGone as gone:
                deaths += is_fresh
                log.warning("a reader ended with %s after %s mails", gone.code, reader.answered)
                if _is_to_blame(gone.code, is_fresh=is_fresh) or deaths == _DEATHS:
                    raise UnreadableMail(_reason(gone.code)) from gone
            except BaseException:
                reader.kill()  # half an answer may be on its way
                raise
            else:
                self._give_back(reader)
                return answer

    def _late(self, late: ReaderLate) -> Exception:
        log.warning("a reader was killed after %s s, %s s at work", self._seconds, late.worked)
        if late.worked < CPU_SECONDS:  # else the kernel would have ended it
            return ReaderStarved("The reader of mails got too little time from the machine.")
        return UnreadableMail(_too_long(self._seconds))

    def _take(self) -> ReaderProcess:
        while True:
            with self._lock:
                reader = self._idle.pop() if self._idle else None
            if reader is None:
                break
            if reader.is_alive():
                return reader
            reader.kill()  # it was ended from outside while it had nothing to do
        try:
            reader = ReaderProcess(self._command, seconds=START_SECONDS)
        except (OSError, ReaderGone, ReaderLate) as error:
            raise ReaderUnavailable(f"No reader of mails could be started: {error!r}") from error
        return reader

    def _give_back(self, reader: ReaderProcess) -> None:
        with self._lock:
            if len(self._idle) < MAX_IDLE and not reader.is_worn:
                self._idle.append(reader)
                return
        reader.kill()

    def pids(self) -> list[int]:
        """The process ids of the idle readers."""
        with self._lock:
            return [reader.pid for reader in self._idle]

    def stop(self) -> None:
        """End the idle readers."""
        with self._lock:
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.kill()

    def forget(self) -> None:
        """Begin anew, without a word to the readers so far."""
        self._idle = []
        self._lock = threading.Lock()


def _is_to_blame(code: int, *, is_fresh: bool) -> bool:
    return code == -signal.SIGPROF or (is_fresh and code == OUT_OF_MEMORY)


def _reason(code: int) -> str:
    if code == -signal.SIGPROF:
        return _too_long(CPU_SECONDS)
    if code == OUT_OF_MEMORY:
        return f"Reading this mail took more than {MEMORY // 1024 // 1024} MB of memory."
    return f"Reading this mail ends its reader each time ({code})."


def _too_long(seconds: float) -> str:
    return f"Reading this mail took more than {seconds:.0f} seconds."


_pool = ReaderPool()


def read_apart(raw: bytes, *, envelope_from: str | None = None) -> ParsedMail:
    """`read_mail` in a process of its own, within CPU_SECONDS, WALL_SECONDS and MEMORY.

    Raises UnreadableMail where the mail is refused, passes a limit or brings the reader down, and
    ReaderUnavailable where trying again later may help. Safe from several threads and after a fork.
    """
    return _pool.read(raw, envelope_from=envelope_from)


def _forget() -> None:
    """In a forked child: the readers are the parent's; close its ends so that they end with it."""
    _pool.forget()
    ReaderProcess.forget_all()


os.register_at_fork(after_in_child=_forget)
atexit.register(_pool.stop)

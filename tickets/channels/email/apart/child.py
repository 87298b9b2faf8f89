"""The reader's own process: reads one mail after the other from its input until that ends.

Started with the parent's Python, without Django. It sets its own limits and keeps to them by the
kernel: what needs more memory or time than a mail may have ends it.
"""

import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from tickets.channels.email.apart.agreed import (
    CPU_SECONDS,
    MEMORY,
    OUT_OF_MEMORY,
    READY,
    Answer,
    Question,
)
from tickets.channels.email.apart.wire import HEAD, pack, sizes, unpack
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.reading import read_mail

_STATUS = Path("/proc/self/statm")


def main(questions: BinaryIO, answers: BinaryIO) -> int:
    """Answer until the questions end. Returns the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, whose end is ours
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory()
    try:
        answers.write(READY)
        answers.flush()
        while head := questions.read(HEAD.size):
            words, rest = sizes(head)
            question = unpack(Question, questions.read(words), memoryview(questions.read(rest)))
            _limit_time()
            answers.writelines(pack(_answer(question)))
            answers.flush()
            del question
    except MemoryError:
        return OUT_OF_MEMORY
    except BrokenPipeError:
        return 0
    return 0


def _answer(question: Question) -> Answer:
    try:
        return Answer(mail=read_mail(question.raw, envelope_from=question.envelope_from))
    except UnreadableMail as error:
        return Answer(refused=error.reason)
    except MemoryError:
        raise
    except Exception as error:
        return Answer(fault=type(error).__name__, trace=traceback.format_exc()[-5_000:])


def _limit_memory() -> None:
    if _STATUS.exists():
        used = int(_STATUS.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))


def _limit_time() -> None:
    """Let the kernel end this process after CPU_SECONDS of work from now on.

    Not by RLIMIT_CPU: it asks for the work of a whole life, which the kernel counts in ticks and
    `process_time` does not. The two drift apart, and in the end an innocent mail is over it.
    """
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)


if __name__ == "__main__":
    # At once: a worker that has been killed reads no last words, and there are none.
    os._exit(main(sys.stdin.buffer, sys.stdout.buffer))

"""The named steps at which a worker is killed by itself, as by a power cut.

The program knows nothing of them: the process that is to die has one function wrapped before its
work begins, and ends with SIGKILL at the n-th pass, before or after that function has run.
"""

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Step:
    """A moment in the life of a mail: a function, and whether it has run or not."""

    module: str
    name: str
    has_run: bool


def _before(module: str, name: str) -> Step:
    return Step(module, name, has_run=False)


def _after(module: str, name: str) -> Step:
    return Step(module, name, has_run=True)


_IMAP, _READING = "tickets.channels.email.imap", "tickets.channels.reading"
_OUTBOUND, _SENDING = "tickets.channels.outbound", "tickets.channels.email.sending"

FETCHING: Mapping[str, Step] = {
    "fetched, not kept": _before(_IMAP, "_store"),
    "kept, place not written": _after(_IMAP, "_keep"),
    "kept, not queued": _before("tickets.channels.journal", "request_reading"),
    "before expunge": _before(_IMAP, "_delete"),
    "expunged, place not written": _after(_IMAP, "_delete"),
}
READING: Mapping[str, Step] = {
    "begun": _after(_READING, "_begin"),
    "read, not received": _before(_READING, "_receive"),
    "blob written, not named": _before("helpdesk.lib.blobs", "_name"),
    "blob named": _after("helpdesk.lib.blobs", "_write_whole"),
    "written, not committed": _after(_READING, "_write"),
    "committed": _after(_READING, "_receive_once"),
    "read, task not acknowledged": _after("tickets.channels.tasks", "read_one"),
}
SENDING: Mapping[str, Step] = {
    "claimed": _after(_OUTBOUND, "claim_delivery"),
    "sent but for the dot": _before(_SENDING, "hand_over"),
    "noted, dot not sent": _after(_SENDING, "hand_over"),
    "dot answered": _after(_SENDING, "_talk"),
    "logged, not confirmed": _after(_OUTBOUND, "_log"),
    "confirmed": _after(_OUTBOUND, "confirm_delivery"),
}
STEPS: Mapping[str, Step] = {**FETCHING, **READING, **SENDING}


def die_at(name: str, *, passes: int, say: Callable[[str], None]) -> None:
    """Have this process kill itself at the n-th pass of a step, saying so with its last breath."""
    step = STEPS[name]
    module = import_module(step.module)
    whole: Callable[..., Any] = getattr(module, step.name)
    left = [passes]

    def end() -> None:
        left[0] -= 1
        if left[0] == 0:
            die(name, say=say)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if not step.has_run:
            end()
        result = whole(*args, **kwargs)
        if step.has_run:
            end()
        return result

    setattr(module, step.name, wrapped)


def die(name: str, *, say: Callable[[str], None]) -> None:
    say(name)
    os.kill(os.getpid(), signal.SIGKILL)

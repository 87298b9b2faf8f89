"""One instance per data directory, on free ports, and nothing left of an earlier one."""

import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from helpdesk.embedded.places import Refusal

LEFT_OVER_SECONDS = 10.0
POLL_SECONDS = 0.1


@contextmanager
def only_instance(var: Path) -> Iterator[None]:
    """Hold the instance lock of `var`. Raises Refusal while another instance holds it.

    The kernel drops the lock with its holder, so a file left by a killed one is never in the way.
    """
    with (var / "up.lock").open("a+") as lock:
        if not try_lock(lock.fileno(), fcntl.LOCK_EX):
            lock.seek(0)
            raise Refusal(
                f"Beforehand is already running on {var} (process {lock.read().strip()}). "
                "Stop it with Ctrl-C; a second one needs its own VAR_DIR, WEB_PORT and "
                "SMTP_INTAKE_PORT."
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
        lock.truncate(0)


def is_running(var: Path) -> bool:
    """Whether an instance holds the lock of `var`."""
    path = var / "up.lock"
    if not path.exists():
        return False
    with path.open("a+") as lock:
        return not try_lock(lock.fileno(), fcntl.LOCK_SH)


@contextmanager
def children_lock(var: Path) -> Iterator[int]:
    """A descriptor every child inherits, so that the lock on it lasts as long as any of them.

    What a killed instance left running is waited for, then killed. Raises Refusal when even that
    does not end it.
    """
    path = var / "children.lock"
    with path.open("a+") as lock:
        end = time.monotonic() + LEFT_OVER_SECONDS
        while not try_lock(lock.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > end + LEFT_OVER_SECONDS:
                raise Refusal(
                    f"Processes of an earlier start still hold {path}. End them, then start again."
                )
            if time.monotonic() > end:
                kill_holders(path)
            time.sleep(POLL_SECONDS)
        yield lock.fileno()


def kill_holders(path: Path) -> None:
    """Kill every other process that has `path` open (where /proc tells)."""
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if descriptor.samefile(path) and (pid := int(descriptor.parts[2])) != os.getpid():
                os.kill(pid, signal.SIGKILL)


def require_free_port(host: str, port: int, *, variable: str, purpose: str) -> None:
    """Raise Refusal naming `variable` when `port` cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise Refusal(
            f"Port {port} on {host} for {purpose} cannot be used ({error.strerror}). "
            f"Set {variable} to a free one, for example: {variable}={port + 1} make run"
        ) from error


def try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

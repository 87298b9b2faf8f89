"""`python -m helpdesk up`: databases, migrations, demo; then web, worker and mail intake."""

import hashlib
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from helpdesk.embedded.child import Child, Interrupted
from helpdesk.embedded.journal import Journal
from helpdesk.embedded.locks import children_lock, only_instance, require_free_port
from helpdesk.embedded.places import BASE_DIR, Places, Refusal, make_writable
from helpdesk.embedded.servers import Servers
from helpdesk.embedded.supervisor import Supervisor

PACKAGES = ("helpdesk", "customers", "tickets", "static")
# What has come in is read apart from the rest: no other work makes a new mail wait.
INTAKE_QUEUES, INTAKE_THREADS = "intake", "3"
OTHER_QUEUES, OTHER_THREADS = "delivery,default,fetch,bulk", "6"
QUEUES = f"{INTAKE_QUEUES},{OTHER_QUEUES}"
# A worker of the embedded default may run as root: it takes JSON only.
NO_ROOT_WARNING = "ignore::UserWarning:celery.platforms"
MANAGE = [sys.executable, str(BASE_DIR / "manage.py")]


def up() -> int:
    """Run an instance until it is asked to stop; return the exit code. Raises Refusal."""
    places = Places.from_environment()
    make_writable(places.var)
    with ExitStack() as stack:
        stack.enter_context(only_instance(places.var))
        held = stack.enter_context(children_lock(places.var))
        require_free_port(places.web_host, places.web_port, variable="WEB_PORT", purpose="the web")
        require_free_port(
            places.smtp_host, places.smtp_port, variable="SMTP_INTAKE_PORT", purpose="mail intake"
        )
        journal = Journal(places.var / "beforehand.log")
        stack.callback(journal.close)
        supervisor = Supervisor(journal)
        supervisor.listen()
        try:
            Instance(places, journal, supervisor, held).start()
            return supervisor.watch()
        except Interrupted:
            return 0
        finally:
            with journal.step("Stopping"):
                supervisor.stop()


class Instance:
    """One start, in order."""

    def __init__(self, places: Places, journal: Journal, supervisor: Supervisor, held: int) -> None:
        self._places = places
        self._journal = journal
        self._supervisor = supervisor
        self._held = (held,)
        self._servers = Servers.of(places)

    def start(self) -> None:
        """Bring everything up and say where it is. Raises Refusal or Interrupted."""
        self._servers.start(self._supervisor, self._journal, self._held)
        self._environment = self._servers.django_environment()
        with self._journal.step("Preparing the database and the pages' assets"):
            self._prepare()
        self._environment = self._servers.django_environment()
        with self._journal.step("Starting web, worker and mail intake"):
            self._supervisor.start(
                [self._web(), self._worker(), self._intake_worker(), self._mail_intake()]
            )
        self._journal.say(f"Beforehand is ready at {self._places.address}/")
        self._say_sign_ins()
        self._journal.say("Ctrl-C stops it. Its log is also in " + str(self._log_path))

    @property
    def _log_path(self) -> Path:
        return self._places.var / "beforehand.log"

    def _prepare(self) -> None:
        stamp = self._places.var / "static.stamp"
        fingerprint = static_fingerprint()
        fresh = stamp.exists() and stamp.read_text() == fingerprint
        options = [] if fresh else ["--assets"]
        code = self._supervisor.run(
            self._django("prepare", [*MANAGE, "prepare_instance", *options])
        )
        if code:
            raise Refusal("The database could not be prepared; the lines above say why.")
        stamp.write_text(fingerprint)

    def _web(self) -> Child:
        places = self._places
        command = [
            sys.executable, "-m", "uvicorn", "helpdesk.asgi:application",
            "--host", places.web_host, "--port", str(places.web_port),
            "--timeout-graceful-shutdown", "2", "--no-access-log", "--log-level", "warning",
            "--no-server-header",
        ]  # fmt: skip
        return self._django("web", command, ready=self._web_answers)

    def _worker(self) -> Child:
        schedule = str(self._places.var / "celerybeat-schedule")
        return self._celery("worker", OTHER_QUEUES, OTHER_THREADS, "-B", "-s", schedule)

    def _intake_worker(self) -> Child:
        return self._celery("reader", INTAKE_QUEUES, INTAKE_THREADS)

    def _celery(self, name: str, queues: str, threads: str, *options: str) -> Child:
        command = [
            sys.executable, "-W", NO_ROOT_WARNING, "-m", "celery", "-q", "-A", "helpdesk",
            "worker", "-n", f"{name}@%h", "-l", "INFO", "-P", "threads", "-c", threads,
            "-Q", queues, "--without-gossip", "--without-mingle", "--without-heartbeat", *options,
        ]  # fmt: skip
        return self._django(name, command)

    def _mail_intake(self) -> Child:
        return self._django("mail", [*MANAGE, "smtp_intake"], ready=self._mail_answers)

    def _django(
        self, name: str, command: list[str], ready: Callable[[], bool] | None = None
    ) -> Child:
        return Child(
            name, command, self._journal, environment=self._environment, ready=ready,
            held_descriptors=self._held,
        )  # fmt: skip

    def _web_answers(self) -> bool:
        asked = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"
        return answers((self._places.web_here, self._places.web_port), asked, b"HTTP/1.")

    def _mail_answers(self) -> bool:
        return answers((self._places.smtp_here, self._places.smtp_port), b"", b"220")

    def _say_sign_ins(self) -> None:
        sign_ins = self._places.var / "demo-signins.txt"
        if sign_ins.exists():
            for line in sign_ins.read_text().splitlines():
                self._journal.say(line)


def answers(address: tuple[str, int], asked: bytes, expected: bytes) -> bool:
    """Whether a server says what begins with `expected` when `asked`, within five seconds."""
    try:
        with socket.create_connection(address, timeout=5) as connection:
            connection.sendall(asked)
            return connection.recv(64).startswith(expected)
    except OSError:
        return False


def static_fingerprint() -> str:
    """Changes when an asset, or a package that brings assets, changes."""
    digest = hashlib.sha256((BASE_DIR / "requirements.txt").read_bytes())
    for package in PACKAGES:
        for path in sorted((BASE_DIR / package).glob("**/static/**/*")):
            if path.is_file():
                about = path.stat()
                digest.update(f"{path}:{about.st_size}:{about.st_mtime_ns}".encode())
    return digest.hexdigest()

"""An instance started as a person would start it, for the tests to look at from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

BASE_DIR = Path(__file__).resolve().parents[2]
OF_THE_TEST_RUN = (
    "DATABASE_URL",
    "VALKEY_URL",
    "BROKER_URL",
    "STATIC_STORAGE",
    "BASE_URL",
    "TASKS_INLINE",
)
PATIENCE_SECONDS = 300.0  # of a busy machine; only a failure waits that long


class Instance:
    """`demo` loads Harbour Kettles into it, which takes a while."""

    def __init__(self, var: Path, *, demo: bool = False) -> None:
        self.var = var
        self.demo = demo
        self.web_port, self.smtp_port = free_port(), free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k not in OF_THE_TEST_RUN}
        ports = {"WEB_PORT": str(self.web_port), "SMTP_INTAKE_PORT": str(self.smtp_port)}
        return inherited | ports | {"VAR_DIR": str(self.var), "DEMO": str(self.demo)}

    @property
    def process(self) -> "subprocess.Popen[str]":
        assert self._process is not None
        return self._process

    @property
    def log(self) -> str:
        return (self.var / "beforehand.log").read_text()

    def begin_with(self, var: Path) -> None:
        """Begin with a copy of what another instance has stored, which has stopped."""
        # Owners too: a database is started only by the one whom its files belong to.
        subprocess.run(["cp", "-a", var, self.var], check=True)  # noqa: S607

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "helpdesk", "up"],
            env=self.environment,
            cwd=BASE_DIR,
            stdout=subprocess.DEVNULL,
        )  # type: ignore[assignment]

    def await_ready(self) -> None:
        """Wait until pages and the mail door answer."""
        await_true(lambda: self.process.poll() is not None or self.get("/readyz") == 200)
        await_true(lambda: self.process.poll() is not None or listens(self.smtp_port))
        assert self.process.poll() is None, self.log

    def get(self, path: str) -> int:
        """The status of a page; 0 while nothing answers."""
        try:
            url = f"http://127.0.0.1:{self.web_port}{path}"
            with urllib.request.urlopen(url, timeout=10) as answer:
                return int(answer.status)
        except OSError as error:
            return int(getattr(error, "code", 0))

    def add_group(self, name: str) -> None:
        self.shell(f"Group.objects.create(name={name!r})")

    def groups(self) -> str:
        return self.shell("print(list(Group.objects.values_list('name', flat=True)))")

    def shell(self, code: str, *, seconds: float = PATIENCE_SECONDS) -> str:
        """What `code` prints when run against the instance's databases."""
        whole = f"from django.contrib.auth.models import Group\n{code}"
        done = self.command("manage", "shell", "--no-imports", "-c", whole, seconds=seconds)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def command(
        self, *arguments: str, seconds: float = PATIENCE_SECONDS
    ) -> "subprocess.CompletedProcess[str]":
        """Run `python -m helpdesk …` with this instance's settings to its end."""
        return subprocess.run(
            [sys.executable, "-m", "helpdesk", *arguments],
            env=self.environment,
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def tree(self) -> list[int]:
        """Every living process that holds this instance's lock on its children."""
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if holds(path, self.var)]

    def pid_of(self, program: str) -> int:
        """The first process of the tree with `program` in its command line; 0 for none."""
        found = [pid for pid in self.tree() if program in command_line(pid)]
        return min(found, default=0)

    def kill_tree(self) -> None:
        """What a power cut does, as near as one machine can do it to itself."""
        for pid in self.tree():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()
        await_true(lambda: not self.tree())


@contextmanager
def fresh_instance() -> Iterator[Instance]:
    """A new instance that answers; gone afterwards with all it stored."""
    with TemporaryDirectory(prefix="beforehand-instance-") as directory:
        Path(directory).chmod(0o711)
        instance = Instance(Path(directory, "var"))
        instance.start()
        try:
            instance.await_ready()
            yield instance
        finally:
            instance.kill_tree()


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def holds(process: Path, var: Path) -> bool:
    lock = var / "children.lock"
    try:
        descriptors = list((process / "fd").iterdir())
    except OSError:
        return False
    return any(target_of(descriptor) == lock for descriptor in descriptors)


def target_of(link: Path) -> Path | None:
    """Where a link leads; nowhere when it has gone, as descriptors do while one looks."""
    try:
        return link.readlink()
    except OSError:
        return None


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            return True
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_true(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)

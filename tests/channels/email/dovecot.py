"""A real IMAP server for the tests: Dovecot 2.3 with a configuration and a directory of its own."""

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.embedded.instance import await_true, free_port

PROGRAM = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin") or ""
PASSWORD = "the-right-one"  # noqa: S105
_CONFIGURATION = """
base_dir = {directory}/run
log_path = {directory}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{directory}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={directory}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""
_WITHOUT_ROOT = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""


class Dovecot:
    """One running server; every name is a user of it, with the one password."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self._log = directory / "log"
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        text = _CONFIGURATION + ("" if os.geteuid() == 0 else _WITHOUT_ROOT)
        configuration = directory / "dovecot.conf"
        configuration.write_text(
            text.format(
                directory=directory,
                password=PASSWORD,
                port=self.port,
                uid=account.pw_uid,
                gid=account.pw_gid,
                user=account.pw_name,
                group=grp.getgrgid(account.pw_gid).gr_name,
            )
        )
        (directory / "mail").mkdir()
        os.chown(directory / "mail", account.pw_uid, account.pw_gid)
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", configuration])  # noqa: S603

    def await_ready(self) -> None:
        await_true(self._answers)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self._log.read_text()
        try:
            with self.session("nobody"):
                return True
        except OSError:
            return False

    @contextmanager
    def session(self, user: str) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=30) as imap:
            imap.login(user, PASSWORD)
            yield imap

    def put(self, user: str, *mails: bytes, flags: tuple[bytes, ...] = ()) -> None:
        """Lay mails into a user's folder, which is made where it is not there."""
        with self.session(user) as imap:
            if not imap.folder_exists("Support"):
                imap.create_folder("Support")
            for raw in mails:
                imap.append("Support", raw, flags=flags)

    def empty(self, user: str) -> None:
        """Delete the folder with all its mails."""
        with self.session(user) as imap:
            imap.delete_folder("Support")

    def add_folder(self, user: str, name: str) -> None:
        with self.session(user) as imap:
            imap.create_folder(name)

    def move(self, user: str, source: str, target: str) -> None:
        """Move all mails of a folder, as a person does in a mail program."""
        with self.session(user) as imap:
            imap.select_folder(source)
            imap.move(imap.search(), target)

    def count(self, user: str, folder: str = "Support") -> int:
        with self.session(user) as imap:
            return int(imap.select_folder(folder, readonly=True)[b"EXISTS"])

    def flags(self, user: str) -> list[set[bytes]]:
        """The flags of each mail as people see them; \\Recent is the server's own affair."""
        with self.session(user) as imap:
            imap.select_folder("Support", readonly=True)
            found = imap.get_flags(imap.search())
        return [set(found[uid]) - {b"\\Recent"} for uid in sorted(found)]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Start a server and end it; skips where there is none this configuration is for."""
    if not PROGRAM:
        pytest.skip("Dovecot is not installed: no real IMAP server to fetch from")
    version = subprocess.run(  # noqa: S603
        [PROGRAM, "--version"], capture_output=True, text=True, check=True
    ).stdout
    if not version.startswith("2.3."):
        pytest.skip(f"the configuration of these tests is for Dovecot 2.3, not {version.strip()}")
    # Not pytest's directory: its names are too long for sockets, and only its owner may enter.
    directory = Path(tempfile.mkdtemp(prefix="dovecot-"))
    directory.chmod(0o755)
    try:
        server = Dovecot(directory)
        try:
            server.await_ready()
            yield server
        finally:
            server.close()
    finally:
        shutil.rmtree(directory, ignore_errors=True)

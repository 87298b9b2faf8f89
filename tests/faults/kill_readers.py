"""Send mails to a real instance while its five workers are killed; count what is left.

Half of the mails come by SMTP, half into one IMAP mailbox that all workers fetch and empty; every
second kill comes at random, the others at each named step in turn. Mail comes with the kills, so
that nobody is without work.

python -m tests.faults.kill_readers --mails 10000 --kills 1000
"""

import argparse
import json
import shutil
import smtplib
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from tests.channels.email.dovecot import PASSWORD, PROGRAM, Dovecot, running_dovecot
from tests.embedded.instance import Instance
from tests.faults.mails import COUNT, faults_of, mail
from tests.faults.storm import FINISH_SECONDS, await_end, storm_over

WORKERS = 5
# The part of all mails that is there when the killing begins.
AT_ONCE = 4
# So long is waited for the end, though others work on the machine too.
SECONDS_A_MAIL = 0.3
_BOX = """
from tickets.channels.models import Mailbox
Mailbox.objects.create(name="Faults", address="faults@localhost.example", door="imap",
    imap_host="127.0.0.1", imap_port={port}, imap_security="none", imap_user="faults",
    imap_secret={password!r}, imap_folder="Support", after_fetch="delete")
"""


class FaultRun:
    """One instance, its mails, its kills, and the count at the end."""

    def __init__(
        self, instance: Instance, *, mails: int, kills: int, dovecot: Dovecot | None
    ) -> None:
        self.instance = instance
        self.mails = mails
        self.kills = kills
        self.dovecot = dovecot

    def run(self) -> dict[str, Any]:
        """Send and kill, wait for the journal to be finished, and return what was found."""
        numbers = iter(range(self.mails))
        if self.dovecot:
            self._add_box(self.dovecot)
        began = time.monotonic()
        self._bring(islice(numbers, self.mails // AT_ONCE))
        share = -(-(self.mails - self.mails // AT_ONCE) // self.kills)
        with storm_over(self.instance, workers=WORKERS, kills=self.kills, kind="intake") as storm:
            for _strike in storm.strikes():
                self._bring(islice(numbers, share))
            killed = time.monotonic()
            counted = self._await_finished()
        faults = faults_of(counted, self.mails)
        counted.pop("subjects"), counted.pop("files")
        return counted | {
            "kills": storm.kills,
            "seconds_of_killing": round(killed - began, 1),
            "seconds_in_all": round(time.monotonic() - began, 1),
            "left_on_the_server": self.dovecot.count("faults") if self.dovecot else None,
            "faults": faults,
        }

    def _add_box(self, dovecot: Dovecot) -> None:
        dovecot.put("faults")
        self.instance.shell(_BOX.format(port=dovecot.port, password=PASSWORD))

    def _bring(self, numbers: Iterable[int]) -> None:
        """Have every second mail lie in the mailbox and send the others."""
        with ExitStack() as stack:
            door = stack.enter_context(
                smtplib.SMTP("127.0.0.1", self.instance.smtp_port, timeout=60)
            )
            imap = stack.enter_context(self.dovecot.session("faults")) if self.dovecot else None
            for number in numbers:
                if imap and number % 2:
                    raw = mail(number).as_bytes().replace(b"\n", b"\r\n")
                    imap.append("Support", raw)
                else:
                    door.send_message(mail(number))

    def _await_finished(self) -> dict[str, Any]:
        patience = max(FINISH_SECONDS, SECONDS_A_MAIL * self.mails)
        end = time.monotonic() + patience
        while self.dovecot and self.dovecot.count("faults") and time.monotonic() < end:
            time.sleep(1)
        return await_end(self.instance, COUNT, seconds=patience)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=1_000)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="beforehand-faults-"))
    instance = Instance(directory / "var")
    instance.start()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        stack.callback(instance.kill_tree)
        instance.await_ready()
        dovecot = stack.enter_context(running_dovecot()) if PROGRAM else None
        run = FaultRun(instance, mails=options.mails, kills=options.kills, dovecot=dovecot)
        found = run.run()
        found["tracebacks"] = instance.log.count("Traceback")
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())

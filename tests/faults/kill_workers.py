"""Send mails to a real instance while its worker is killed again and again; count what is left.

Each worker is left in peace for a while once it takes work; then it gets a share of the mails and
is killed among them.

python -m tests.faults.kill_workers --mails 2000 --kills 200
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from email.message import EmailMessage
from itertools import islice
from pathlib import Path

from tests.embedded.instance import BASE_DIR, Instance, command_line

FINISH_SECONDS = 900.0
PEACE_SECONDS = (0.3, 4.0)
STRIKE_SECONDS = (0.0, 0.3)
_COUNT = """
import json
from collections import Counter
from helpdesk.lib.blobs import open_blob
from tickets.channels.models import Arrival
from tickets.models import Attachment, Message, Ticket
import hashlib
arrivals = Arrival.objects.filter(source="smtp")
sent = Message.objects.filter(subject__startswith="Fault run ")
files = Attachment.objects.filter(message__in=sent)
broken = sum(
    hashlib.sha256(open_blob(sha).read()).hexdigest() != sha
    for sha in files.values_list("sha256", flat=True)
)
print("COUNTED" + json.dumps({
    "states": Counter(arrivals.values_list("state", flat=True)),
    "subjects": Counter(sent.values_list("subject", flat=True)),
    "tickets": Ticket.objects.filter(messages__in=sent).distinct().count(),
    "files": sorted(files.values_list("name", "sha256")),
    "broken_files": broken,
    "begun_again": arrivals.filter(attempts__gt=1).count(),
    "most_attempts": max(arrivals.values_list("attempts", flat=True), default=0),
}))
"""


class FaultRun:
    """One instance, its mails, its kills, and the count at the end."""

    def __init__(
        self,
        instance: Instance,
        *,
        mails: int,
        kills: int,
        peace: tuple[float, float] = PEACE_SECONDS,
        seed: int = 1,
    ) -> None:
        self.instance = instance
        self.mails = mails
        self.kills = kills
        self.peace = peace
        self._random = random.Random(seed)  # noqa: S311 - the moments must repeat, not be secret

    def run(self) -> dict[str, object]:
        """Send and kill, wait for the journal to be finished, and return what was found."""
        began = time.monotonic()
        nursery = start_nursery(self.instance)
        try:
            self._send_and_kill(nursery)
            killed = time.monotonic()
            counted = self._await_finished()
        finally:
            stop_nursery(nursery)
        faults = find_faults(counted, self.mails)
        counted.pop("subjects"), counted.pop("files")
        return counted | {
            "seconds_of_killing": round(killed - began, 1),
            "seconds_in_all": round(time.monotonic() - began, 1),
            "tracebacks": self.instance.log.count("Traceback"),
            "faults": faults,
        }

    def _send_and_kill(self, nursery: "subprocess.Popen[str]") -> None:
        assert nursery.stdout is not None
        numbers = iter(range(self.mails))
        share = -(-self.mails // self.kills)
        for _ in range(self.kills):
            worker = int(nursery.stdout.readline())
            time.sleep(self._random.uniform(*self.peace))
            self._send(islice(numbers, share))
            time.sleep(self._random.uniform(*STRIKE_SECONDS))
            os.kill(worker, signal.SIGKILL)

    def _send(self, numbers: Iterable[int]) -> None:
        with smtplib.SMTP("127.0.0.1", self.instance.smtp_port, timeout=60) as door:
            for number in numbers:
                door.send_message(mail(number))

    def _await_finished(self) -> dict[str, object]:
        end = time.monotonic() + FINISH_SECONDS
        while True:
            counted = count(self.instance)
            states = counted["states"]
            assert isinstance(states, dict)
            if not states.get("stored") or time.monotonic() > end:
                return counted
            time.sleep(2)


def mail(number: int) -> EmailMessage:
    """A mail of its own; every tenth brings a file of its own."""
    made = EmailMessage()
    made["From"] = f"Person {number % 300} <person{number % 300}@faults.example>"
    made["To"] = "support@localhost.example"
    made["Subject"] = f"Fault run {number}"
    made["Message-ID"] = f"<{number}@faults.example>"
    made.set_content(f"This is mail number {number}.")
    if number % 10 == 0:
        made.add_attachment(
            data_of(number), maintype="application", subtype="pdf", filename=f"{number}.pdf"
        )
    return made


def data_of(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest() * 500


def find_faults(counted: dict[str, object], mails: int) -> list[str]:
    """Sentences about what is wrong; none is the promise kept."""
    subjects, states = counted["subjects"], counted["states"]
    assert isinstance(subjects, dict)
    faults = []
    wanted = {f"Fault run {number}" for number in range(mails)}
    if lost := wanted - set(subjects):
        faults.append(f"{len(lost)} mails are no message: {sorted(lost)[:5]}")
    if double := [subject for subject, times in subjects.items() if times > 1]:
        faults.append(f"{len(double)} mails are messages twice: {double[:5]}")
    if states != {"processed": mails}:
        faults.append(f"The journal says {states}.")
    if counted["tickets"] != mails:
        faults.append(f"There are {counted['tickets']} tickets.")
    files = [
        [f"{number}.pdf", hashlib.sha256(data_of(number)).hexdigest()]
        for number in range(0, mails, 10)
    ]
    if counted["files"] != sorted(files) or counted["broken_files"]:
        faults.append("Attachments are not what was sent.")
    return faults


def count(instance: Instance) -> dict[str, object]:
    line = next(x for x in instance.shell(_COUNT).splitlines() if x.startswith("COUNTED"))
    counted: dict[str, object] = json.loads(line.removeprefix("COUNTED"))
    return counted


def start_nursery(instance: Instance) -> "subprocess.Popen[str]":
    """Start the worker to be killed, in the place of the instance's own."""
    own = next(pid for pid in instance.tree() if " -A helpdesk worker " in command_line(pid))
    environment = dict(
        entry.split("=", 1)
        for entry in Path(f"/proc/{own}/environ").read_text().split("\0")
        if "=" in entry
    )
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        env=environment,
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def stop_nursery(nursery: "subprocess.Popen[str]") -> None:
    os.killpg(nursery.pid, signal.SIGKILL)
    nursery.wait()
    if nursery.stdout:
        nursery.stdout.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="beforehand-faults-"))
    instance = Instance(directory / "var")
    instance.start()
    try:
        instance.await_ready()
        found = FaultRun(instance, mails=options.mails, kills=options.kills).run()
    finally:
        instance.kill_tree()
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    shutil.rmtree(directory, ignore_errors=True)
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())

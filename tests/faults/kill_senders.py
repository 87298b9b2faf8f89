"""Write replies in a real instance while its workers are killed and its mail server fails.

The mail server is a sink that fails at each verb by chance, refuses every fiftieth address for
good, and knows which mails it has taken.

python -m tests.faults.kill_senders --replies 2000 --kills 200
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from tests.embedded.instance import Instance
from tests.faults.storm import Process, await_end, environment_of, start_beside, storm_over
from tests.faults.tools.sink import BODY, HANG_UP, TAKEN, VERBS, Sink

WORKERS = 5
# The part of all replies that is there when the killing begins, so that nobody is without work.
AT_ONCE = 4
# The share of verbs that fail; eight verbs a mail.
FAILS = 0.05
REFUSED_EVERY = 50
REFUSED = "550 5.1.1 nobody of that name"
COUNT = """
from collections import Counter
from tickets.channels.models import DeliveryAttempt
from tickets.models import Delivery, Message
copies = Delivery.objects.filter(message__subject__startswith="Fault reply ")
states = Counter(copies.values_list("state", flat=True))
tell({
    "unfinished": copies.exclude(state__in=("sent", "failed", "bounced")).count(),
    "states": states,
    "messages": Message.objects.filter(subject__startswith="Fault reply ").count(),
    "messages_by_state": Counter(Message.objects.filter(
        subject__startswith="Fault reply ").values_list("delivery", flat=True)),
    "copies": {c.mail_id: [c.address, c.state, c.may_be_double, c.attempts] for c in copies},
    "tries": Counter(DeliveryAttempt.objects.values_list("outcome", flat=True)),
})
"""


class FailingServer:
    """What the sink answers: faults by chance, and refusals for good by address."""

    def __init__(self, seed: int = 1) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - must repeat, not be secret

    def __call__(self, verb: str, line: str) -> str | None:
        if verb == "RCPT" and is_refused(line.partition("<")[2].rstrip(">")):
            return REFUSED
        if verb not in VERBS or self._dice.random() > FAILS:
            return None
        if verb in {BODY, TAKEN} or self._dice.random() < 0.5:
            return HANG_UP
        return "451 4.3.0 not now" if verb != "connect" else "421 4.3.0 not now"


def is_refused(address: str) -> bool:
    number = address.partition("@")[0].removeprefix("person")
    return int(number) % REFUSED_EVERY == 0


def send_replies(instance: Instance, sink: Sink, *, replies: int, kills: int) -> dict[str, Any]:
    """Write and kill, wait until each copy has ended, and return what was found."""
    began = time.monotonic()
    writer = start_beside("tests.faults.replying", environment=environment_of(instance))
    try:
        numbers = iter(range(replies))
        _write(writer, islice(numbers, replies // AT_ONCE))
        share = -(-(replies - replies // AT_ONCE) // kills)
        with storm_over(instance, workers=WORKERS, kills=kills, kind="sending") as storm:
            for _strike in storm.strikes():
                _write(writer, islice(numbers, share))
            killed = time.monotonic()
            found = await_end(instance, COUNT)
    finally:
        writer.kill()
        writer.communicate()
    faults = faults_of(found, sink.taken, replies)
    copies = found.pop("copies")
    twice = [mail_id for mail_id, times in sink.taken.items() if times > 1]
    return found | {
        "kills": storm.kills,
        "faults_of_the_server": sink.faults,
        "sent_twice": len(twice),
        "most_times": max(sink.taken.values(), default=0),
        "sent_twice_and_flagged": sum(copies[mail_id][2] for mail_id in twice if mail_id in copies),
        "flagged": sum(copy[2] for copy in copies.values()),
        "most_attempts": max((copy[3] for copy in copies.values()), default=0),
        "seconds_of_killing": round(killed - began, 1),
        "seconds_in_all": round(time.monotonic() - began, 1),
        "faults": faults,
    }


def _write(writer: Process, numbers: Iterable[int]) -> None:
    assert writer.stdin is not None
    assert writer.stdout is not None
    for number in numbers:
        writer.stdin.write(f"{number}\n")
        writer.stdin.flush()
        assert writer.stdout.readline().strip() == str(number)


def faults_of(found: dict[str, Any], taken: "Counter[str]", replies: int) -> list[str]:
    """Sentences about what is wrong; none is the promise kept."""
    faults = []
    copies: dict[str, list[Any]] = found["copies"]
    if (found["messages"], len(copies)) != (replies, replies):
        faults.append(f"There are {found['messages']} replies and {len(copies)} copies.")
    if found["unfinished"]:
        faults.append(f"{found['unfinished']} copies have not ended: {found['states']}")
    if lost := [m for m, copy in copies.items() if copy[1] == "sent" and not taken[m]]:
        faults.append(f"{len(lost)} copies are said to be sent and never came: {lost[:3]}")
    if failed := [
        m for m, copy in copies.items() if copy[1] == "failed" and not is_refused(copy[0])
    ]:
        faults.append(f"{len(failed)} copies have failed that nobody refused: {failed[:3]}")
    if foreign := set(taken) - set(copies):
        faults.append(f"{len(foreign)} mails came under ids of no copy: {sorted(foreign)[:3]}")
    if double := [m for m, times in taken.items() if times > 1 and not copies.get(m, "nno")[2]]:
        faults.append(f"{len(double)} mails came twice and are not marked: {double[:3]}")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replies", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="beforehand-faults-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        sink = stack.enter_context(Sink(FailingServer()))
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{sink.port}"
        instance = Instance(directory / "var")
        instance.start()
        stack.callback(instance.kill_tree)
        instance.await_ready()
        found = send_replies(instance, sink, replies=options.replies, kills=options.kills)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())

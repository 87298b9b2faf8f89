"""How soon a mail is a ticket, and how fast a backlog is worked off; on a real instance.

python -m tests.faults.intake_rate --rate 20 --seconds 30 --backlog 2000
"""

import argparse
import json
import smtplib
import statistics
import sys
import time
from typing import Any

from tests.embedded.instance import Instance, fresh_instance
from tests.faults.mails import mail
from tests.faults.storm import ask, await_end

_SEEN = """
from tickets.models import Message
tell({"made": {m.subject: m.created_at.timestamp() for m in
    Message.objects.filter(kind="inbound").only("subject", "created_at")}, "unfinished": 0})
"""
_LEFT = """
from tickets.channels.models import Arrival
tell({"unfinished": Arrival.objects.filter(state="stored").count()})
"""


def measure(instance: Instance, *, rate: float, seconds: float, backlog: int) -> dict[str, Any]:
    """Send at a steady rate, then all at once; times in seconds, from SMTP's 250 to the row."""
    steady = int(rate * seconds)
    accepted = _send(instance, range(steady), every=1 / rate)
    await_end(instance, _LEFT)
    made = ask(instance, _SEEN)["made"]
    waits = sorted(made[subject] - at for subject, at in accepted.items() if subject in made)
    began = time.time()
    _send(instance, range(steady, steady + backlog), every=0)
    taken = time.time() - began
    await_end(instance, _LEFT, seconds=1800)
    last = max(ask(instance, _SEEN)["made"].values())
    return {
        "sent": steady,
        "rate": rate,
        "became tickets": len(waits),
        "median": round(statistics.median(waits), 2),
        "p95": round(waits[int(len(waits) * 0.95)], 2),
        "slowest": round(waits[-1], 2),
        "backlog": backlog,
        "seconds to take it": round(taken, 1),
        "seconds until all were tickets": round(last - began, 1),
    }


def _send(instance: Instance, numbers: range, *, every: float) -> dict[str, float]:
    """Send each mail in its time; return when each was accepted, by subject."""
    accepted: dict[str, float] = {}
    began = time.time()
    with smtplib.SMTP("127.0.0.1", instance.smtp_port, timeout=60) as door:
        for place, number in enumerate(numbers):
            time.sleep(max(0.0, began + place * every - time.time()))
            one = mail(number)
            door.send_message(one)
            accepted[str(one["Subject"])] = time.time()
    return accepted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--backlog", type=int, default=2_000)
    options = parser.parse_args()
    with fresh_instance() as instance:
        found = measure(instance, **vars(options))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

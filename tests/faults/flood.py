"""F15: one sender floods a real instance; how long everybody else's mail takes to be a ticket.

Stops by itself: so many mails at once, and one a second of others as long as `--seconds` says.

python -m tests.faults.flood --flood 5000 --seconds 300
"""

import argparse
import json
import smtplib
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from typing import Any

from tests.embedded.instance import Instance, fresh_instance
from tests.faults.mails import mail
from tests.faults.storm import await_end

LONGEST = 60.0  # seconds a mail of the others may take, at the 95th percentile
_SEEN = """
from tickets.channels.models import Arrival
from tickets.models import Message
others = Message.objects.filter(subject__startswith="Fault run ")
flood = Arrival.objects.filter(envelope_from="flood@faults.example")
tell({
    "made": {m.subject: m.created_at.timestamp() for m in others.only("subject", "created_at")},
    "flood_waits": flood.filter(state="stored").count(),
    "unfinished": Arrival.objects.filter(state="stored").exclude(
        envelope_from="flood@faults.example").count(),
})
"""


def measure(instance: Instance, *, flood: int, seconds: int) -> dict[str, Any]:
    """Times in seconds, from SMTP's 250 to the row."""
    with ThreadPoolExecutor(1) as thread:
        flooding = thread.submit(_flood, instance, flood)
        accepted = _send_each_second(instance, seconds)
        taken = flooding.result()
    seen = await_end(instance, _SEEN, seconds=600)
    made = seen["made"]
    waits = sorted(made[subject] - at for subject, at in accepted.items() if subject in made)
    return {
        "flood": flood,
        "seconds to take it": round(taken, 1),
        "of it unread at the end": seen["flood_waits"],
        "mails of others": len(accepted),
        "became tickets": len(waits),
        "median": round(statistics.median(waits), 1),
        "p95": round(waits[int(len(waits) * 0.95)], 1),
        "slowest": round(waits[-1], 1),
    }


def _flood(instance: Instance, mails: int) -> float:
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", instance.smtp_port, timeout=60) as door:
        for number in range(mails):
            door.send_message(_of_the_flood(number))
    return time.monotonic() - began


def _of_the_flood(number: int) -> EmailMessage:
    made = mail(number)
    made.replace_header("From", "flood@faults.example")
    made.replace_header("Subject", f"Flood {number}")
    made.replace_header("Message-ID", f"<flood{number}@faults.example>")
    return made


def _send_each_second(instance: Instance, seconds: int) -> dict[str, float]:
    accepted: dict[str, float] = {}
    began = time.time()
    for number in range(1, seconds + 1):
        time.sleep(max(0.0, began + number - time.time()))
        one = mail(number)
        with smtplib.SMTP("127.0.0.1", instance.smtp_port, timeout=60) as door:
            door.send_message(one)
        accepted[str(one["Subject"])] = time.time()
    return accepted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flood", type=int, default=5_000)
    parser.add_argument("--seconds", type=int, default=300)
    options = parser.parse_args()
    with fresh_instance() as instance:
        found = measure(instance, flood=options.flood, seconds=options.seconds)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    is_kept = found["p95"] <= LONGEST and found["became tickets"] == found["mails of others"]
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())

"""Who may fetch a mailbox now. Of any number of workers one holds it, and the last one counts."""

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from django.db import Error as DatabaseFault
from django.db import connection

from helpdesk.lib.clock import database_now
from tickets.channels.models import Mailbox
from tickets.channels.models.mailbox_parts import LEASE, LONGEST_WAIT

log = logging.getLogger(__name__)

# Two of these may fail before the lease ends.
RENEWED_EVERY = LEASE / 3
# A fetch that takes longer must show progress to go on: its server may send a byte now and then.
RENEWED_FOR = timedelta(minutes=10)
# After a fault the next try waits 30 s, then a minute, then two … up to LONGEST_WAIT.
FIRST_WAIT = timedelta(seconds=30)
# A provider locks accounts whose password is tried too often.
REFUSED_WAIT = timedelta(minutes=2)
_TAKE = """
UPDATE channels_mailbox SET leased_until = %s, lease_number = lease_number + 1
WHERE id = %s AND (leased_until IS NULL OR leased_until < %s OR leased_until > %s)
RETURNING id, lease_number
"""


class LeaseLost(Exception):
    """Another worker has taken the mailbox, or somebody changed it: nothing more is written."""


@dataclass(frozen=True)
class Lease:
    """The right to fetch one mailbox, until a higher number is given out."""

    mailbox_id: int
    number: int

    def write(self, *, at: datetime, **progress: Any) -> None:
        """Write progress and hold the mailbox a while longer. Raises LeaseLost."""
        self._update(leased_until=at + LEASE, **progress)

    def succeed(self, *, at: datetime, **progress: Any) -> None:
        """Let the mailbox go after a fetch that worked. Raises LeaseLost."""
        self._update(
            leased_until=None,
            last_fetched_at=at,
            next_fetch_at=None,
            last_error="",
            failures=0,
            failing_since=None,
            **progress,
        )

    def fail(self, *, reason: str, is_refused: bool, at: datetime) -> None:
        """Let the mailbox go after a fault; the next try waits, longer each time."""
        mailbox = Mailbox.objects.only("failures", "failing_since").get(pk=self.mailbox_id)
        failures = mailbox.failures + 1
        self._update(
            leased_until=None,
            last_error=reason[:300],
            failures=failures,
            failing_since=mailbox.failing_since or at,
            next_fetch_at=at + wait_after(failures, is_refused=is_refused),
        )

    def _update(self, **values: Any) -> None:
        held = Mailbox.objects.filter(pk=self.mailbox_id, lease_number=self.number)
        if not held.update(**values):
            raise LeaseLost


def take_lease(mailbox_id: int, *, at: datetime) -> Lease | None:
    """Take a mailbox for this worker; None while another holds it. A dead one's lease runs out.

    `at` is the database's time, so that workers whose clocks differ mean the same by it; a lease
    that ends later than any we give is of a time before that clock was set back.
    """
    taken = Mailbox.objects.raw(_TAKE, [at + LEASE, mailbox_id, at, at + 2 * LEASE])
    return next((Lease(row.pk, row.lease_number) for row in taken), None)


@contextmanager
def held(lease: Lease) -> Iterator[None]:
    """Hold a mailbox while the block runs, however long its server takes over one answer.

    What renews the lease dies with this process, and the mailbox is free LEASE later.
    """
    is_done = Event()
    renewal = Thread(target=_renew, args=(lease, is_done), daemon=True)
    renewal.start()
    try:
        yield
    finally:
        is_done.set()
        renewal.join()


def _renew(lease: Lease, is_done: Event) -> None:
    end = time.monotonic() + RENEWED_FOR.total_seconds()
    while not is_done.wait(RENEWED_EVERY.total_seconds()) and time.monotonic() < end:
        try:
            lease.write(at=database_now())
        except LeaseLost:
            return  # the fetch hears of it when it next writes
        except DatabaseFault as error:
            log.warning("mailbox %s could not be held anew: %s", lease.mailbox_id, error)
        finally:
            connection.close()


def wait_after(failures: int, *, is_refused: bool) -> timedelta:
    """How long to wait after so many failures in a row, so that workers do not come together."""
    wait = min(FIRST_WAIT * 2.0 ** min(failures - 1, 10), LONGEST_WAIT)
    if is_refused and failures > 1:
        wait = max(wait, REFUSED_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing

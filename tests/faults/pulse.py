"""Makes the time of an instance run faster, for runs that cannot wait for real back-offs.

Twice a second: copies that wait for their next try are due; those claimed some time ago were
claimed long enough ago; the sweeps run. Every two seconds leases of mailboxes end, whether their
holder lives or not. Started with the environment of an instance; ends with its standard input.
"""

import os
import select
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - after the set-up

from tests.faults.storm import FETCH_QUEUE  # noqa: E402
from tickets.channels.email.tasks import fetch_one_mailbox  # noqa: E402
from tickets.channels.models import Mailbox  # noqa: E402
from tickets.channels.tasks import sweep_deliveries  # noqa: E402
from tickets.models import Delivery  # noqa: E402
from tickets.models.delivery import STUCK_AFTER  # noqa: E402

EVERY_SECONDS = 0.5
LEASES_END_EVERY = 4
# A task that nobody has begun by then has followers enough.
SOON = 3.0
# A living worker is never as slow as this with a sink on the same machine.
SURELY_DEAD = timedelta(seconds=25)


def main() -> None:
    number = 0
    while not select.select([sys.stdin], [], [], EVERY_SECONDS)[0]:
        number += 1
        if number % LEASES_END_EVERY == 0:
            Mailbox.objects.update(leased_until=None, next_fetch_at=None)
        for mailbox_id in Mailbox.objects.due(timezone.now()).values_list("pk", flat=True):
            fetch_one_mailbox.apply_async(
                kwargs={"mailbox_id": mailbox_id}, expires=SOON, queue=FETCH_QUEUE
            )
        hurry()


def hurry() -> None:
    now = timezone.now()
    waiting = Delivery.objects.filter(state__in=Delivery.WAITING, next_attempt_at__gt=now)
    waiting.update(next_attempt_at=now)
    sending = Delivery.objects.filter(state=Delivery.State.SENDING)
    sending.filter(claimed_at__lt=now - SURELY_DEAD, claimed_at__gt=now - STUCK_AFTER).update(
        claimed_at=now - STUCK_AFTER - SURELY_DEAD
    )
    if sending.exists() or waiting.exists() or Delivery.objects.due(now).exists():
        sweep_deliveries.apply_async(expires=SOON)


if __name__ == "__main__":
    main()

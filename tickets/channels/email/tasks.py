from typing import Any

from celery import shared_task
from django.utils import timezone

from tickets.channels.email.fetching import due_mailboxes, fetch_mailbox

# One that was not begun by the next round is asked for again by it.
EXPIRES = 25


@shared_task
def fetch_mailboxes(**_: Any) -> None:
    """Have new mail fetched from every mailbox that is due, each by whichever worker is free."""
    for mailbox_id in due_mailboxes(at=timezone.now()):
        fetch_one_mailbox.apply_async(kwargs={"mailbox_id": mailbox_id}, expires=EXPIRES)


@shared_task
def fetch_one_mailbox(*, mailbox_id: int, **_: Any) -> None:
    """Fetch one mailbox, however often we are called for it."""
    fetch_mailbox(mailbox_id, at=timezone.now())

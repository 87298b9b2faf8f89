from typing import Any

from celery import shared_task
from django.utils import timezone

from tickets.channels.email.imap import fetch_due_mailboxes


@shared_task
def fetch_mailboxes(**_: Any) -> None:
    """Fetch new mail from every IMAP mailbox nobody else is fetching."""
    fetch_due_mailboxes(at=timezone.now())

import logging
from typing import Any

from celery import shared_task
from django.utils import timezone

from helpdesk.lib.clock import database_now
from tickets.channels.email.faults import OUTSIDE
from tickets.channels.email.fetching import due_mailboxes, fetch_mailbox
from tickets.channels.email.reconciling import reconcile_mailbox
from tickets.channels.email.trying import look_for_mail, take_steps
from tickets.channels.models import Mailbox, MailboxTest
from tickets.channels.reconciling import reconcile

log = logging.getLogger(__name__)

# One that was not begun by the next round is asked for again by it.
EXPIRES = 25
LOOK_SECONDS = 3
RECONCILE_EXPIRES = 240


@shared_task
def fetch_mailboxes(**_: Any) -> None:
    """Have new mail fetched from every mailbox that is due, each by whichever worker is free."""
    for mailbox_id in due_mailboxes(at=database_now()):
        fetch_one_mailbox.apply_async(kwargs={"mailbox_id": mailbox_id}, expires=EXPIRES)


@shared_task
def fetch_one_mailbox(*, mailbox_id: int, **_: Any) -> None:
    """Fetch one mailbox, however often we are called for it."""
    fetch_mailbox(mailbox_id, at=database_now())


@shared_task
def run_mailbox_test(*, test_id: int, **_: Any) -> None:
    """Take the steps of a guided test, then look for its mail until it has come."""
    test = MailboxTest.objects.select_related("mailbox").get(pk=test_id)
    if take_steps(test):
        await_test_mail.apply_async(kwargs={"test_id": test_id}, countdown=LOOK_SECONDS)


@shared_task(bind=True)
def await_test_mail(self: Any, *, test_id: int, **_: Any) -> None:
    """Look for the mail of a guided test, and again in a moment while it has not come."""
    test = MailboxTest.objects.select_related("mailbox").get(pk=test_id)
    # Without a broker there is no later: whoever asks for the test again looks again.
    if not look_for_mail(test, at=timezone.now()) and not self.request.is_eager:
        await_test_mail.apply_async(kwargs={"test_id": test_id}, countdown=LOOK_SECONDS)


@shared_task
def reconcile_mail(**_: Any) -> None:
    """Look for what is in one place and not in the next: mailboxes, journal, messages, outbox."""
    reconcile(at=timezone.now())
    fetched = Mailbox.objects.polled().filter(door=Mailbox.Door.IMAP, failures=0)
    for mailbox_id in fetched.values_list("pk", flat=True):
        reconcile_one_mailbox.apply_async(
            kwargs={"mailbox_id": mailbox_id}, expires=RECONCILE_EXPIRES
        )


@shared_task
def reconcile_one_mailbox(*, mailbox_id: int, **_: Any) -> None:
    """Compare one mailbox with the journal; a server's silence is for the fetch to tell."""
    mailbox = Mailbox.objects.get(pk=mailbox_id)
    try:
        reconcile_mailbox(mailbox, at=timezone.now())
    except OUTSIDE as error:
        log.info("mailbox %s was not compared: %s", mailbox_id, error)

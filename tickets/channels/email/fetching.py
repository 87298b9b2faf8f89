"""Which mailboxes are fetched now, by whom, and what is written down when it goes wrong."""

import logging
from datetime import datetime

from helpdesk.lib.clock import database_now
from helpdesk.lib.crypto import CannotUnseal
from tickets.channels.email.faults import OUTSIDE, explain
from tickets.channels.email.imap import fetch_folder
from tickets.channels.email.leases import Lease, LeaseLost, held, take_lease
from tickets.channels.email.providers.sqs import fetch_queue
from tickets.channels.models import Mailbox

log = logging.getLogger(__name__)


def fetch_due_mailboxes(*, at: datetime) -> int:
    """Fetch new mail of every mailbox that is due, one after the other.

    One mailbox's fault stops no other. Returns how many new mails were kept.
    """
    return sum(fetch_mailbox(pk, at=at) for pk in due_mailboxes(at=at))


def due_mailboxes(*, at: datetime) -> list[int]:
    return list(Mailbox.objects.due(at).order_by("pk").values_list("pk", flat=True))


def fetch_mailbox(mailbox_id: int, *, at: datetime) -> int:
    """Fetch one mailbox, unless another worker is at it; return how many new mails were kept.

    A fault of the outside is written on the mailbox and ends there.
    """
    lease = take_lease(mailbox_id, at=at)
    if lease is None:
        return 0
    try:
        with held(lease):
            return _fetch(lease)
    except LeaseLost:
        log.info("mailbox %s went to another worker", mailbox_id)
        return 0


def _fetch(lease: Lease) -> int:
    host, port = "", 0
    try:
        # Its secrets are opened one mailbox at a time, so that a bad one stops no other.
        mailbox = Mailbox.objects.get(pk=lease.mailbox_id)
        host, port = mailbox.imap_host, mailbox.imap_port
        if mailbox.door == Mailbox.Door.SQS:
            host, port = mailbox.queue_url, 443
            return fetch_queue(mailbox, lease)
        return fetch_folder(mailbox, lease)
    except (*OUTSIDE, CannotUnseal) as error:
        fault = explain(error, host=host, port=port)
        log.warning("mailbox %s: %s", lease.mailbox_id, fault.reason)
        lease.fail(reason=fault.reason, is_refused=fault.is_refused, at=database_now())
        return 0

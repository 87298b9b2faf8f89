"""Mail fetched from IMAP mailboxes: stored first, flags on the server left as people set them."""

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from helpdesk.lib.crypto import CannotUnseal
from tickets.channels.email.keys import delivery_key
from tickets.channels.journal import keep_arrival
from tickets.channels.models import Arrival, Mailbox

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BATCH = 200
TIMEOUT = 30


def fetch_due_mailboxes(*, at: datetime) -> int:
    """Fetch new mail of every active IMAP mailbox; one mailbox's fault stops no other.

    Returns how many new mails were kept.
    """
    kept = 0
    boxes = Mailbox.objects.filter(is_active=True, door=Mailbox.Door.IMAP)
    for mailbox in boxes.defer("imap_secret"):  # each opens its own, so that one bad stops no other
        if not _lease(mailbox, at=at):
            continue
        try:
            mailbox.refresh_from_db()  # another worker may have read on since it was listed
            kept += fetch_mailbox(mailbox)
            outcome = {"last_error": "", "last_fetched_at": timezone.now()}
        except (IMAPClientError, OSError, ssl.SSLError, ValueError, CannotUnseal) as error:
            log.warning("mailbox %s: %s", mailbox.address, error)
            outcome = {"last_error": str(error)[:300] or type(error).__name__}
        Mailbox.objects.filter(pk=mailbox.pk).update(leased_until=None, **outcome)
    return kept


def fetch_mailbox(mailbox: Mailbox) -> int:
    """Keep every mail above the last UID seen; return how many were new to us.

    When the server renumbers (UIDVALIDITY, RFC 3501 2.3.1.1) all are read again; the journal's
    key knows those it has.
    """
    kept = 0
    with _session(mailbox) as imap:
        folder = imap.select_folder(mailbox.imap_folder, readonly=True)
        validity = int(folder[b"UIDVALIDITY"])
        if mailbox.uid_validity != validity:
            mailbox.uid_validity, mailbox.last_uid = validity, 0
        uids = [u for u in imap.search(f"UID {mailbox.last_uid + 1}:*") if u > mailbox.last_uid]
        for uid in sorted(uids)[:BATCH]:
            kept += _keep(mailbox, imap, uid)
            mailbox.last_uid = uid
            mailbox.save(update_fields=["uid_validity", "last_uid"])
    return kept


def _keep(mailbox: Mailbox, imap: IMAPClient, uid: int) -> bool:
    raw = imap.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
    if not raw:
        return False  # moved away between SEARCH and FETCH
    arrival_id = keep_arrival(
        channel="email",
        key=delivery_key(raw),
        raw=raw,
        source=Arrival.Source.IMAP,
        envelope_to=(mailbox.address,),
        mailbox=mailbox,
        at=timezone.now(),
    )
    return arrival_id is not None


def _lease(mailbox: Mailbox, *, at: datetime) -> bool:
    """Take the mailbox for this worker; a dead worker's lease runs out."""
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    return bool(Mailbox.objects.filter(free, pk=mailbox.pk).update(leased_until=at + LEASE))


@contextmanager
def _session(mailbox: Mailbox) -> Iterator[IMAPClient]:
    with IMAPClient(
        mailbox.imap_host, port=mailbox.imap_port, ssl=mailbox.imap_tls, timeout=TIMEOUT
    ) as imap:
        imap.login(mailbox.imap_user, mailbox.imap_secret)
        yield imap

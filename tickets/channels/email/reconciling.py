"""Whether all mail that a mailbox's server shows us as fetched is in the journal."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from imapclient import IMAPClient

from tickets.channels.email.imap import session
from tickets.channels.email.keys import delivery_key
from tickets.channels.journal import keep_arrival
from tickets.channels.models import Arrival, Discrepancy, Mailbox
from tickets.channels.reconciling import Difference, record_differences

# The newest of the mails behind the place we have fetched to.
LOOKED_AT = 500
# Clocks of servers differ, and zones are written wrongly.
CLOCKS = timedelta(days=2)
_BODY = b"BODY[]"


def reconcile_mailbox(mailbox: Mailbox, *, at: datetime) -> list[Discrepancy]:
    """Compare what lies on an IMAP server with the journal, and keep what is missing.

    Told apart by size first, so that a whole mail is asked for only where the journal has fewer of
    its size. Mail that people took from the folder is not missed. Returns what was newly found.
    Raises one of faults.OUTSIDE.
    """
    with session(mailbox) as imap:
        folder = imap.select_folder(mailbox.imap_folder, readonly=True)
        if int(folder[b"UIDVALIDITY"]) != mailbox.uid_validity:
            return []  # the next fetch reads all of it again
        missing = dict(_missing(imap, mailbox))
    found = []
    for uid, raw in missing.items():
        detail = f"{mailbox.imap_folder}: {uid}, {len(raw)} bytes"
        key = f"{mailbox.pk}:{mailbox.uid_validity}:{uid}"
        found.append(Difference(Discrepancy.Kind.NOT_KEPT, key, detail))
    known = Discrepancy.objects.filter(kind=Discrepancy.Kind.NOT_KEPT, mailbox=mailbox)
    new = record_differences(found, among=known, mailbox=mailbox, at=at)
    for raw in missing.values():
        keep_arrival(
            channel="email",
            key=delivery_key(raw),
            raw=raw,
            source=Arrival.Source.IMAP,
            envelope_to=(mailbox.address,),
            mailbox=mailbox,
            at=at,
        )
    return new


def _missing(imap: IMAPClient, mailbox: Mailbox) -> Iterable[tuple[int, bytes]]:
    wanted: list[Any] = ["UID", f"1:{max(1, mailbox.last_uid)}"]
    if mailbox.imap_since:
        wanted += ["SINCE", mailbox.imap_since]
    fetched = sorted(uid for uid in imap.search(wanted) if uid <= mailbox.last_uid)[-LOOKED_AT:]
    if not fetched:
        return
    shown = imap.fetch(fetched, ["RFC822.SIZE", "INTERNALDATE"])
    sizes = {uid: int(row[b"RFC822.SIZE"]) for uid, row in shown.items()}
    since = min(row[b"INTERNALDATE"] for row in shown.values()) - CLOCKS
    here = Arrival.objects.filter(mailbox=mailbox, received_at__gt=since)
    kept = Counter(here.filter(size__in=set(sizes.values())).values_list("size", flat=True))
    there = Counter(sizes.values())
    limit = 4_000_000
    for uid in (uid for uid, size in sizes.items() if kept[size] < there[size] and size < limit):
        raw = imap.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(_BODY, b"")
        if raw and not Arrival.objects.filter(channel="email", key=delivery_key(raw)).exists():
            yield uid, raw

"""Mail fetched from IMAP mailboxes: stored first, and only then touched on the server.

Whether a mail is new is told by its UID and, where the server renumbers, by its content; never by
its flags, which are people's.
"""

import logging
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from helpdesk.lib.clock import database_now
from helpdesk.lib.room import require_room
from tickets.channels.email.faults import NoSuchFolder
from tickets.channels.email.keys import delivery_key
from tickets.channels.email.leases import Lease
from tickets.channels.email.oauth import access_token, forget_access
from tickets.channels.journal import keep_arrival
from tickets.channels.models import Arrival, Mailbox
from tickets.channels.models.mailbox_parts import Security

log = logging.getLogger(__name__)

TIMEOUT = 30
# Asked for at once: so many mails, or one that is larger than that alone.
CHUNK, CHUNK_BYTES = 20, 4 * 1024 * 1024
LISTED = 500
# A mailbox with a long queue lets the worker go after this; the next fetch goes on.
LONGEST_FETCH = timedelta(minutes=2)
HEADER_LIMIT = 262_144
_BODY, _HEADER = "BODY.PEEK[]", f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>"


def fetch_folder(mailbox: Mailbox, lease: Lease) -> int:
    """Keep every mail above the last UID seen; return how many were new to us.

    When the server renumbers (UIDVALIDITY, RFC 3501 2.3.1.1) all are read again; the journal's
    key knows those it has. Raises one of faults.OUTSIDE, or LeaseLost.
    """
    with session(mailbox) as imap:
        validity = open_folder(imap, mailbox)
        if mailbox.uid_validity != validity:
            mailbox.uid_validity, mailbox.last_uid = validity, 0
        end = time.monotonic() + LONGEST_FETCH.total_seconds()
        waiting = _waiting(imap, mailbox)
        kept = 0
        while waiting and time.monotonic() < end:
            listed, waiting = waiting[:LISTED], waiting[LISTED:]
            kept += _fetch_listed(imap, mailbox, lease, listed)
        left = _left(imap, waiting)
        if mailbox.after_fetch_fault:
            lease.write(at=database_now(), **left)
            raise NoSuchFolder(mailbox.after_fetch_fault)
        lease.succeed(at=database_now(), **_place(mailbox), **left)
    return kept


@contextmanager
def session(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """Sign in to a mailbox's server. Raises one of faults.OUTSIDE."""
    if mailbox.imap_auth == Mailbox.Auth.OAUTH2:
        access_token(mailbox, at=timezone.now())  # refreshed before a server is kept waiting
    with connected(mailbox) as imap:
        log_in(imap, mailbox)
        yield imap


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """Connect to a mailbox's server, encrypted as it is set. Raises one of faults.OUTSIDE."""
    context = ssl.create_default_context()
    is_tls = mailbox.imap_security == Security.TLS
    with IMAPClient(
        mailbox.imap_host,
        port=mailbox.imap_port,
        ssl=is_tls,
        ssl_context=context if is_tls else None,
        timeout=TIMEOUT,
    ) as imap:
        imap.normalise_times = False
        if mailbox.imap_security == Security.STARTTLS:
            imap.starttls(context)
        yield imap


def log_in(imap: IMAPClient, mailbox: Mailbox) -> None:
    """Sign in by password or token. Raises LoginError, SignInNeeded, TransientError."""
    if mailbox.imap_auth == Mailbox.Auth.PASSWORD:
        imap.login(mailbox.imap_user, mailbox.imap_secret)
        return
    token = access_token(mailbox, at=timezone.now())
    try:
        imap.oauth2_login(mailbox.imap_user, token)
    except LoginError:
        forget_access(mailbox)
        raise


def open_folder(imap: IMAPClient, mailbox: Mailbox) -> int:
    """Open the mailbox's folder, to be changed only if it must; return its UIDVALIDITY."""
    is_left_alone = mailbox.after_fetch == Mailbox.AfterFetch.LEAVE
    try:
        folder = imap.select_folder(mailbox.imap_folder, readonly=is_left_alone)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise NoSuchFolder(f"{mailbox.imap_folder}: {error}") from error
    return int(folder[b"UIDVALIDITY"])


def _waiting(imap: IMAPClient, mailbox: Mailbox) -> list[int]:
    wanted: list[Any] = ["UID", f"{mailbox.last_uid + 1}:*"]
    if mailbox.imap_since:
        wanted += ["SINCE", mailbox.imap_since]
    return sorted(uid for uid in imap.search(wanted) if uid > mailbox.last_uid)


def _fetch_listed(imap: IMAPClient, mailbox: Mailbox, lease: Lease, uids: list[int]) -> int:
    kept = 0
    listed = imap.fetch(uids, ["RFC822.SIZE"])
    sizes = {uid: int(row[b"RFC822.SIZE"]) for uid, row in listed.items()}
    for chunk in _chunks(uids, sizes):
        require_room(sum(sizes.get(uid, 0) for uid in chunk))
        if _is_large(sizes.get(chunk[0], 0)):
            kept += _park_large(imap, mailbox, chunk[0], sizes[chunk[0]])
        else:
            kept += _keep(imap, mailbox, chunk)
            _touch(imap, mailbox, lease, [uid for uid in chunk if uid in sizes])
        mailbox.last_uid = chunk[-1]
        lease.write(at=database_now(), **_place(mailbox))
    return kept


def _is_large(size: int) -> bool:
    return size > int(settings.MAIL_SIZE_LIMIT)


def _chunks(uids: Iterable[int], sizes: dict[int, int]) -> Iterator[list[int]]:
    """Divide mails into what is asked for at once; one that is too large stands alone."""
    chunk: list[int] = []
    total = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        is_full = len(chunk) == CHUNK or total + size > CHUNK_BYTES or _is_large(total)
        if chunk and (is_full or _is_large(size)):
            yield chunk
            chunk, total = [], 0
        chunk.append(uid)
        total += size
    if chunk:
        yield chunk


def _keep(imap: IMAPClient, mailbox: Mailbox, uids: list[int]) -> int:
    """Keep a chunk of mails. One the server will not hand over is noted and holds up no other."""
    try:
        found = imap.fetch(uids, [_BODY])
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        if len(uids) > 1:
            return sum(_keep(imap, mailbox, [uid]) for uid in uids)
        reason = _(
            "The server does not hand over this mail, number %(uid)s of %(folder)s: %(said)s"
        )
        facts = {"uid": uids[0], "folder": mailbox.imap_folder, "said": error}
        key = f"imap:{mailbox.pk}:{mailbox.uid_validity}:{uids[0]}"
        return _store(mailbox, key, b"", parked_for=reason % facts)
    # A mail that was moved away between SEARCH and FETCH is not in the answer.
    mails = [found[uid][b"BODY[]"] for uid in uids if found.get(uid, {}).get(b"BODY[]")]
    return sum(_store(mailbox, delivery_key(raw), raw) for raw in mails)


def _park_large(imap: IMAPClient, mailbox: Mailbox, uid: int, size: int) -> int:
    """Keep the header of a mail that is over the limit, for a person to look for it."""
    found = imap.fetch([uid], [_HEADER]).get(uid, {})
    head = next((value for name, value in found.items() if name.startswith(b"BODY[HEADER]")), b"")
    reason = _(
        "With %(size)s MB it is larger than the limit of %(limit)s MB. Only its header is here; "
        "the mail itself was left in %(folder)s on the server."
    ) % {
        "size": round(size / 1_000_000, 1),
        "limit": settings.MAIL_SIZE_LIMIT // 1_000_000 or 1,
        "folder": mailbox.imap_folder,
    }
    return _store(mailbox, f"head:{delivery_key(head)}", head, parked_for=reason)


def _store(mailbox: Mailbox, key: str, raw: bytes, *, parked_for: str = "") -> int:
    arrival_id = keep_arrival(
        channel="email",
        key=key,
        raw=raw,
        source=Arrival.Source.IMAP,
        envelope_to=(mailbox.address,),
        mailbox=mailbox,
        parked_for=parked_for,
        at=timezone.now(),
    )
    return int(arrival_id is not None)


def _touch(imap: IMAPClient, mailbox: Mailbox, lease: Lease, uids: list[int]) -> None:
    """Do on the server what was asked for mails that are safe here, if they are still ours."""
    action = mailbox.after_fetch
    if action == Mailbox.AfterFetch.LEAVE or not uids:
        return
    lease.write(at=database_now())
    if action == Mailbox.AfterFetch.SEEN:
        imap.add_flags(uids, [SEEN], silent=True)
    elif action == Mailbox.AfterFetch.MOVE:
        mailbox.after_fetch_fault = _move(imap, mailbox.after_fetch_folder, uids)
    else:
        _delete(imap, uids)


def _move(imap: IMAPClient, folder: str, uids: list[int]) -> str:
    """Move mails and return what the server said against it: they stay, and no other waits."""
    try:
        if imap.has_capability("MOVE"):
            imap.move(uids, folder)
            return ""
        imap.copy(uids, folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        return f"{folder}: {error}"
    _delete(imap, uids)
    return ""


def _delete(imap: IMAPClient, uids: list[int]) -> None:
    imap.delete_messages(uids, silent=True)
    if imap.has_capability("UIDPLUS"):  # without it, others' deleted mails would go as well
        imap.uid_expunge(uids)


def _place(mailbox: Mailbox) -> dict[str, Any]:
    return {"uid_validity": mailbox.uid_validity, "last_uid": mailbox.last_uid}


def _left(imap: IMAPClient, uids: list[int]) -> dict[str, Any]:
    """How much is left on the server, and since when."""
    since: datetime | None = None
    if uids:
        found = imap.fetch(uids[:1], ["INTERNALDATE"]).get(uids[0], {})
        since = found.get(b"INTERNALDATE")
    return {"backlog": len(uids), "waiting_since": since}

"""Every way an upload can change: given, its columns named, read piece by piece, stopped."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.operations import Outcome, record_outside_event
from customers.uploads.errors import IncompleteMapping, TableTooLarge
from customers.uploads.models import Upload
from customers.uploads.table import (
    ADDRESSES,
    CARD,
    NAMES,
    Table,
    guess_mapping,
    news_of_row,
    read_table,
)
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import open_blob, store_blob
from helpdesk.lib.errors import DomainError
from helpdesk.lib.text import clean_line

LARGEST_MEGABYTES = 20
PIECE = 200
FAULTS_KEPT = 1_000


@transaction.atomic
def give_upload(
    *,
    name: str,
    data: bytes,
    source: str,
    kind: str = "",
    meets_new: bool = False,
    by: Actor,
    at: datetime,
) -> Upload:
    """Keep a table of events and guess what its columns are; nothing of it is read yet.

    The same table of the same source that was not read to its end is gone on with.
    Raises TableTooLarge, UnreadableTable.
    """
    if len(data) > LARGEST_MEGABYTES * 1_000_000:
        raise TableTooLarge(megabytes=LARGEST_MEGABYTES)
    table, sha256 = read_table(data), store_blob(data)
    unfinished = Upload.objects.filter(sha256=sha256, source=source, kind=kind)
    if known := unfinished.exclude(state=Upload.State.DONE).order_by("-at").first():
        return known
    return Upload.objects.create(
        name=clean_line(name, limit=200) or _("table"),
        sha256=sha256,
        source=source,
        kind=kind,
        meets_new=meets_new,
        mapping=guess_mapping(table.columns),
        total=sum(1 for _row in table.rows()),
        by_id=by.agent_id,
        at=at,
    )


@transaction.atomic
def start_upload(upload: Upload, *, mapping: dict[str, str], by: Actor, at: datetime) -> Upload:
    """Say what the columns are and let the table be read. Raises IncompleteMapping."""
    upload = _lock(upload)
    known = {column: mapping.get(column, "") for column in table_of(upload).columns}
    named = [field for field in known.values() if field and field != CARD]
    missing = [field for field in ("external_id", "at") if field not in named]
    missing += [] if ADDRESSES.keys() & {*named} else [" / ".join(ADDRESSES)]
    missing += [] if upload.kind or "kind" in named else ["kind"]
    if missing or len(set(named)) != len(named) or not {*named} <= NAMES.keys():
        raise IncompleteMapping(missing=", ".join(missing) or _("one column for each field"))
    upload.mapping, upload.state = known, Upload.State.RUNNING
    upload.save(update_fields=["mapping", "state"])
    return upload


@transaction.atomic
def stop_upload(upload: Upload, *, by: Actor, at: datetime) -> Upload:
    """Stop reading; what was read stays, and reading can go on."""
    upload = _lock(upload)
    if upload.state == Upload.State.RUNNING:
        upload.state = Upload.State.STOPPED
        upload.save(update_fields=["state"])
    return upload


@transaction.atomic
def go_on_with_upload(upload: Upload, *, by: Actor, at: datetime) -> Upload:
    """Let a stopped table be read on from where it stood."""
    upload = _lock(upload)
    if upload.state == Upload.State.STOPPED:
        upload.state = Upload.State.RUNNING
        upload.save(update_fields=["state"])
    return upload


def table_of(upload: Upload) -> Table:
    """Return the table that was given. Raises FileNotFoundError."""
    with open_blob(upload.sha256) as file:
        return read_table(file.read())


def read_upload(upload: Upload, *, by: Actor, at: datetime) -> Iterator[Upload]:
    """Read a running table to its end, yielding after each piece that is kept.

    Each piece is one transaction that also says how far it got: a crash repeats at most one
    piece, and repeating is harmless. Ends where somebody stopped it, or reads it as well.
    """
    table = table_of(upload)
    upload.refresh_from_db()
    rows = islice(table.rows(), upload.done, None)
    while upload.state == Upload.State.RUNNING:
        piece = list(islice(rows, PIECE))
        read = _read_piece(upload, table.columns, piece, by=by, at=at)
        if read is None:
            return
        upload = read
        yield upload


@transaction.atomic
def _read_piece(
    upload: Upload, columns: list[str], piece: list[list[str]], *, by: Actor, at: datetime
) -> Upload | None:
    """Keep some rows and count them; None where others have read or stopped meanwhile."""
    begun = upload.done
    upload = _lock(upload)
    if upload.done != begun or upload.state != Upload.State.RUNNING:
        return None
    for number, row in enumerate(piece, begun + 1):
        _read_row(upload, columns, row, number, by=by, at=at)
    upload.done = begun + len(piece)
    if len(piece) < PIECE:
        upload.state = Upload.State.DONE
    upload.save(update_fields=["done", "state", "created", "changed", "same", "refused", "faults"])
    return upload


def _read_row(
    upload: Upload, columns: list[str], row: list[str], number: int, *, by: Actor, at: datetime
) -> None:
    try:
        news = news_of_row(columns, row, mapping=upload.mapping, kind=upload.kind)
        told = record_outside_event(
            news, source=upload.source, meets_new=upload.meets_new, by=by, at=at
        )
    except DomainError as error:
        upload.refused += 1
        if len(upload.faults) < FAULTS_KEPT:
            fault: dict[str, Any] = {"row": number, "code": error.code, "detail": str(error)}
            upload.faults.append(fault)
    else:
        upload.created += told.outcome == Outcome.CREATED
        upload.changed += told.outcome == Outcome.CHANGED
        upload.same += told.outcome == Outcome.SAME


def _lock(upload: Upload) -> Upload:
    return Upload.objects.select_for_update(of=("self",), no_key=True).get(pk=upload.pk)

"""Files of reports and of the rows behind their numbers: any size, in the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from pathlib import Path

from customers.cx.models import CXFact
from helpdesk.lib.blobs import begin_file, remove_blob, store_file
from tickets.metrics.reporting.behind import Added, added_by, rows_behind
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.periods import workspace_zone
from tickets.models import Ticket, Topic
from tickets.reports.answering import answer
from tickets.reports.asking import Asked
from tickets.reports.models import Export
from tickets.reports.writing import (
    ROW_HEADS,
    Cell,
    Writer,
    csv_file,
    write_definitions,
    write_table,
    xlsx_file,
)

CHUNK = 2000
State = Export.State


def write_export_file(export: Export, *, at: datetime) -> Export:
    """Write the file of an export and note where it is; begun anew when it was interrupted."""
    path = begin_file()
    try:
        with _file(export, path, at) as writer:
            is_whole = _write(export, writer, at)
        if not is_whole:
            return export
        size, sha256 = path.stat().st_size, store_file(path)
    finally:
        path.unlink(missing_ok=True)
    done = {"state": State.DONE, "sha256": sha256, "size": size, "finished_at": at}
    Export.objects.filter(pk=export.pk, state=State.RUNNING).update(**done)
    export.refresh_from_db()
    return export


def clear_exports(*, at: datetime) -> int:
    """Delete files that are older than a week; return how many."""
    old = Export.objects.filter(finished_at__lt=at - Export.KEPT_FOR).exclude(sha256="")
    for export in old:
        others = Export.objects.filter(sha256=export.sha256).exclude(pk=export.pk)
        if not others.exists():
            remove_blob(export.sha256)
        export.sha256 = ""
        export.save(update_fields=["sha256"])
    return len(old)


def _file(export: Export, path: Path, at: datetime) -> AbstractContextManager[Writer]:
    if export.format == Export.Format.CSV:
        return csv_file(path)
    return xlsx_file(path, zone=workspace_zone(at))


def _write(export: Export, writer: Writer, at: datetime) -> bool:
    """Write all; False when it was stopped meanwhile."""
    asked = Asked.of(export.asked)
    if not export.metric:
        _note(export, done=0, total=1)
        write_table(answer(asked, agent=export.agent, at=at), writer)
        return _note(export, done=1, total=1)
    period = asked.period(at)
    rows = rows_behind(
        export.metric,
        period,
        agent=export.agent,
        at=at,
        filters=asked.filters,
        only_hits=export.only_hits,
    )
    total = rows.count()
    writer.part(str(METRICS[export.metric].label))
    writer.row(ROW_HEADS)
    done, going = 0, _note(export, done=0, total=total)
    facts = rows.select_related("customer", "team", "agent", "organisation").iterator(CHUNK)
    topics = {topic.pk: topic.name for topic in Topic.objects.all()}
    while going and (chunk := list(islice(facts, CHUNK))):
        for cells in _cells(chunk, added_by(export.metric, period, chunk, at=at), topics):
            writer.row(cells)
        done += len(chunk)
        going = _note(export, done=done, total=max(total, done))
    write_definitions([METRICS[export.metric]], writer)
    return going


def _note(export: Export, *, done: int, total: int) -> bool:
    """Note how far it is; False once somebody has stopped it."""
    going = Export.objects.filter(pk=export.pk, state__in=(State.WAITING, State.RUNNING))
    return bool(going.update(state=State.RUNNING, done=done, total=total))


def _cells(
    chunk: Sequence[CXFact], added: dict[int, Added], topics: dict[int, str]
) -> Iterator[list[Cell]]:
    numbers = {fact.ticket_number for fact in chunk if fact.ticket_number is not None}
    subjects = dict(Ticket.objects.filter(number__in=numbers).values_list("number", "subject"))
    for fact in chunk:
        adds = added.get(fact.pk, Added())
        yield [
            fact.at,
            fact.ticket_number,
            subjects.get(fact.ticket_number or 0, ""),
            str(fact.customer),
            fact.kind,
            adds.total,
            adds.value,
            adds.business,
            str(fact.team or ""),
            str(fact.agent or ""),
            fact.channel,
            topics.get(fact.topic_id or 0, ""),
            str(fact.organisation or ""),
            fact.tier,
            fact.version,
        ]

"""Reports and rows as files: CSV for programs, XLSX for spreadsheets, both row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext as _

from helpdesk.lib.text import harmless_cell
from tickets.briefing.composing import RULESET
from tickets.metrics.clock import VERSION
from tickets.metrics.reporting.metric import Metric
from tickets.reports.answering import Table, names, plain

# A sheet of XLSX ends here; what is left goes on in the next.
SHEET_ROWS = 1_048_576

Cell = str | float | int | datetime | None


class Writer(Protocol):
    def row(self, cells: Sequence[Cell]) -> None: ...

    def part(self, title: str) -> None:
        """Begin another table of the same file."""


@contextmanager
def csv_file(path: Path) -> Iterator[Writer]:
    """Write a CSV table in UTF-8 that spreadsheets recognise, its texts never as formulas."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        yield _Csv(file)


@contextmanager
def xlsx_file(path: Path, *, zone: str) -> Iterator[Writer]:
    """Write a workbook in constant memory; moments are written by the clocks of `zone`."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path, options)
    try:
        yield _Xlsx(book, ZoneInfo(zone))
    finally:
        book.close()


class _Csv:
    def __init__(self, file: io.TextIOBase | Any) -> None:
        self._table = csv.writer(file)
        self._is_begun = False

    def row(self, cells: Sequence[Cell]) -> None:
        self._table.writerow([_csv_cell(cell) for cell in cells])
        self._is_begun = True

    def part(self, title: str) -> None:
        if self._is_begun:
            self._table.writerow([])
        self._table.writerow([title])


class _Xlsx:
    def __init__(self, book: xlsxwriter.Workbook, zone: ZoneInfo) -> None:
        self._book, self._zone = book, zone
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._sheet: Any = None
        self._next = 0

    def row(self, cells: Sequence[Cell]) -> None:
        if self._sheet is None or self._next == SHEET_ROWS:
            self._sheet, self._next = self._book.add_worksheet(), 0
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                here = cell.astimezone(self._zone).replace(tzinfo=None)
                self._sheet.write_datetime(self._next, column, here, self._moment)
            elif isinstance(cell, str):
                self._sheet.write_string(self._next, column, cell)
            elif cell is not None:
                self._sheet.write_number(self._next, column, cell)
        self._next += 1

    def part(self, title: str) -> None:
        self._sheet, self._next = self._book.add_worksheet(title[:31]), 0


def _csv_cell(cell: Cell) -> str | float | int:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat()
    return harmless_cell(cell) if isinstance(cell, str) else cell


def write_table(table: Table, writer: Writer) -> None:
    """Write a report: its rows, the whole, and what each number means."""
    by = str(table.asked.by or "")
    writer.part(_("Report"))
    writer.row([by or _("period"), _("name"), *_heads(table.metrics)])
    for row in (*table.rows, table.whole):
        cells = [cell for figure in row.figures for cell in plain(figure).values()]
        writer.row([row.key, row.label, *cells])
    write_definitions(table.metrics, writer)
    _write_question(table, writer)


def _heads(metrics: Iterable[Metric]) -> Iterator[str]:
    for metric in metrics:
        yield from (f"{metric.key}_{name}" for name in names(metric.shape))


def write_definitions(metrics: Iterable[Metric], writer: Writer) -> None:
    """Write what these metrics mean, by when they are dated, and the versions of the definitions
    and of the rules that briefings are made by."""
    writer.part(_("Definitions"))
    writer.row([_("metric"), _("name"), _("meaning"), _("dated"), _("changed in version")])
    for metric in metrics:
        writer.row(
            [metric.key, str(metric.label), str(metric.meaning), str(metric.dated), metric.since]
        )
    writer.row([_("definitions version"), VERSION])
    writer.row([_("briefing rules version"), RULESET])


def _write_question(table: Table, writer: Writer) -> None:
    writer.part(_("Asked"))
    period = table.period
    writer.row([_("first day"), period.first.isoformat()])
    writer.row([_("last day"), period.last.isoformat()])
    writer.row([_("time zone"), period.zone])
    writer.row([_("as of"), table.at])
    writer.row([_("times in"), table.asked.clock])
    for name, key in table.asked.filters.as_query().items():
        writer.row([name, key])


ROW_HEADS = (
    "at", "ticket", "subject", "customer", "kind", "hit", "value", "business", "team", "agent",
    "channel", "topic", "organisation", "tier", "definition_version",
)  # fmt: skip

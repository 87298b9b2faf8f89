"""A table as people export it: which columns it has, and each row as news of a customer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Identity
from customers.operations import News
from customers.operations.outside import ORDER
from customers.uploads.errors import EmptyCell, UnreadableTable, UnusableRow
from helpdesk.lib.text import clean_line

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 100
CARD = "card"
ADDRESSES: Mapping[str, str] = {
    "email": Identity.Kind.EMAIL,
    "phone": Identity.Kind.PHONE,
    "external": Identity.Kind.EXTERNAL,
    "handle": Identity.Kind.HANDLE,
}
# What a column may be, and the names by which we guess it (lower case, without punctuation).
NAMES: Mapping[str, tuple[str, ...]] = {
    "external_id": ("id", "external id", "event id", "number", "nummer", "order", "reference"),
    "at": ("at", "date", "datum", "time", "zeit", "when", "timestamp", "placed at", "created at"),
    "kind": ("kind", "type", "event", "art"),
    "title": ("title", "titel", "subject", "name", "description"),
    "status": ("status", "state", "zustand"),
    "url": ("url", "link"),
    "may_cause_contact": ("may cause contact", "likely"),
    "email": ("email", "e mail", "mail", "customer email", "e mail adresse"),
    "phone": ("phone", "telephone", "telefon", "mobile"),
    "external": ("customer id", "customer", "kundennummer", "external", "user id"),
    "handle": ("handle", "username", "user name"),
}
DATE_FORMATS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
YES, NO = (
    frozenset({"1", "true", "yes", "ja", "y"}),
    frozenset({"", "0", "false", "no", "nein", "n"}),
)


@dataclass(frozen=True)
class Table:
    """Column names, and the rows below them as lists of cells."""

    columns: list[str]
    text: str
    delimiter: str

    def rows(self) -> Iterator[list[str]]:
        """Read the rows that are not empty, one after the other. Raises UnreadableTable."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)
        next(reader)
        try:
            yield from (row for row in reader if any(cell.strip() for cell in row))
        except csv.Error as error:
            raise UnreadableTable from error


def read_table(data: bytes) -> Table:
    """Understand a CSV file: UTF-8 or Windows-1252; comma, semicolon, tab or bar.

    Raises UnreadableTable.
    """
    text = _decoded(data)
    head = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (csv.Error, StopIteration) as error:
        raise UnreadableTable from error
    columns = [clean_line(name, limit=60) for name in names]
    if not any(columns) or len(columns) > MOST_COLUMNS or len(set(columns)) != len(columns):
        raise UnreadableTable
    table = Table(columns, text, delimiter)
    if next(table.rows(), None) is None:
        raise UnreadableTable
    return table


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise UnreadableTable
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def guess_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Say what each column probably is; what we do not know goes on the card."""
    taken: set[str] = set()
    mapping = {}
    for column in columns:
        plain = " ".join("".join(c if c.isalnum() else " " for c in column.lower()).split())
        found = next((f for f, names in NAMES.items() if plain in names and f not in taken), CARD)
        taken.add(found)
        mapping[column] = found
    return mapping


def news_of_row(
    columns: Sequence[str], row: Sequence[str], *, mapping: Mapping[str, str], kind: str
) -> News:
    """Read one row as news; `kind` is that of all rows where no column says it.

    Raises EmptyCell, UnusableRow.
    """
    pairs = zip(columns, row, strict=False)
    cells = {column: cell.strip() for column, cell in pairs if mapping.get(column)}
    by_field = {field: column for column, field in mapping.items() if field not in {"", CARD}}

    def cell(field: str) -> str:
        return cells.get(by_field.get(field, ""), "")

    for needed in ("external_id", "at"):
        if not cell(needed):
            raise EmptyCell(column=by_field.get(needed, needed))
    card = {name: cells[name] for name, to in mapping.items() if to == CARD and cells.get(name)}
    kind = (cell("kind") or kind).lower()
    return News(
        kind=kind,
        external_id=cell("external_id")[:120],
        title=clean_line(cell("title"), limit=300),
        at=_moment(cell("at"), by_field["at"]),
        addresses=tuple((to, cell(field)) for field, to in ADDRESSES.items() if cell(field)),
        status=clean_line(cell("status"), limit=60),
        url=_address(cell("url"), by_field.get("url", "")),
        fields=_lowered(card) if kind == ORDER else dict(card),
        may_cause_contact=_truth(cell("may_cause_contact"), by_field.get("may_cause_contact", "")),
    )


def _lowered(card: Mapping[str, str]) -> dict[str, Any]:
    """An order's total and currency are found whatever the case of their columns."""
    return {name.lower(): value for name, value in card.items()}


def _moment(text: str, column: str) -> datetime:
    moment = _iso(text) or next(filter(None, (_written(text, form) for form in DATE_FORMATS)), None)
    if moment is None:
        raise UnusableRow(column=column, value=text[:40], wanted=_("a date, like 2026-03-31 14:05"))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _written(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - its zone is ours, as the caller says
    except ValueError:
        return None


def _address(text: str, column: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        raise UnusableRow(column=column, value=text[:40], wanted=_("a web address"))
    return text


def _truth(text: str, column: str) -> bool | None:
    said = text.lower()
    if said in YES:
        return True
    if said in NO:
        return False if said else None
    raise UnusableRow(column=column, value=text[:40], wanted=_("yes or no"))

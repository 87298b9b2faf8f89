"""Write many rows in one statement, and only those that are not as they should be.

The rows travel as one JSON value: a statement for a thousand rows is as short as one for one, and
the database compares them with its own without sending any.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.options import Options

Row = Mapping[str, Any]
# By owner, from when until when.
Spans = Mapping[int, tuple[datetime, datetime]]

_GIVEN = """
ROWS FROM (json_to_recordset(%s::json) AS ({columns})) WITH ORDINALITY AS g({names}, place)
"""
_DIFFERING = """
WITH stored(id, {names}) AS MATERIALIZED ({stored}),
differing AS MATERIALIZED (
    SELECT s.id AS stored_id, g.*
    FROM {given} FULL JOIN stored s ON {same_key}
    WHERE s.id IS NULL OR g.place IS NULL OR ({stored_values}) IS DISTINCT FROM ({given_values})
)"""
_KEEP = """,
gone AS (
    DELETE FROM {table} t USING differing d WHERE t.id = d.stored_id AND d.place IS NULL
), changed AS (
    UPDATE {table} t SET {assigned} FROM differing d
    WHERE t.id = d.stored_id AND d.place IS NOT NULL
), added AS (
    INSERT INTO {table} ({names})
    SELECT {names} FROM differing WHERE stored_id IS NULL ORDER BY place
)"""
_NOTHING = "SELECT id, {names} FROM {table} WHERE false"
_COUNT = " SELECT count(*) FROM differing"
_INSERT = "INSERT INTO {table} ({names}) SELECT {names} FROM {given} ORDER BY place"
_UPDATE = "UPDATE {table} t SET {assigned} FROM {given} WHERE t.id = g.id"
# Read once, by its index, before the plan begins: the planner cannot know how few these are.
_WITHIN = """
{table}.id = ANY (ARRAY (
    SELECT found.id
    FROM json_to_recordset(%s::json) AS g(owner bigint, first timestamptz, last timestamptz)
    CROSS JOIN LATERAL (
        SELECT t.id FROM {table} t
        WHERE t.{owner} = g.owner AND t.{moment} BETWEEN g.first AND g.last OFFSET 0
    ) found
))"""


def keep_rows(
    stored: QuerySet[Any],
    wanted: Iterable[Row],
    *,
    key: Sequence[str],
    fields: Sequence[str],
    write: bool,
) -> int:
    """Make the stored rows equal to the wanted ones; return how many were missing, wrong or left.

    `key` tells rows apart, `fields` are compared and written; both name columns. What else a row
    has stays as it is, or becomes the database's default. With `write` off it only counts.
    """
    model: type[Model] = stored.model
    names, rows = (*key, *fields), list(wanted)
    known, given = _select(stored, names)
    if not known and not rows:
        return 0
    parts = {
        "same_key": " AND ".join(f"s.{name} = g.{name}" for name in key),
        "stored_values": ", ".join(f"s.{name}" for name in fields),
        "given_values": ", ".join(f"g.{name}" for name in fields),
        "assigned": ", ".join(f"{name} = d.{name}" for name in fields),
        **_parts(model, names),
    }
    parts["stored"] = known or _NOTHING.format(**parts)
    sql = (_DIFFERING + (_KEEP if write else "")).format(**parts) + _COUNT
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, _told(rows)])
        return int(cursor.fetchone()[0])


def insert_rows(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Insert rows of one model in their order; other columns become the database's default."""
    if not rows:
        return
    sql = _INSERT.format(**_parts(type(rows[0]), tuple(fields)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [_told(_row(row, fields) for row in rows)])


def update_rows(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write these columns of stored rows of one model."""
    if not rows:
        return
    assigned = ", ".join(f"{name} = g.{name}" for name in fields)
    sql = _UPDATE.format(assigned=assigned, **_parts(type(rows[0]), ("id", *fields)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [_told(_row(row, ("id", *fields)) for row in rows)])


def is_within(model: type[Model], spans: Spans, *, owner: str, moment: str) -> Q:
    """Rows whose moment lies within the span of their owner, both ends included."""
    sql = _WITHIN.format(table=_options(model).db_table, owner=owner, moment=moment)
    given = [{"owner": one, "first": first, "last": last} for one, (first, last) in spans.items()]
    return Q(RawSQL(sql, [_told(given)], output_field=BooleanField()))  # noqa: S611


@cache
def _parts(model: type[Model], names: tuple[str, ...]) -> dict[str, str]:
    options = _options(model)
    types = {field.attname: field.db_type(connection) for field in options.concrete_fields}
    listed = ", ".join(names)
    columns = ", ".join(f"{name} {types[name]}" for name in names)
    given = _GIVEN.format(columns=columns, names=listed)
    return {"table": options.db_table, "names": listed, "given": given}


def _select(stored: QuerySet[Any], names: Sequence[str]) -> tuple[str, Sequence[Any]]:
    """The SQL of what is stored; empty where the database need not be asked."""
    try:
        return stored.order_by().values_list("id", *names).query.sql_with_params()
    except EmptyResultSet:
        return "", ()


def _options(model: type[Model]) -> Options[Any]:
    return model._meta  # noqa: SLF001  its public interface, whatever it is called


def _row(row: Model, fields: Sequence[str]) -> Row:
    return {name: getattr(row, name) for name in fields}


def _told(rows: Iterable[Row]) -> str:
    return json.dumps(list(rows), default=datetime.isoformat)

"""What facts come to, by metric and part of a report: one statement, from rolled-up days or facts.

Sums are made by the database. Values come as they are kept, a sorted list a day, and are sorted
together here: lists that are in order each take a fraction of the time of sorting them anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from tickets.metrics.reporting.counting import (
    OF_OPEN_DAYS,
    OF_PERIOD,
    added,
    last_day,
    params,
)
from tickets.metrics.reporting.cutting import COLUMNS, Cut, Dimension
from tickets.metrics.reporting.metric import Metric, Shape
from tickets.metrics.reporting.periods import Period, Step
from tickets.metrics.reporting.rolling import ROLLED

BUSINESS, CALENDAR = "business", "calendar"
_SPREADS = (Shape.TIME, Shape.NUMBER)

# A metric and a part of the report: the part's first day or a key; None for the whole.
Place = tuple[str, str | None]


@dataclass
class Cell:
    """How many facts, their hits, and their values in order."""

    n: int = 0
    total: float = 0
    values: list[float] = field(default_factory=list)

    def add(self, n: int, total: float, values: Iterable[float]) -> None:
        self.n += n
        self.total += total
        self.values.extend(values)


def cells_of(
    metrics: Sequence[Metric],
    period: Period,
    cut: Cut,
    by: Step | Dimension | None,
    *,
    at: datetime,
    clock: str,
) -> dict[Place, Cell]:
    """Return what the facts of a period come to, the whole and its parts; none of no facts.

    At most two statements: of metrics whose days add up, and of those that tell customers apart.
    """
    found: dict[Place, Cell] = {}
    adding = [metric for metric in metrics if not metric.by_customer]
    if adding:
        sql = _of_days(adding, period, cut, by, at=at, clock=clock)
        found |= _with_whole(_gathered(sql, adding, period, cut, at))
    apart = [metric for metric in metrics if metric.by_customer]
    if apart:
        sql = _of_votes(apart, period, cut, by, at=at)
        found |= _gathered(sql, apart, period, cut, at)
    return {place: cell for place, cell in found.items() if cell.n > 0}


_OPEN_DAYS = """
open_days AS MATERIALIZED (
    SELECT d::date AS day, d::date::timestamp AT TIME ZONE %(zone)s AS begin,
           (d::date + 1)::timestamp AT TIME ZONE %(zone)s AS finish
    FROM generate_series(%(first)s::date, %(last)s::date, '1 day') d
    WHERE NOT EXISTS (
              SELECT 1 FROM metrics_rolledday r WHERE r.day = d::date AND r.zone = %(zone)s)
       OR EXISTS (
              SELECT 1 FROM metrics_unrolled u
              WHERE u.at >= d::date::timestamp AT TIME ZONE %(zone)s
                AND u.at < (d::date + 1)::timestamp AT TIME ZONE %(zone)s)
)"""
_ROLLED = """
SELECT d.metric, {bucket} AS bucket, d.n, d.total,
       CASE WHEN d.metric = ANY(%(timed)s) THEN d.{values} ELSE d.values END AS vals
FROM metrics_daynumber d
JOIN (VALUES {ripe}) AS asked(metric, last_day) ON asked.metric = d.metric
WHERE d.dimension = %(dimension)s AND {key} AND d.day BETWEEN %(first)s AND asked.last_day
  AND d.day NOT IN (SELECT day FROM open_days)
"""
_LIVE = """
SELECT metric, bucket, sum(n)::bigint, sum(total), array_agg(v) FILTER (WHERE v IS NOT NULL)
FROM (
    SELECT f.metric, {bucket} AS bucket, f.n, f.total,
           CASE WHEN f.metric = ANY(%(timed)s) THEN f.{value} ELSE f.value END AS v
    FROM ({added}) f
) live GROUP BY metric, bucket
"""
_BOTH = """
WITH {open_days}, rolled AS MATERIALIZED ({rolled})
SELECT metric, bucket, sum(n)::bigint, sum(total), NULL FROM rolled GROUP BY metric, bucket
UNION ALL
SELECT metric, bucket, 0, 0, vals FROM rolled WHERE metric = ANY(%(spreads)s)
UNION ALL
{live}"""
_VOTES = """
WITH asked AS (SELECT f.*, {bucket} AS bucket FROM ({added}) f), votes AS (
    (SELECT DISTINCT ON (metric, customer_id) metric, NULL AS bucket, n, {whole} AS total, value
     FROM asked ORDER BY metric, customer_id, at DESC, id DESC)
    UNION ALL
    (SELECT DISTINCT ON (metric, bucket, customer_id) metric, bucket, n, {part} AS total, value
     FROM asked WHERE bucket IS NOT NULL
     ORDER BY metric, bucket, customer_id, at DESC, id DESC)
)
SELECT metric, bucket, sum(n)::bigint, sum(total), array_agg(value) FILTER (WHERE value IS NOT NULL)
FROM votes GROUP BY metric, bucket
"""
# Of a customer their last fact counts, of some metrics with all hits of theirs.
_TOTAL = (
    "CASE WHEN metric = ANY(%(each)s) THEN sum(total) OVER (PARTITION BY {apart}) ELSE total END"
)


def _gathered(
    sql: str, metrics: Sequence[Metric], period: Period, cut: Cut, at: datetime
) -> dict[Place, Cell]:
    given = params(metrics, period, cut, at=at) | {
        "timed": [metric.key for metric in metrics if metric.has_clocks],
        "spreads": [metric.key for metric in metrics if metric.shape in _SPREADS],
        "each": [metric.key for metric in metrics if metric.each_customer],
    }
    cells: dict[Place, Cell] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        for metric, bucket, n, total, values in cursor.fetchall():
            cells.setdefault((metric, bucket), Cell()).add(n, total, values or ())
    for cell in cells.values():
        cell.values.sort()
    return cells


def _with_whole(parts: dict[Place, Cell]) -> dict[Place, Cell]:
    """Add the whole of each metric to its parts; a report without parts is one already."""
    whole: dict[Place, Cell] = {}
    for (metric, bucket), part in parts.items():
        if bucket is not None:
            whole.setdefault((metric, None), Cell()).add(part.n, part.total, part.values)
    for cell in whole.values():
        cell.values.sort()
    return parts | whole


def _of_days(
    metrics: Sequence[Metric],
    period: Period,
    cut: Cut,
    by: Step | Dimension | None,
    *,
    at: datetime,
    clock: str,
) -> str:
    dimension = _rolled_by(cut, by)
    live = _LIVE.format(
        bucket=_bucket(by, "f"),
        value="business" if clock == BUSINESS else "value",
        added=added(metrics, period, cut, at=at, source=OF_OPEN_DAYS if dimension else OF_PERIOD),
    )
    if dimension is None:
        return live
    rolled = _ROLLED.format(
        bucket=_bucket(by, "d"),
        values="business" if clock == BUSINESS else "values",
        ripe=_ripe(metrics, period, at),
        key=f"d.key = ANY(%(keys_{dimension})s)" if dimension in cut.keys else "true",
    )
    rolled = rolled.replace("%(dimension)s", f"'{dimension}'")
    return _BOTH.format(open_days=_OPEN_DAYS, rolled=rolled, live=live)


def _of_votes(
    metrics: Sequence[Metric],
    period: Period,
    cut: Cut,
    by: Step | Dimension | None,
    *,
    at: datetime,
) -> str:
    facts = added(metrics, period, cut, at=at, source=OF_PERIOD)
    whole = _TOTAL.format(apart="metric, customer_id")
    part = _TOTAL.format(apart="metric, bucket, customer_id")
    return _VOTES.format(bucket=_bucket(by, "f"), added=facts, whole=whole, part=part)


def _rolled_by(cut: Cut, by: Step | Dimension | None) -> str | None:
    """Return by which dimension the rolled-up days answer; None where they do not."""
    asked = {*cut.keys} | ({by} if isinstance(by, Dimension) else set())
    if len(asked) > 1 or cut.with_imported or asked - {*ROLLED}:
        return None
    return next(iter(asked), Dimension.ALL)


def _bucket(by: Step | Dimension | None, alias: str) -> str:
    if isinstance(by, Step):
        return f"greatest(date_trunc('{by}', {alias}.day)::date, %(first)s::date)::text"
    if by is None:
        return "NULL::text"
    return "d.key" if alias == "d" else f"coalesce({alias}.{COLUMNS[by]}::text, '')"


def _ripe(metrics: Iterable[Metric], period: Period, at: datetime) -> str:
    return ", ".join(
        f"('{metric.key}', DATE '{last_day(metric, period, at).isoformat()}')" for metric in metrics
    )

"""Measure metrics over a period: exact at any moment, from rolled-up days where there are such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from helpdesk.accounts.models import Agent
from tickets.metrics.reporting.counting import (
    OF_OPEN_DAYS,
    OF_PERIOD,
    added,
    last_day,
    params,
)
from tickets.metrics.reporting.cutting import COLUMNS, Cut, Dimension, Filters
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.metric import Metric, Shape
from tickets.metrics.reporting.periods import Period, Step
from tickets.metrics.reporting.rolling import ROLLED

BUSINESS, CALENDAR = "business", "calendar"
# Fewer values than this are shown one by one.
FEW = 10
_SCORES = (Shape.CSAT, Shape.CES, Shape.NPS)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a report. Empty (n 0) is "no data", never 0.

    `total` are the hits of a share. Times are in seconds of the clock asked for; `low` and `high`
    are the ends of the median's 95 % order-statistic interval, from ten values on. `values` are
    all of them where they are few, or scores. Of one agent's few values only their n is known
    (`is_withheld`): so few say nothing of a person.
    """

    metric: Metric
    n: int = 0
    total: float = 0
    median: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    values: tuple[float, ...] = ()
    is_withheld: bool = False

    @property
    def hits(self) -> int:
        return round(self.total)


@dataclass(frozen=True)
class Report:
    """Figures by metric: of the whole period, and of its parts or of each key of a dimension.

    A part is named by its first day (ISO), a key as text; one without facts has no figure.
    """

    period: Period
    clock: str
    whole: dict[str, Figure]
    parts: dict[str, dict[str, Figure]] = field(default_factory=dict)

    def part(self, metric: str, name: str) -> Figure:
        return self.parts[metric].get(name) or Figure(metric=METRICS[metric])


def measure(
    metrics: Sequence[str],
    period: Period,
    *,
    agent: Agent,
    at: datetime,
    filters: Filters | None = None,
    by: Step | Dimension | None = None,
    clock: str = BUSINESS,
) -> Report:
    """Measure these metrics over a period, by its days, weeks or months, or by a dimension.

    Counts only what `agent` may see (Cut.of). Costs at most two statements, over rolled-up days
    where no more than one dimension is asked for. Raises KeyError for a metric there is not.
    """
    asked = [METRICS[key] for key in metrics]
    cut = Cut.of(filters or Filters(), agent)
    found: dict[tuple[str, str | None], Figure] = {}
    for some, sql in (
        ([metric for metric in asked if not metric.one_vote], _of_days),
        ([metric for metric in asked if metric.one_vote], _of_votes),
    ):
        if some:
            found |= _figures(some, sql(some, period, cut, by, at=at, clock=clock), period, cut, at)
    if by == Dimension.AGENT:
        found = {place: _fair(figure) if place[1] else figure for place, figure in found.items()}
    return Report(
        period=period,
        clock=clock,
        whole={key: found.get((key, None)) or Figure(metric=METRICS[key]) for key in metrics},
        parts={
            key: {
                part: figure
                for (metric, part), figure in found.items()
                if metric == key and part is not None
            }
            for key in metrics
        },
    )


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
SELECT f.metric, {bucket} AS bucket, f.n, f.total,
       CASE WHEN f.metric = ANY(%(timed)s) AND f.{value} IS NOT NULL THEN ARRAY[f.{value}]
            WHEN f.metric <> ALL(%(timed)s) AND f.value IS NOT NULL THEN ARRAY[f.value] END AS vals
FROM ({added}) f
"""
_SUMMED = """
sums AS (
    SELECT metric, bucket, sum(n) AS n, sum(total) AS total FROM cells
    GROUP BY GROUPING SETS ((metric), (metric, bucket))
), spreads AS (
    SELECT metric, bucket, array_agg(v ORDER BY v) AS a FROM cells, unnest(vals) v
    GROUP BY GROUPING SETS ((metric), (metric, bucket))
)"""
_VOTES = """
WITH asked AS (SELECT f.*, {bucket} AS bucket FROM ({added}) f), votes AS (
    (SELECT DISTINCT ON (metric, customer_id) metric, NULL AS bucket, n, total, value
     FROM asked ORDER BY metric, customer_id, at DESC, id DESC)
    UNION ALL
    (SELECT DISTINCT ON (metric, bucket, customer_id) metric, bucket, n, total, value
     FROM asked WHERE bucket IS NOT NULL
     ORDER BY metric, bucket, customer_id, at DESC, id DESC)
), sums AS (
    SELECT metric, bucket, sum(n) AS n, sum(total) AS total FROM votes GROUP BY metric, bucket
), spreads AS (
    SELECT metric, bucket, array_agg(value ORDER BY value) AS a FROM votes
    WHERE value IS NOT NULL GROUP BY metric, bucket
)"""
# The ends of the median's interval are order statistics: n/2 less and more 1.96 √n / 2.
_SHOWN = """
SELECT s.metric, s.bucket, s.n, s.total,
       (a[(c + 1) / 2] + a[c / 2 + 1]) / 2,
       a[1 + floor(0.9 * (c - 1))::int]
         + (0.9 * (c - 1) - floor(0.9 * (c - 1)))
           * (a[least(c, 2 + floor(0.9 * (c - 1))::int)] - a[1 + floor(0.9 * (c - 1))::int]),
       CASE WHEN c >= %(few)s THEN a[greatest(1, floor(c / 2.0 - 0.98 * sqrt(c))::int)] END,
       CASE WHEN c >= %(few)s THEN a[least(c, ceil(1 + c / 2.0 + 0.98 * sqrt(c))::int)] END,
       CASE WHEN c < %(few)s OR s.metric = ANY(%(scores)s) THEN a END
FROM sums s
LEFT JOIN (SELECT *, cardinality(a) AS c FROM spreads) p
  ON p.metric = s.metric AND p.bucket IS NOT DISTINCT FROM s.bucket
WHERE s.n > 0
"""


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
        return f"WITH cells AS ({live}), {_SUMMED} {_SHOWN}"
    rolled = _ROLLED.format(
        bucket=_bucket(by, "d"),
        values="business" if clock == BUSINESS else "values",
        ripe=_ripe(metrics, period, at),
        key=f"d.key = ANY(%(keys_{dimension})s)" if dimension in cut.keys else "true",
    )
    rolled = rolled.replace("%(dimension)s", f"'{dimension}'")
    return f"WITH {_OPEN_DAYS}, cells AS ({rolled} UNION ALL {live}), {_SUMMED} {_SHOWN}"


def _of_votes(
    metrics: Sequence[Metric],
    period: Period,
    cut: Cut,
    by: Step | Dimension | None,
    *,
    at: datetime,
    clock: str,
) -> str:
    facts = added(metrics, period, cut, at=at, source=OF_PERIOD)
    return _VOTES.format(bucket=_bucket(by, "f"), added=facts) + _SHOWN


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


def _figures(
    metrics: Sequence[Metric], sql: str, period: Period, cut: Cut, at: datetime
) -> dict[tuple[str, str | None], Figure]:
    given = params(metrics, period, cut, at=at) | {
        "few": FEW,
        "timed": [metric.key for metric in metrics if metric.has_clocks],
        "scores": [metric.key for metric in metrics if metric.shape in _SCORES],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return {(row[0], row[1]): _figure(row) for row in cursor.fetchall()}


def _figure(row: Sequence[Any]) -> Figure:
    key, _bucket, n, total, median, p90, low, high, values = row
    return Figure(
        metric=METRICS[key],
        n=int(n),
        total=float(total),
        median=median,
        p90=p90,
        low=low,
        high=high,
        values=tuple(values or ()),
    )


def _fair(figure: Figure) -> Figure:
    if figure.n >= FEW or figure.metric.shape == Shape.COUNT:
        return figure
    return Figure(metric=figure.metric, n=figure.n, is_withheld=True)


def by_part(report: Report, metric: str, step: Step) -> Iterator[tuple[Period, Figure]]:
    """Yield every day, week or month of a report in order, those without facts too."""
    known: Mapping[str, Figure] = report.parts[metric]
    for part in report.period.parts(step):
        yield part, known.get(part.first.isoformat()) or Figure(metric=METRICS[metric])

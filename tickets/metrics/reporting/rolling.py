"""Roll facts up by day, so that a report costs its days and not its tickets.

Only days that are over are rolled up. One whose facts have changed since is read from its facts
until it is rolled up again, so that no report ever waits for this, or is behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from tickets.metrics.models import DayNumber, RolledDay, Unrolled
from tickets.metrics.reporting.counting import OF_PERIOD, added, params
from tickets.metrics.reporting.cutting import COLUMNS, Cut, Dimension
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.periods import Period, workspace_zone

# An organisation has few facts a day: those are read by their index, which costs less to keep.
ROLLED = tuple(name for name in COLUMNS if name != Dimension.ORGANISATION)
ROLLED_METRICS = [metric for metric in METRICS.values() if not metric.by_customer]
DAYS_AT_ONCE = 31

_LOCK = 0x64617973

_ROLL = """
WITH added AS ({added})
SELECT day, metric, dimension, key, n, total, coalesce(vals, '{{}}'), coalesce(business, '{{}}')
FROM (
    SELECT day, metric, {dimension} AS dimension, {key} AS key,
           sum(n) AS n, sum(total) AS total,
           array_agg(value ORDER BY value) FILTER (WHERE value IS NOT NULL) AS vals,
           array_agg(business ORDER BY business) FILTER (WHERE business IS NOT NULL) AS business
    FROM added
    GROUP BY GROUPING SETS ((day, metric), {sets})
) rolled
"""
_KEEP = "INSERT INTO metrics_daynumber (day, metric, dimension, key, n, total, values, business) "
_MISSING = """
SELECT day::date FROM generate_series(
    (SELECT (min(at) AT TIME ZONE %(zone)s)::date FROM cx_cxfact), %(yesterday)s, '1 day') day
WHERE NOT EXISTS (
    SELECT 1 FROM metrics_rolledday r WHERE r.day = day::date AND r.zone = %(zone)s)
ORDER BY day DESC LIMIT %(limit)s
"""
_DIFFERING = """
WITH kept AS (
    SELECT day, metric, dimension, key, n, total, values, business
    FROM metrics_daynumber
    WHERE dimension = ANY(%(dimensions)s) AND day BETWEEN %(first)s AND %(last)s
), fresh AS ({fresh})
SELECT count(*) FROM (
    (TABLE kept EXCEPT ALL TABLE fresh) UNION ALL (TABLE fresh EXCEPT ALL TABLE kept)
) differing
"""


def roll_up_due(*, at: datetime, limit: int = DAYS_AT_ONCE) -> int:
    """Roll up days whose facts have changed, or that are over since; return how many there were.

    The youngest come first. Nothing is done while another process is at it.
    """
    zone = workspace_zone(at)
    with transaction.atomic():
        if not _is_ours():
            return 0
        days = _take_changed(zone, at=at, limit=limit)
        days += [day for day in _missing(zone, at=at, limit=limit) if day not in days]
        for first, last in _runs(days[:limit]):
            _roll(Period(first, last, zone), at=at)
    return len(days[:limit])


def rolled_differs(*, at: datetime) -> int:
    """Return how many rows of rolled-up days are not what the facts say; changed days are none."""
    zone, differing = workspace_zone(at), 0
    changed = _changed(zone)
    rolled = RolledDay.objects.filter(zone=zone).order_by("day").values_list("day", flat=True)
    for first, last in _runs([day for day in rolled if day not in changed]):
        differing += _difference(Period(first, last, zone), at=at)
    return differing


def _is_ours() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _changed(zone: str) -> set[date]:
    """The days of which facts have changed since they were rolled up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT (at AT TIME ZONE %s)::date FROM metrics_unrolled", [zone])
        return {day for (day,) in cursor.fetchall()}


def _take_changed(zone: str, *, at: datetime, limit: int) -> list[date]:
    """Take the notes of the youngest changed days; what is not over yet needs none.

    Of a note that can be taken the facts are there for the statements that follow.
    """
    today = at.astimezone(ZoneInfo(zone)).date()
    days = sorted((day for day in _changed(zone) if day < today), reverse=True)[:limit]
    Unrolled.objects.filter(at__gte=Period(today, today, zone).starts_at).delete()
    for first, last in _runs(days):
        period = Period(first, last, zone)
        Unrolled.objects.filter(at__gte=period.starts_at, at__lt=period.ends_at).delete()
    return days


def _missing(zone: str, *, at: datetime, limit: int) -> list[date]:
    yesterday = at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"zone": zone, "yesterday": yesterday, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


def _runs(days: Sequence[date]) -> list[tuple[date, date]]:
    """Return stretches of days that follow each other, none longer than a month."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        first, last = runs[-1] if runs else (day, day)
        if runs and day - last == timedelta(days=1) and (day - first).days < DAYS_AT_ONCE:
            runs[-1] = (first, day)
        else:
            runs.append((day, day))
    return runs


def _roll(period: Period, *, at: datetime) -> None:
    days_of_all = DayNumber.objects.filter(dimension__in=Dimension.values)
    days_of_all.filter(day__range=(period.first, period.last)).delete()
    sql, given = _rolled(period, at=at)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP + sql, given)
    days = [period.first + timedelta(days=n) for n in range(period.days)]
    RolledDay.objects.filter(day__in=days).delete()
    RolledDay.objects.bulk_create(RolledDay(day=day, zone=period.zone) for day in days)


def _difference(period: Period, *, at: datetime) -> int:
    """Count the rows that only one of the two has."""
    sql, given = _rolled(period, at=at)
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING.format(fresh=sql), given | {"dimensions": Dimension.values})
        return int(cursor.fetchone()[0])


def _rolled(period: Period, *, at: datetime) -> tuple[str, dict[str, Any]]:
    """The SQL of the rows of these days, ripe or not: reading leaves out what is not ripe."""
    everything = Cut({})
    ripe = [replace(metric, unfinished_days=0) for metric in ROLLED_METRICS]
    facts = added(ripe, period, everything, at=at, source=OF_PERIOD)
    columns = [COLUMNS[name] for name in ROLLED]
    whens = " ".join(f"WHEN GROUPING({COLUMNS[name]}) = 0 THEN '{name}'" for name in ROLLED)
    keys = ", ".join(f"CASE WHEN GROUPING({c}) = 0 THEN {c}::text END" for c in columns)
    sql = _ROLL.format(
        added=facts,
        dimension=f"CASE {whens} ELSE 'all' END",
        key=f"coalesce({keys}, '')",
        sets=", ".join(f"(day, metric, {column})" for column in columns),
    )
    return sql, params(ROLLED_METRICS, period, everything, at=at)

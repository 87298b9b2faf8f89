"""Customers kept and lost, of those who buy (METRICS 5.4): by month, and by when they first bought.

A customer is one from a first purchase until silence is unusual (customers.cx.purchases). Kept in a
month are those of its beginning who are customers at its end, new ones not counted: (E - N) / S.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from tickets.metrics.reporting.periods import Period

_SPELLS = """
spells AS MATERIALIZED (
    SELECT customer_id, since AS begin, at AS finish,
           lead(since) OVER (PARTITION BY customer_id ORDER BY at) AS again,
           row_number() OVER (PARTITION BY customer_id ORDER BY at) = 1 AS is_first
    FROM (SELECT customer_id, at, (data->>'since')::timestamptz AS since
          FROM cx_cxfact WHERE kind = 'lost' AND (%(tier)s = '' OR tier = %(tier)s)) lost
)"""
_MONTHS = f"""
WITH {_SPELLS}
SELECT m.begin,
       count(*) FILTER (WHERE s.begin < m.begin),
       count(*) FILTER (WHERE s.begin >= m.begin AND s.is_first),
       count(*) FILTER (WHERE s.begin >= m.begin AND NOT s.is_first),
       count(*) FILTER (WHERE s.finish < m.finish),
       count(*) FILTER (WHERE s.begin < m.begin AND (s.finish >= m.finish OR s.again < m.finish))
FROM unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS m(begin, finish)
LEFT JOIN spells s ON s.begin < m.finish AND s.finish >= m.begin
GROUP BY m.begin ORDER BY m.begin
"""  # noqa: S608  our own
_COHORTS = f"""
WITH {_SPELLS}, cohorts AS (
    SELECT customer_id, date_trunc('quarter', begin AT TIME ZONE %(zone)s)::date AS quarter
    FROM spells WHERE is_first
)
SELECT c.quarter, e.finish, count(s.customer_id), count(*)
FROM cohorts c
JOIN unnest(%(ends)s::timestamptz[]) AS e(finish)
  ON (c.quarter + interval '3 months') AT TIME ZONE %(zone)s <= e.finish
LEFT JOIN spells s
  ON s.customer_id = c.customer_id AND s.begin < e.finish AND s.finish >= e.finish
WHERE c.quarter >= %(first)s
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608  our own
# Who has bought, and of whom nobody can say when they would be lost.
_UNDECIDED = """
SELECT count(DISTINCT o.customer_id) FROM cx_cxfact o
WHERE o.kind = 'order' AND o.data ?| ARRAY['first', 'back'] AND (%(tier)s = '' OR o.tier = %(tier)s)
  AND NOT EXISTS (
    SELECT 1 FROM cx_cxfact l
    WHERE l.customer_id = o.customer_id AND l.kind = 'lost' AND l.ref = o.ref)
"""


@dataclass(frozen=True)
class Month:
    """A month's customers: at its beginning, who came, returned, fell silent; `kept` of the first.

    Of a month that runs, as of now.
    """

    period: Period
    started: int
    new: int
    back: int
    lost: int
    kept: int

    @property
    def ended(self) -> int:
        return self.started + self.new + self.back - self.lost


@dataclass(frozen=True)
class Cohort:
    """Who first bought in the quarter that begins on `first`: how many were customers (k of n) at
    its end and at that of each quarter after.
    """

    first: date
    kept: tuple[tuple[int, int], ...]


def months_of(periods: Sequence[Period], *, at: datetime, tier: str = "") -> list[Month]:
    """Return each month's customers; a period that is not over ends at `at`. One query."""
    given = {
        "tier": tier,
        "begins": [period.starts_at for period in periods],
        "ends": [min(period.ends_at, at) for period in periods],
    }
    rows = _rows(_MONTHS, given)
    return [Month(period, *row[1:]) for period, row in zip(periods, rows, strict=True)]


def cohorts_of(quarters: Sequence[Period], *, at: datetime, tier: str = "") -> list[Cohort]:
    """Return who first bought in each of these quarters, and how many stayed. One query.

    A quarter nobody first bought in is left out, and so is one that is not over.
    """
    over = [quarter for quarter in quarters if quarter.ends_at <= at]
    if not over:
        return []
    given = {
        "tier": tier,
        "zone": over[0].zone,
        "first": over[0].first,
        "ends": [quarter.ends_at for quarter in over],
    }
    found: dict[date, list[tuple[int, int]]] = {}
    for quarter, _end, kept, n in _rows(_COHORTS, given):
        found.setdefault(quarter, []).append((kept, n))
    return [Cohort(first, tuple(kept)) for first, kept in found.items()]


def undecided(*, tier: str = "") -> int:
    """Return how many have bought of whom nobody can say when they would count as lost."""
    return int(_rows(_UNDECIDED, {"tier": tier})[0][0])


def _rows(sql: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())

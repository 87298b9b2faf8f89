"""The one place that turns definitions into SQL: what each fact adds to each metric."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tickets.metrics.reporting.cutting import COLUMNS, Cut
from tickets.metrics.reporting.metric import Metric, Term
from tickets.metrics.reporting.periods import Period

Params = dict[str, Any]

_ADDED = """
SELECT m.metric, f.id, f.customer_id, f.at, (f.at AT TIME ZONE %(zone)s)::date AS day,
       f.team_id, f.agent_id, f.channel, f.topic_id, f.organisation_id, f.tier,
       m.n, m.total, m.value, m.business
FROM {source}
CROSS JOIN LATERAL ({terms}) AS m(metric, last_day, n, total, value, business)
WHERE f.kind = ANY(%(kinds)s) AND {cut}
  AND (f.at AT TIME ZONE %(zone)s)::date <= m.last_day
"""
OF_PERIOD = "cx_cxfact f"
# The days that are not rolled up, or were changed since, are read from their facts: by index, day
# by day (OFFSET 0 says so), since the planner cannot know how few such days there are.
OF_OPEN_DAYS = """
open_days CROSS JOIN LATERAL (
    SELECT * FROM cx_cxfact one
    WHERE one.kind = ANY(%(kinds)s) AND one.at >= open_days.begin AND one.at < open_days.finish
    OFFSET 0
) f"""


def added(metrics: Sequence[Metric], period: Period, cut: Cut, *, at: datetime, source: str) -> str:
    """Return the SQL of what facts of a period add: a row each fact and metric.

    Its parameters are those of `params`; OF_OPEN_DAYS needs the common table `open_days`.
    """
    terms = "\nUNION ALL ".join(
        _row(metric, term, period, at) for metric in metrics for term in metric.terms
    )
    condition = cut_sql(cut)
    if source == OF_PERIOD:
        condition += " AND f.at >= %(begin)s AND f.at < %(finish)s"
    return _ADDED.format(source=source, terms=terms, cut=condition)


def params(metrics: Iterable[Metric], period: Period, cut: Cut, *, at: datetime) -> Params:
    return {
        "zone": period.zone,
        "begin": period.starts_at,
        "finish": period.ends_at,
        "first": period.first,
        "last": period.last,
        "at": at,
        "kinds": sorted({kind for metric in metrics for kind in metric.kinds}),
        **{f"keys_{name}": sorted(keys) for name, keys in cut.keys.items()},
    }


def last_day(metric: Metric, period: Period, at: datetime) -> Any:
    """Return the last day of a period whose facts are ripe: old enough, and not to come."""
    today = at.astimezone(ZoneInfo(period.zone)).date()
    return min(period.last, today - timedelta(days=metric.unfinished_days))


def cut_sql(cut: Cut) -> str:
    """Return the condition on a fact `f`, with the keys of each dimension as a parameter."""
    conditions = [
        f"coalesce(f.{COLUMNS[name]}::text, '') = ANY(%(keys_{name})s)" for name in cut.keys
    ]
    if not cut.with_imported:
        conditions.append("NOT f.data ? 'imported'")
    return " AND ".join(conditions) or "true"


def _row(metric: Metric, term: Term, period: Period, at: datetime) -> str:
    kinds = ", ".join(f"'{kind}'" for kind in term.kinds)
    ripe = f"DATE '{last_day(metric, period, at).isoformat()}'"
    # A fact is tried with every metric: the first condition leaves out most of them.
    row = (
        f"SELECT '{metric.key}'::text, {ripe}, {term.n}, ({term.total})::float,"
        f" ({term.value})::float, ({term.business})::float"
        f" WHERE f.kind IN ({kinds}) AND {term.where}"
    )
    return row.replace(":at", "%(at)s")

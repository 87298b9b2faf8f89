"""The rows that a number of a report is made of: as many as the number says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from customers.cx.models import CXFact
from customers.models.touchpoint import TeamScopedQuerySet
from helpdesk.accounts.models import Agent
from tickets.metrics.reporting.counting import OF_PERIOD, added, params
from tickets.metrics.reporting.cutting import Cut, Filters
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.periods import Period

# Asked of each fact as it is listed, so that a page reads no more of them than it shows.
_ITSELF = '(SELECT "cx_cxfact".*) f'
_ALL = "EXISTS (SELECT 1 FROM ({added}) f WHERE {which})"
_LAST = """
"cx_cxfact"."id" IN (
    SELECT id FROM (
        SELECT DISTINCT ON (customer_id) * FROM ({added}) f ORDER BY customer_id, at DESC, id DESC
    ) f WHERE {which}
)"""
_NAME = re.compile(r"%\((\w+)\)s")


def rows_behind(
    metric: str,
    period: Period,
    *,
    agent: Agent,
    at: datetime,
    filters: Filters | None = None,
    only_hits: bool = False,
) -> TeamScopedQuerySet:
    """Return the facts that a figure counts, newest first: its n, or only the hits of a share.

    Cut by what the agent may count, just as the figure. Raises KeyError for a metric there is not.
    """
    asked, cut = METRICS[metric], Cut.of(filters or Filters(), agent)
    is_of_last = asked.one_vote or (asked.each_customer and not only_hits)
    form, source = (_LAST, OF_PERIOD) if is_of_last else (_ALL, _ITSELF)
    sql = form.format(
        added=added([asked], period, cut, at=at, source=source),
        which="f.total > 0" if only_hits else "f.n > 0",
    )
    given = params([asked], period, cut, at=at)
    values = [given[name] for name in _NAME.findall(sql)]
    counts = RawSQL(_NAME.sub("%s", sql), values, output_field=BooleanField())  # noqa: S611  ours
    facts = CXFact.objects.filter(at__gte=period.starts_at, at__lt=period.ends_at)
    if not asked.may_be_cut_by(cut.keys):
        return facts.none()
    return facts.filter(counts, kind__in=asked.kinds).order_by("-at", "-pk")


@dataclass(frozen=True)
class Added:
    """What one fact adds to a metric: to its hits, and its value in either clock."""

    total: float = 0
    value: float | None = None
    business: float | None = None


def added_by(
    metric: str, period: Period, facts: Iterable[CXFact], *, at: datetime
) -> dict[int, Added]:
    """Return what facts of `rows_behind` add, by their ids. One query."""
    cut = Cut({}, with_imported=True)
    sql = f"""
        SELECT id, total, value, business
        FROM ({added([METRICS[metric]], period, cut, at=at, source=OF_PERIOD)}) f
        WHERE id = ANY(%(ids)s)
    """  # noqa: S608  our own
    given = params([METRICS[metric]], period, cut, at=at) | {"ids": [fact.pk for fact in facts]}
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return {row[0]: Added(*row[1:]) for row in cursor.fetchall()}

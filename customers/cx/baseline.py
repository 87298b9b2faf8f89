"""What is usual in a cohort and in the workspace, refreshed by night, to compare one with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import ceil
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet

from customers.cx.cohorts import assign_cohorts, mark_unusual_ages
from customers.cx.models import CXBaseline
from customers.cx.seen import YEAR

DAY = 86_400
TIMES = ("first_response", "next_response", "time_to_solve")
SHARES = ("first_contact", "promise", "target", "repeated")

# Fewer are somebody's case, not what is usual (BRIEFING 3.9).
MIN_CUSTOMERS = 20
MIN_VALUES = 100

# Targets of every kind are one number; answers to "did you have to repeat yourself?" are ones and
# zeros; contacts are counted by issue. Only what is enough to say something is kept, so the table
# stays as small as there are cohorts.
_USUAL = """
    WITH numbers AS (
        SELECT CASE WHEN kind LIKE 'target\\_%%' THEN 'target' ELSE kind END AS kind,
            customer_id, value, (data->>'business')::float AS business
        FROM cx_cxfact
        WHERE kind = ANY(%(kinds)s) AND at > %(since)s AND at <= %(at)s AND value IS NOT NULL
        UNION ALL
        SELECT 'repeated', customer_id, (data->>'repeated' <> 'no')::int, NULL
        FROM cx_cxfact
        WHERE kind IN ('rating', 'ces', 'nps') AND data ? 'repeated'
            AND at > %(since)s AND at <= %(at)s
        UNION ALL
        SELECT 'contacts', contact.customer_id, count(*), NULL
        FROM cx_cxfact contact
        LEFT JOIN cx_cxfact issue ON issue.customer_id = contact.customer_id
            AND issue.kind = 'issue' AND issue.ticket_number = contact.ticket_number
        WHERE contact.kind = 'contact' AND contact.at > %(since)s AND contact.at <= %(at)s
        GROUP BY contact.customer_id, coalesce(issue.value, contact.ticket_number)
    )
    SELECT kind, coalesce(cohort, ''), count(DISTINCT n.customer_id), count(*),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY n.value),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY n.business),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY n.value),
        avg(n.value)
    FROM numbers n LEFT JOIN cx_cxsummary s ON s.customer_id = n.customer_id
    GROUP BY GROUPING SETS ((kind), (kind, cohort))
    HAVING count(DISTINCT n.customer_id) >= %(customers)s AND count(*) >= %(values)s
        AND (grouping(cohort) = 1 OR coalesce(cohort, '') <> '')
"""
_KINDS = (
    *TIMES,
    "first_contact",
    "promise",
    "target_first_reply",
    "target_next_reply",
    "target_solving",
)
Usual = dict[str, CXBaseline]


@transaction.atomic
def refresh_baseline(*, at: datetime) -> None:
    """Compute what was usual in the year before `at`, in the workspace and in every cohort.

    Says anew who belongs to which cohort, and marks the summaries whose health rests on an age
    that is no longer the usual one. Costs a fixed number of statements.
    """
    assign_cohorts()
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"kinds": list(_KINDS), "since": at - YEAR, "at": at}
        cursor.execute(_USUAL, asked | {"customers": MIN_CUSTOMERS, "values": MIN_VALUES})
        rows = cursor.fetchall()
    CXBaseline.objects.all().delete()
    CXBaseline.objects.bulk_create(
        CXBaseline(
            kind=kind,
            cohort=cohort,
            customers=customers,
            n=n,
            median=median,
            median_business=business,
            p90=p90,
            share=share if kind in SHARES else None,
            computed_at=at,
        )
        for kind, cohort, customers, n, median, business, p90, share in rows
    )
    mark_unusual_ages(at=at)


def usual_in(cohort: str | OuterRef) -> QuerySet[CXBaseline]:
    """The rows of what is usual in a cohort and in the workspace."""
    return CXBaseline.objects.filter(Q(cohort=cohort) | Q(cohort=""))


def by_kind(rows: Iterable[CXBaseline]) -> Usual:
    """Return what is usual by kind of fact: in the cohort, else in the workspace.

    A kind of which neither has enough is not there.
    """
    return {row.kind: row for row in sorted(rows, key=lambda row: row.cohort)}


def usual_days_of(cohorts: Iterable[str]) -> dict[str, int | None]:
    """Return the age nine of ten tickets stay under until they are solved, in whole calendar
    days, by cohort; None where not even the workspace has enough of them.
    """
    known = CXBaseline.objects.filter(kind="time_to_solve", p90__isnull=False)
    days = {row.cohort: ceil((row.p90 or 0) / DAY) for row in known}
    return {cohort: days.get(cohort, days.get("")) for cohort in cohorts}

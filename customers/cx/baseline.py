"""What is usual in the workspace, refreshed by night, to compare one customer with."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from customers.cx.models import CXBaseline
from customers.cx.summary import YEAR

COMPARED = ("first_response", "next_response", "time_to_solve", "first_contact", "promise")

# Fewer are somebody's case, not what is usual (BRIEFING 3.9).
MIN_CUSTOMERS = 20
MIN_VALUES = 100

_USUAL = """
    SELECT kind, count(DISTINCT customer_id), count(value),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY value),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY (data->>'business')::float),
           avg(value)
    FROM cx_cxfact
    WHERE kind = ANY(%s) AND at > %s AND at <= %s AND value IS NOT NULL
    GROUP BY kind
"""


@transaction.atomic
def refresh_baseline(*, at: datetime) -> None:
    """Compute the usual value of every compared kind over the year before `at`."""
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [list(COMPARED), at - YEAR, at])
        rows = cursor.fetchall()
    CXBaseline.objects.exclude(kind__in=[row[0] for row in rows]).delete()
    for kind, customers, n, median, business, share in rows:
        CXBaseline.objects.update_or_create(
            kind=kind,
            defaults={
                "customers": customers,
                "n": n,
                "median": median,
                "median_business": business,
                "share": share if kind in {"first_contact", "promise"} else None,
                "computed_at": at,
            },
        )


def usual() -> dict[str, CXBaseline]:
    """Return what is usual by kind of fact, where there is enough of it to say so."""
    rows = CXBaseline.objects.filter(customers__gte=MIN_CUSTOMERS, n__gte=MIN_VALUES)
    return {row.kind: row for row in rows}

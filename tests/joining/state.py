"""All that is stored about customers and tickets, to compare before and after."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import connection

from customers.models import Customer
from tickets.issues.grouping import regroup_customer
from tickets.metrics.rebuilding import rebuild

# What keeps the trail itself, or counts changes, differs after any change and its undoing.
APART = {
    "customers_customer": ("revision",),
    "tickets_ticket": ("last_event_id", "updated_at", "is_rearranged"),
    "cx_cxsummary": ("id", "computed_at"),
    "cx_cxfact": ("id",),
    "metrics_resolution": ("id",),
    "metrics_target": ("id",),
    "metrics_daynumber": ("id",),
    "customers_touchpointyear": ("id",),
    "customers_duplicate": (),
}
TRAIL = (
    "tickets_ticketevent", "customers_identityevent", "joining_merge", "metrics_unsettled",
    "cx_healthchange",
    "metrics_unrolled",
)  # fmt: skip
OURS = ("customers_", "cx_", "feedback_", "metrics_", "tickets_")


def derive(*, at: datetime) -> None:
    """Derive all numbers and issues, as the workers do some seconds after each change."""
    for customer_id in Customer.objects.values_list("pk", flat=True):
        regroup_customer(customer_id, at=at)
    rebuild(at=at)


def state() -> dict[str, Any]:
    """Every row of every table but the trail's, by table, in an order of its own content."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if not table.startswith(OURS) or table in TRAIL:
                continue
            left_out = "".join(f" - '{name}'" for name in APART.get(table, ()))
            cursor.execute(
                f"SELECT (to_jsonb(t){left_out})::text FROM {table} t ORDER BY 1"  # noqa: S608
            )
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def fingerprint() -> dict[str, str]:
    """A hash of each table's content."""
    return {
        table: hashlib.sha256("\n".join(rows).encode()).hexdigest()
        for table, rows in state().items()
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Rows that are only in one of two states, by table; empty when they are the same."""
    return {
        table: [sorted(set(rows) - set(after[table])), sorted(set(after[table]) - set(rows))]
        for table, rows in before.items()
        if rows != after[table]
    }

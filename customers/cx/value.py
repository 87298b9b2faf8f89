"""What somebody has bought, only where the company tells us (METRICS 5.4): never a guess."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, Sum
from django.db.models.functions import TruncDate

from customers.cx.purchases import gaps_of, silent_on, usual_gap
from customers.cx.queries import Subject, about
from customers.models import Order

SHOWN = 200


@dataclass(frozen=True)
class Value:
    """Purchases less returns by currency, since when, and whether they have fallen silent.

    `gaps` is how many gaps between days of purchase the usual gap is the median of; of fewer than
    three none is said. Both are in days. `quiet_for` is set where the silence is unusual; the next
    purchase takes it back.
    """

    totals: tuple[tuple[str, Decimal], ...]
    sales: int
    returns: int
    first_at: datetime
    last_on: date | None
    gaps: int
    usual_gap: float | None
    quiet_for: int | None


def value_of(
    subject: Subject, *, at: datetime, orders: Sequence[Order] | None = None
) -> Value | None:
    """Return what somebody's orders say, or None where there are none.

    One query, or none where the caller has fetched all their `orders`.
    """
    rows = list(_grouped(subject, at=at)) if orders is None else _group(orders, at=at)
    return _value(rows, at=at) if rows else None


def _grouped(subject: Subject, *, at: datetime) -> Iterable[Any]:
    orders = Order.objects.filter(**about(subject, "customer__"), placed_at__lte=at)
    return (
        orders.order_by()
        .values("currency", "kind")
        .annotate(
            total=Sum("total"),
            n=Count("pk"),
            first=Min("placed_at"),
            days=ArrayAgg(TruncDate("placed_at", tzinfo=UTC), distinct=True),
        )
    )


def _group(orders: Sequence[Order], *, at: datetime) -> list[dict[str, Any]]:
    """The same of orders in memory."""
    groups: dict[tuple[str, str], list[Order]] = defaultdict(list)
    for order in orders:
        if order.placed_at <= at:
            groups[order.currency, order.kind].append(order)
    return [
        {
            "currency": currency,
            "kind": kind,
            "total": sum((order.total for order in group), Decimal(0)),
            "n": len(group),
            "first": min(order.placed_at for order in group),
            "days": {order.placed_at.astimezone(UTC).date() for order in group},
        }
        for (currency, kind), group in groups.items()
    ]


def orders_of(subject: Subject, *, at: datetime) -> list[Order]:
    """Return the orders behind somebody's value, the newest first."""
    orders = Order.objects.filter(**about(subject, "customer__"), placed_at__lte=at)
    return list(orders.select_related("customer").order_by("-placed_at", "-pk")[:SHOWN])


def _value(rows: Iterable[Any], *, at: datetime) -> Value:
    totals: dict[str, Decimal] = {}
    n: Counter[str] = Counter()
    days: set[date] = set()
    for row in rows:
        is_sale = row["kind"] == Order.Kind.SALE
        signed = abs(row["total"]) if is_sale else -abs(row["total"])
        totals[row["currency"]] = totals.get(row["currency"], Decimal(0)) + signed
        n[row["kind"]] += row["n"]
        days |= set(row["days"]) if is_sale else set()
    bought_on, today = sorted(days), at.astimezone(UTC).date()
    usual, last_on = usual_gap(bought_on), bought_on[-1] if bought_on else None
    quiet_from = silent_on(last_on, usual) if last_on else None
    is_quiet = quiet_from is not None and quiet_from <= today
    return Value(
        totals=tuple(sorted(totals.items())),
        sales=n[Order.Kind.SALE],
        returns=n[Order.Kind.RETURN],
        first_at=min(row["first"] for row in rows),
        last_on=last_on,
        gaps=len(gaps_of(bought_on)),
        usual_gap=usual,
        quiet_for=(today - last_on).days if last_on and is_quiet else None,
    )

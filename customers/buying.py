"""What a customer buys, when, and how often: a pure reading of their orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

from customers.models import Order

DAY = 86_400
MIDDLE_FROM = 2
FAVOURITES = 3
NAME_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class Buying:
    """Orders in numbers: `gaps` describes the seconds between one purchase and the next.

    `gaps` has n and points, and from one gap on median, min, max, q1 and q3. `favourites` are
    (name, pieces) of what was bought more than once.
    """

    sales: int
    returns: int
    first_at: datetime | None
    last_at: datetime | None
    gaps: dict[str, Any]
    favourites: tuple[tuple[str, int], ...]
    bought_at: tuple[datetime, ...]


def buying_of(orders: Sequence[Order]) -> Buying:
    """Describe somebody's purchases; a return is no purchase and closes no gap."""
    sales = [order for order in orders if order.kind == Order.Kind.SALE]
    times = tuple(sorted(order.placed_at for order in sales))
    return Buying(
        sales=len(sales),
        returns=len(orders) - len(sales),
        first_at=times[0] if times else None,
        last_at=times[-1] if times else None,
        gaps=_gaps(times),
        favourites=_favourites(sales),
        bought_at=times,
    )


def _gaps(times: Sequence[datetime]) -> dict[str, Any]:
    """Whole days between purchases, as seconds; two orders of one day are one purchase."""
    days = sorted({moment.date() for moment in times})
    values = [float((later - earlier).days * DAY) for earlier, later in pairwise(days)]
    if not values:
        return {"n": 0}
    ordered = sorted(values)
    enough = len(values) >= MIDDLE_FROM
    low, _, high = quantiles(ordered, n=4, method="inclusive") if enough else ordered * 3
    return {
        "n": len(values),
        "median": median(ordered),
        "min": ordered[0],
        "max": ordered[-1],
        "q1": low,
        "q3": high,
        "points": [{"value": value} for value in values],
    }


def _favourites(sales: Sequence[Order]) -> tuple[tuple[str, int], ...]:
    pieces: Counter[str] = Counter()
    for order in sales:
        for item in order.items if isinstance(order.items, list) else []:
            if isinstance(item, dict) and (name := str(item.get("name") or item.get("sku") or "")):
                pieces[name[:NAME_LENGTH]] += _count(item.get("qty", 1))
    return tuple((name, n) for name, n in pieces.most_common(FAVOURITES) if n > 1)


def _count(given: Any) -> int:
    return given if isinstance(given, int) and given > 0 else 1

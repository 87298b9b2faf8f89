"""What the shop told of everybody's orders, for what is said of customers who buy."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from customers.cx.models import CountingChoices
from customers.operations import record_order
from tickets.imports.harbour.cast import Cast
from tickets.metrics.choosing import choose_counting

# Who bought seldom counts as lost after half a year: kettles last longer than tea.
SILENT_DAYS = 180
GOODS = (("Harbour kettle 1.2 l", "64.90"), ("Descaler", "12.50"), ("Glass lid", "14.00"))
FIRST_NUMBER, MOST_ORDERS = 2001, 5
SINCE_DAYS = 480


def orders_of_others(cast: Cast, now: datetime, dice: random.Random) -> None:
    """Orders of sixteen months; some bought once and never again, some came back."""
    choose_counting(CountingChoices(silent_days=SILENT_DAYS), at=now)
    number = FIRST_NUMBER
    for name in sorted(who for who in cast.customers if who.startswith("stranger-")):
        at = now - timedelta(days=dice.randint(20, SINCE_DAYS))
        for _order in range(dice.randint(1, MOST_ORDERS)):
            if at > now:
                break
            goods, total = dice.choice(GOODS)
            record_order(
                cast.customers[name],
                number=f"A-{number}",
                kind="sale",
                placed_at=at,
                currency="GBP",
                total=total,
                status="delivered",
                items=[{"sku": goods.upper(), "name": goods, "qty": 1, "price": total}],
            )
            number += 1
            at += timedelta(days=dice.choice((25, 40, 60, 90, 220)))

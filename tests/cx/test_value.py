"""What somebody bought is said as it was told, and silence only where it is unusual."""

from datetime import timedelta

from customers.cx.value import value_of
from customers.models import Customer
from customers.operations import record_order
from tests.conftest import MONDAY_9AM

DAY = timedelta(days=1)


def order(customer: Customer, days_ago: int, total: str, kind: str = "sale") -> None:
    record_order(
        customer,
        number=f"A-{days_ago}-{kind}",
        placed_at=MONDAY_9AM - days_ago * DAY,
        kind=kind,
        currency="EUR",
        total=total,
    )


def test_returns_are_taken_off_and_nobody_without_orders_has_a_value(kofi: Customer) -> None:
    assert value_of(kofi, at=MONDAY_9AM) is None
    order(kofi, 30, "100.00")
    order(kofi, 20, "40.00", "return")

    value = value_of(kofi, at=MONDAY_9AM)

    assert value is not None
    assert [(currency, str(total)) for currency, total in value.totals] == [("EUR", "60.00")]
    assert (value.sales, value.returns, value.usual_gap) == (1, 1, None)


def test_silence_is_unusual_against_the_own_gaps_only(kofi: Customer) -> None:
    for days in (400, 370, 340, 310):
        order(kofi, days, "9.00")

    value = value_of(kofi, at=MONDAY_9AM)
    assert value is not None
    assert (value.usual_gap, value.gaps, value.quiet_for) == (30, 3, 310)

    order(kofi, 10, "9.00")
    value = value_of(kofi, at=MONDAY_9AM)
    assert value is not None
    assert value.quiet_for is None

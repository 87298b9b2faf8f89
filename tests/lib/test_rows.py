"""Rows are written in one statement, and only those that differ."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.cx.models import CXFact
from customers.models import Customer
from helpdesk.lib.rows import insert_rows, is_within, keep_rows, update_rows
from tests.conftest import MONDAY_9AM

KEY, FIELDS = ("customer_id", "kind", "ref"), ("at", "value", "version", "data")
MICRO = timedelta(microseconds=1)


def row(customer: Customer, ref: str, value: float, **data: Any) -> dict[str, Any]:
    fields = {"at": MONDAY_9AM + MICRO, "value": value, "version": 1, "data": data}
    return {"customer_id": customer.pk, "kind": "contact", "ref": ref, **fields}


def keep(*rows: dict[str, Any], write: bool = True) -> int:
    stored = CXFact.objects.filter(kind="contact")
    return keep_rows(stored, rows, key=KEY, fields=FIELDS, write=write)


def told() -> list[tuple[str, float | None, datetime]]:
    return list(CXFact.objects.order_by("pk").values_list("ref", "value", "at"))


def test_what_differs_is_added_corrected_and_taken_back_and_counted(kofi: Customer) -> None:
    assert (
        keep(row(kofi, "b", 0.1 + 0.2), row(kofi, "a", 1 / 3, channel="“ü\\"), row(kofi, "c", 3))
        == 3
    )
    at = MONDAY_9AM + MICRO
    assert told() == [("b", 0.1 + 0.2, at), ("a", 1 / 3, at), ("c", 3.0, at)]

    assert keep(row(kofi, "b", 0.1 + 0.2), row(kofi, "a", 2, channel="“ü\\")) == 2

    assert told() == [("b", 0.1 + 0.2, at), ("a", 2.0, at)]
    assert CXFact.objects.get(ref="a").data == {"channel": "“ü\\"}


def test_what_is_as_it_should_be_is_not_written(kofi: Customer) -> None:
    keep(row(kofi, "a", 1 / 3, business=1e-7, list=[1.5, None]), row(kofi, "b", 2))

    assert keep(row(kofi, "b", 2), row(kofi, "a", 1 / 3, business=1e-7, list=[1.5, None])) == 0


def test_looking_only_changes_nothing(kofi: Customer) -> None:
    keep(row(kofi, "a", 1), row(kofi, "b", 2))

    assert keep(row(kofi, "a", 5), row(kofi, "c", 1), write=False) == 3
    assert [ref for ref, _, _ in told()] == ["a", "b"]


def test_nothing_wanted_takes_all_back_and_nothing_stored_adds_all(kofi: Customer) -> None:
    keep(row(kofi, "a", 1))

    assert keep() == 1
    assert keep_rows(CXFact.objects.none(), [row(kofi, "a", 1)], key=KEY, fields=FIELDS, write=True)
    assert [ref for ref, _, _ in told()] == ["a"]


def test_a_thousand_rows_cost_one_statement(kofi: Customer) -> None:
    with CaptureQueriesContext(connection) as captured:
        keep(*(row(kofi, str(n), n) for n in range(1000)))

    assert len(captured) == 1
    assert [ref for ref, _, _ in told()] == [str(n) for n in range(1000)]


def test_columns_that_are_not_named_stay(kofi: Customer) -> None:
    fact = CXFact(customer=kofi, kind="contact", ref="a", at=MONDAY_9AM, value=1)
    insert_rows([fact], (*KEY, *FIELDS))
    CXFact.objects.update(channel="phone")
    stored = CXFact.objects.get()

    stored.value, stored.channel = 7.5, "email"
    update_rows([stored], ("value",))

    assert CXFact.objects.values_list("value", "channel").get() == (7.5, "phone")


@pytest.mark.parametrize(("hours", "found"), [((0, 1), "ab"), ((1, 9), "bc"), ((3, 9), "")])
def test_a_span_includes_both_its_ends(kofi: Customer, hours: tuple[int, int], found: str) -> None:
    times = [MONDAY_9AM + timedelta(hours=n) for n in range(10)]
    keep(*(row(kofi, ref, 1) | {"at": times[n]} for n, ref in enumerate("abc")))
    spans = {kofi.pk: (times[hours[0]], times[hours[1]]), kofi.pk + 1: (times[0], times[9])}

    within = is_within(CXFact, spans, owner="customer_id", moment="at")

    assert (
        "".join(CXFact.objects.filter(within).order_by("ref").values_list("ref", flat=True))
        == found
    )

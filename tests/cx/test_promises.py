"""What the promises to a customer say of us once some were moved."""

from datetime import datetime, timedelta

import pytest

from customers.cx.cells import cells
from customers.cx.display import Cell
from customers.cx.models import CXSummary
from customers.cx.refreshing import refresh_summaries
from customers.models import Customer
from customers.operations import keep_promise, make_promise
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM

BY, DAY = Actor.system(), timedelta(days=1)
NOW = MONDAY_9AM + 10 * DAY


def shown(customer: Customer, *, at: datetime = NOW) -> Cell:
    refresh_summaries([customer.pk], at=at)
    found = cells(CXSummary.objects.get(customer=customer).data, at=at)
    return next(cell for cell in found if cell.key == "promises")


@pytest.mark.parametrize(
    ("moved_on", "kept"), [(MONDAY_9AM + 5 * DAY, "1 of 2"), (MONDAY_9AM + 2 * DAY, "1 of 1")]
)
def test_a_promise_moved_after_its_time_was_not_kept(
    kofi: Customer, moved_on: datetime, kept: str
) -> None:
    receipt = make_promise(kofi, text="receipt", due_at=NOW - DAY, by=BY, at=MONDAY_9AM)
    keep_promise(receipt, by=BY, at=MONDAY_9AM + DAY)
    due = MONDAY_9AM + 3 * DAY
    refund = make_promise(kofi, text="refund", due_at=due, by=BY, at=MONDAY_9AM)

    make_promise(kofi, text="refund", due_at=NOW + DAY, replaces=refund, by=BY, at=moved_on)

    cell = shown(kofi)
    assert (cell.text, cell.note) == (kept, "1 moved and open")


def test_what_is_overdue_and_never_moved_is_only_overdue(kofi: Customer) -> None:
    make_promise(kofi, text="refund", due_at=NOW - DAY, by=BY, at=MONDAY_9AM)

    cell = shown(kofi)

    assert (cell.text, cell.note) == ("0 of 1", "1 overdue")

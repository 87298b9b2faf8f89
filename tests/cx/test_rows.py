"""Every number opens to exactly the rows it counts, in every window."""

from datetime import datetime, timedelta
from itertools import count

import pytest

from customers.cx.facts import NewFact, keep_facts
from customers.cx.issues import Issues
from customers.cx.models import CXFact, CXSummary
from customers.cx.queries import BLOCKS, REASONS, WINDOWS, numbers_of, rows_behind, summary_of
from customers.cx.refreshing import refresh_summaries
from customers.cx.seen import Seen
from customers.models import Customer
from helpdesk.accounts.models import Agent
from tests.conftest import MONDAY_9AM

DAY = timedelta(days=1)
NOW = MONDAY_9AM
_refs = count(1)


def happened(
    customer: Customer, kind: str, *days: float, value: float | None = 1.0, ticket: int = 1
) -> None:
    """Facts of a kind so many days ago."""
    data = {"business": 60.0, "on_us": 60.0, "on_customer": 0.0, "channel": "email"}
    facts = [
        NewFact(
            customer_id=customer.pk,
            kind=kind,
            ref=str(next(_refs)),
            at=NOW - ago * DAY,
            value=value,
            ticket_number=ticket,
            data=data,
        )
        for ago in days
    ]
    keep_facts(CXFact.objects.none(), facts)


def refreshed(customer: Customer, at: datetime = NOW) -> CXSummary:
    """Only facts of tickets are told here; those of the customer's own rows there are none."""
    refresh_summaries([customer.pk], at=at)
    summary = summary_of(customer)
    assert summary is not None
    return summary


@pytest.fixture
def busy(kofi: Customer) -> Customer:
    """Kofi turned to us over two years, about tickets 1 and 2, which are one issue, and 3."""
    happened(kofi, "contact", 5, 20, 45, 100, 300, 500, ticket=1)
    happened(kofi, "contact", 6, ticket=2)
    happened(kofi, "contact", 80, 800, ticket=3)
    for ticket in (1, 2):
        happened(kofi, "issue", 500, value=1.0, ticket=ticket)
    happened(kofi, "time_to_solve", 90.5, ticket=3)
    happened(kofi, "open", 5, ticket=2)
    return kofi


@pytest.mark.parametrize(
    ("window", "contacts", "was", "issues"),
    [("30d", 3, 1, 1), ("90d", 5, 1, 2), ("12m", 7, 1, 2), ("all", 9, None, 2)],
)
def test_a_window_counts_its_contacts_and_issues_and_opens_to_them(
    busy: Customer, ana: Agent, window: str, contacts: int, was: int | None, issues: int
) -> None:
    summary = refreshed(busy)

    data = numbers_of(busy, summary, window=window)
    rows = rows_behind(busy, "contacts", window=window, agent=ana, at=NOW).facts

    assert (data["contacts"]["n"], data["contacts"]["was"]) == (contacts, was)
    assert len(rows) == contacts
    seen = [Seen(row.kind, row.at, row.value, row.ticket_number) for row in rows]
    known = [*seen, *(Seen("issue", NOW, 1.0, ticket) for ticket in (1, 2))]
    assert data["issues"]["n"] == issues == len(Issues(known).touched(seen))


def test_an_issue_with_an_open_ticket_is_not_solved(busy: Customer) -> None:
    happened(busy, "time_to_solve", 3, ticket=1)

    assert refreshed(busy).data["issues"]["solved"] == 0


@pytest.mark.parametrize("block", [b for b in BLOCKS if b not in {"issues", "effort"}])
def test_the_rows_of_a_block_are_as_many_as_its_n(busy: Customer, ana: Agent, block: str) -> None:
    for kind in ("first_response", "next_response", "first_contact", "one_touch", "reopened"):
        happened(busy, kind, 1, 364, 366)
    happened(busy, "target_first_reply", 2, 400, value=0.0)
    data = refreshed(busy).data[block]

    rows = rows_behind(busy, block, agent=ana, at=NOW).facts

    if isinstance(data, int):
        n = data
    elif block == "time_to_solve":
        n = data["business"]["n"] + len(data["open"])
    else:
        n = data.get("business", data.get("on_us", data))["n"]
    assert len(rows) == n


def test_a_reason_opens_to_the_rows_it_rests_on(busy: Customer, ana: Agent) -> None:
    happened(busy, "target_next_reply", 4, value=0.0, ticket=2)
    health = refreshed(busy).data["health"]
    (reason,) = health["reasons"]

    rows = rows_behind(busy, reason["code"], agent=ana, at=NOW).facts

    assert reason["code"] == "contacts_and_missed"
    assert {row.kind for row in rows} == {"contact", "target_next_reply"}
    assert {row.ticket_number for row in rows} == {1, 2}
    for other in set(REASONS) - {reason["code"]}:
        assert not rows_behind(busy, other, agent=ana, at=NOW).facts


def test_a_summary_by_an_earlier_definition_is_shown_by_this_one(busy: Customer) -> None:
    right = refreshed(busy).data
    CXSummary.objects.update(version=2, data={"contacts": {"n": 1}})
    summary = CXSummary.objects.get()

    shown = numbers_of(busy, summary, window="90d")

    assert shown == right
    assert set(WINDOWS) == {"30d", "90d", "12m", "all"}

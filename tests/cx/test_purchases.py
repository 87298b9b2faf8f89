"""Spells of purchases end by silence, and articles serve where nobody turns to us after them."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from customers.cx.models import CountingChoices, CXFact, CXSummary
from customers.cx.purchases import Spell, spells
from customers.cx.refreshing import refresh_stale, refresh_summaries
from customers.models import Customer, Touchpoint
from customers.operations import record_order, record_touchpoint
from tests.conftest import MONDAY_9AM
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.resolving import resolve_cycles
from tickets.models import Ticket

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)


def days(*after: int) -> list[date]:
    return [FIRST + n * DAY for n in after]


def buy(customer: Customer, at: datetime, kind: str = "sale") -> None:
    record_order(
        customer, number=f"{customer.pk}-{at:%F}-{kind}", placed_at=at, kind=kind, currency="EUR",
        total="9.00",
    )  # fmt: skip


def read(customer: Customer, at: datetime, direction: str = "in") -> None:
    record_touchpoint(
        customer.pk, kind=Touchpoint.Kind.ARTICLE, at=at, title="Cleaning", direction=direction
    )


def as_committed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    ("bought", "silent_days", "expected"),
    [
        (days(), 100, []),
        (days(0, 500), None, [Spell(FIRST, None)]),
        (days(0), 100, [Spell(FIRST, FIRST + 101 * DAY)]),
        (days(0, 100), 100, [Spell(FIRST, FIRST + 201 * DAY)]),
        (
            days(0, 101),
            100,
            [Spell(FIRST, FIRST + 101 * DAY), Spell(FIRST + 101 * DAY, FIRST + 202 * DAY)],
        ),
        # Usually every ten days: 90 at least. Usually every fifty: thrice that.
        (days(0, 10, 20, 30), None, [Spell(FIRST, FIRST + (30 + 91) * DAY)]),
        (days(0, 50, 100, 150), 90, [Spell(FIRST, FIRST + (150 + 151) * DAY)]),
    ],
)
def test_a_spell_ends_when_silence_is_unusual(
    bought: list[date], silent_days: int | None, expected: list[Spell]
) -> None:
    assert list(spells(bought, silent_days=silent_days)) == expected


def test_an_order_is_a_fact_and_so_is_the_silence_that_will_follow(kofi: Customer) -> None:
    CountingChoices.objects.create(pk=1, silent_days=100)
    for ago in (400, 390, 20):
        buy(kofi, MONDAY_9AM - ago * DAY)
    buy(kofi, MONDAY_9AM - 10 * DAY, "return")
    refresh_summaries([kofi.pk], at=MONDAY_9AM)

    facts = CXFact.objects.filter(customer=kofi).order_by("at")
    orders = [fact.data.keys() - {"text"} for fact in facts if fact.kind == "order"]
    assert orders == [{"first"}, set(), {"back"}]
    lost = [fact.at.date() for fact in facts if fact.kind == "lost"]
    assert lost == [(MONDAY_9AM - 289 * DAY).date(), (MONDAY_9AM + 81 * DAY).date()]
    assert rebuild(at=MONDAY_9AM, write=False).facts == 0


def test_numbers_follow_an_order_of_somebody_who_never_wrote(kofi: Customer) -> None:
    buy(kofi, MONDAY_9AM)
    as_committed()
    summary = CXSummary.objects.get(customer=kofi)
    assert summary.stale_at is not None

    refresh_stale(at=summary.stale_at)

    assert CXFact.objects.filter(customer=kofi, kind="order").count() == 1
    assert rebuild(at=summary.stale_at, write=False).total == 0


def test_who_was_merged_away_gets_no_numbers_again(kofi: Customer) -> None:
    other = Customer.objects.create(name="Kofi M", merged_into=kofi, created_at=MONDAY_9AM)
    buy(other, MONDAY_9AM)
    as_committed()

    assert not CXSummary.objects.filter(customer=other).exists()


def test_an_article_serves_if_no_contact_follows_within_three_days(ticket: Ticket) -> None:
    """The ticket is a contact at nine on Monday."""
    who = ticket.customer
    read(who, MONDAY_9AM - 4 * DAY)  # nobody turned to us for three days
    read(who, MONDAY_9AM - DAY)  # the ticket followed
    read(who, MONDAY_9AM + DAY, direction="out")  # we sent it
    read(who, MONDAY_9AM + 5 * DAY)  # not known yet
    resolve_cycles(ticket.pk, at=MONDAY_9AM + 6 * DAY)

    refresh_summaries([who.pk], at=MONDAY_9AM + 6 * DAY)
    summary = CXSummary.objects.get(customer=who)
    served = summary.data["self_service"]
    assert (served["k"], served["n"]) == (1, 2)
    assert summary.stale_at == MONDAY_9AM + 8 * DAY

    refresh_stale(at=MONDAY_9AM + 8 * DAY)
    served = CXSummary.objects.get(customer=who).data["self_service"]
    assert (served["k"], served["n"]) == (2, 3)

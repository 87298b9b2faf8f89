"""Numbers of those who buy: contacts for orders, customers kept and lost."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.cx.models import CountingChoices, CXFact
from customers.cx.refreshing import refresh_summaries
from customers.models import Customer
from customers.operations import record_order
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Role
from tests.conftest import MONDAY_9AM
from tickets.metrics.choosing import choose_counting
from tickets.metrics.reporting.behind import rows_behind
from tickets.metrics.reporting.cutting import Dimension, Filters
from tickets.metrics.reporting.measuring import Figure, measure
from tickets.metrics.reporting.periods import Period, Step, weeks_until
from tickets.metrics.reporting.rolling import roll_up_due
from tickets.metrics.reporting.showing import show
from tickets.metrics.retention import cohorts_of, months_of, undecided

DAY = timedelta(days=1)
UTC_ZONE = "UTC"


def fact(customer: Customer, kind: str, ref: str, ago: int, **data: object) -> None:
    CXFact.objects.create(
        customer=customer, kind=kind, ref=ref, at=MONDAY_9AM - ago * DAY, value=1, data=data
    )


def figure(metric: str, agent: Agent, **asked: object) -> Figure:
    period = weeks_until(MONDAY_9AM)
    found = measure([metric], period, agent=agent, at=MONDAY_9AM, **asked)  # type: ignore[arg-type]
    return found.whole[metric]


def bought(name: str, *on: date) -> Customer:
    customer = Customer.objects.create(name=name, created_at=MONDAY_9AM)
    for day in on:
        record_order(
            customer, number=f"{name} {day}", kind="sale", currency="EUR", total="5.00",
            placed_at=MONDAY_9AM.replace(year=day.year, month=day.month, day=day.day),
        )  # fmt: skip
    refresh_summaries([customer.pk], at=MONDAY_9AM)
    return customer


def month(first: date, last: date) -> Period:
    return Period(first, last, UTC_ZONE)


@pytest.mark.parametrize("is_rolled", [False, True])
def test_the_contact_rate_is_contacts_for_a_hundred_orders(
    workspace: None, kofi: Customer, ines: Agent, *, is_rolled: bool
) -> None:
    for n in range(8):
        fact(kofi, "order", f"o{n}", n + 1)
    for n in range(2):
        fact(kofi, "contact", f"c{n}", n + 1)
    if is_rolled:
        roll_up_due(at=MONDAY_9AM)

    found = figure("contact_rate", ines)
    assert (found.n, found.hits) == (8, 2)
    assert (show(found).main, show(found).beside) == ("25", "2 for 8")
    behind = {"agent": ines, "at": MONDAY_9AM}
    period = weeks_until(MONDAY_9AM)
    assert rows_behind("contact_rate", period, **behind).count() == 8  # type: ignore[arg-type]
    hits = rows_behind("contact_rate", period, only_hits=True, **behind)  # type: ignore[arg-type]
    assert {row.kind for row in hits} == {"contact"}


def test_without_orders_there_is_no_contact_rate(
    workspace: None, kofi: Customer, ines: Agent
) -> None:
    fact(kofi, "contact", "c", 1)

    assert show(figure("contact_rate", ines)).main == ""
    assert show(figure("contacts_each", ines)).main == "1 for 1"


def test_contacts_of_each_customer_count_who_came_only(
    workspace: None, kofi: Customer, ines: Agent
) -> None:
    others = [Customer.objects.create(name=str(n), created_at=MONDAY_9AM) for n in range(5)]
    for n in range(7):
        fact(kofi, "contact", f"c{n}", 1 + 7 * (n % 2))
    for other in others[:4]:
        fact(other, "contact", "c", 1)

    found = figure("contacts_each", ines, by=Step.WEEK)
    assert (found.n, found.hits, show(found).main) == (5, 11, "2.2")
    period = weeks_until(MONDAY_9AM)
    by_week = measure(["contacts_each"], period, agent=ines, at=MONDAY_9AM, by=Step.WEEK)
    parts = by_week.parts["contacts_each"].values()
    assert sorted((part.n, part.hits) for part in parts) == [(1, 3), (5, 8)]


def test_orders_have_no_channel_so_a_channel_has_no_rate(
    workspace: None, kofi: Customer, ines: Agent
) -> None:
    fact(kofi, "order", "o", 1)
    fact(kofi, "contact", "c", 1)
    CXFact.objects.filter(kind="contact").update(channel="email")

    assert figure("contact_rate", ines, filters=Filters(channel="email")).n == 0
    by = measure(
        ["contact_rate"], weeks_until(MONDAY_9AM), agent=ines, at=MONDAY_9AM, by=Dimension.CHANNEL
    )
    assert by.whole["contact_rate"].n == 1
    assert not by.parts["contact_rate"]


def test_who_sees_their_own_teams_only_is_told_no_contact_rate(
    workspace: None, kofi: Customer, support: Team, ana: Agent
) -> None:
    """Contacts of other teams would be missing from it."""
    ana.role = Role.LEAD
    ana.save(update_fields=["role"])
    fact(kofi, "order", "o", 1)
    fact(kofi, "contact", "c", 1)

    assert figure("contact_rate", ana).n == 0
    assert figure("orders", ana).n == 1


def test_solved_first_time_by_one_hand_leaves_out_transfers(
    workspace: None, kofi: Customer, ines: Agent
) -> None:
    for n, transfers in enumerate([0, 0, 1]):
        fact(kofi, "first_contact", str(n), 1, transfers=transfers)

    assert figure("first_contact", ines).hits == 3
    assert figure("first_contact_one", ines).hits == 2


def test_customers_kept_are_those_of_the_beginning_who_are_there_at_the_end(
    workspace: None,
) -> None:
    """Silence of more than a hundred days loses; the next purchase brings back."""
    choose_counting(CountingChoices(silent_days=100), at=MONDAY_9AM)
    bought("stays", date(2025, 1, 10), date(2025, 4, 1))
    bought("goes", date(2025, 1, 10))  # lost on 21 April
    bought("returns in time", date(2025, 1, 10), date(2025, 4, 25))  # lost on the 21st, back
    bought("new", date(2025, 4, 5))
    bought("returns later", date(2025, 1, 10), date(2025, 6, 5))

    april = month(date(2025, 4, 1), date(2025, 4, 30))
    june = month(date(2025, 6, 1), date(2025, 6, 30))
    first, last = months_of([april, june], at=MONDAY_9AM)

    assert (first.started, first.new, first.back, first.lost, first.kept) == (4, 1, 1, 3, 2)
    assert first.ended == 3
    assert (last.started, last.back, last.lost, last.ended) == (3, 1, 0, 4)
    quarter = month(date(2025, 1, 1), date(2025, 3, 31)), april, june
    second = Period(date(2025, 4, 1), date(2025, 6, 30), UTC_ZONE)
    (old, young) = cohorts_of([quarter[0], second], at=MONDAY_9AM)
    assert (old.first, old.kept) == (date(2025, 1, 1), ((4, 4), (3, 4)))
    assert young.kept == ((1, 1),)


def test_nobody_is_lost_where_nobody_has_said_what_lost_means(workspace: None) -> None:
    bought("once", date(2025, 1, 10))

    assert undecided() == 1
    assert months_of([month(date(2025, 4, 1), date(2025, 4, 30))], at=MONDAY_9AM)[0].started == 0


def test_a_choice_of_silence_has_spells_derived_anew(workspace: None) -> None:
    customer = bought("once", date(2025, 1, 10))

    choose_counting(CountingChoices(silent_days=120), at=MONDAY_9AM)

    assert customer.cx_summary.stale_at == MONDAY_9AM
    refresh_summaries([customer.pk], at=MONDAY_9AM)
    assert undecided() == 0


def test_the_page_of_customers_kept(workspace: None, ines: Agent, client: Client) -> None:
    client.force_login(ines)
    with time_machine.travel(MONDAY_9AM, tick=False):
        html = client.get("/desk/insights/kept").content.decode()
        assert 'data-test="kept-undefined"' in html
        assert "No orders from which this could be said" in html

        choose_counting(CountingChoices(silent_days=100), at=MONDAY_9AM)
        for n in range(6):
            bought(f"buyer {n}", (MONDAY_9AM - (150 + n) * DAY).date())
        html = client.get("/desk/insights/kept").content.decode()
        assert 'data-test="kept-undefined"' not in html
        assert html.count('data-test="kept-month"') == 12
        assert "/desk/insights/cx/lost_buyers/rows?" in html
        assert client.get("/desk/insights/kept?tier=gold").status_code == 200


def test_an_agent_without_insights_sees_no_customers_kept(
    workspace: None, ana: Agent, client: Client
) -> None:
    client.force_login(ana)
    assert client.get("/desk/insights/kept").status_code == 403


def test_kept_costs_as_many_queries_however_many_buy(
    workspace: None, ines: Agent, client: Client
) -> None:
    client.force_login(ines)
    client.get("/desk/insights/kept")
    asked = []
    for n in range(2):
        bought(f"buyer {n}", (MONDAY_9AM - 20 * DAY).date())
        with time_machine.travel(MONDAY_9AM, tick=False), CaptureQueriesContext(connection) as ran:
            client.get("/desk/insights/kept")
        asked.append(len(ran))
    assert asked[0] == asked[1] <= 12

"""The CX summary on the profile and on the organisation's page, and the rows it opens to."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.cx.refreshing import refresh_summaries
from customers.models import Customer, Viewing
from customers.operations import create_organisation, make_promise, record_order, update_customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tickets.metrics.resolving import resolve_cycles
from tickets.models import Ticket

BY, DAY = Actor.system(), timedelta(days=1)
PROFILE_QUERIES = 12


@pytest.fixture
def known(ticket: Ticket) -> Customer:
    """Kofi of Acme, who bought once and to whom a promise is overdue since yesterday."""
    now, kofi = timezone.now(), ticket.customer
    group = create_organisation(name="Acme", by=BY, at=now)
    kofi = update_customer(kofi, changes={"organisation": group}, by=BY, at=now)
    make_promise(kofi, text="refund", due_at=now - DAY, by=BY, at=now - 3 * DAY)
    record_order(kofi, number="A-1", placed_at=now, kind="sale", currency="EUR", total="9.90")
    resolve_cycles(ticket.pk, at=now)
    return kofi


def page(client: Client, customer: Customer, query: str = "") -> str:
    return client.get(reverse("desk:customer", args=[customer.pk]) + query).content.decode()


@pytest.mark.parametrize("query", ["", "?window=30d", "?window=all"])
def test_the_profile_with_its_summary_costs_a_fixed_number_of_queries(
    desk: Client, known: Customer, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(desk, known, query)  # the session and what is cached come from the first visit

    with django_assert_max_num_queries(PROFILE_QUERIES):
        html = page(desk, known, query)

    assert "a promise is overdue" in html


def test_each_reason_and_each_number_leads_to_its_rows(desk: Client, known: Customer) -> None:
    html = page(desk, known, "?window=12m")

    for block in ("promise_overdue", "contacts", "issues", "targets", "effort", "value"):
        url = reverse("desk:cx-rows", args=[known.pk, block])
        assert f'href="{url}' in html
        assert desk.get(f"{url}?window=12m").status_code == 200
    rows = desk.get(reverse("desk:cx-rows", args=[known.pk, "promise_overdue"]))
    assert "promise: refund" in rows.content.decode()
    orders = desk.get(reverse("desk:cx-rows", args=[known.pk, "value"])).content.decode()
    assert "EUR 9.90" in orders


def test_contacts_are_counted_in_the_window_asked_for(desk: Client, known: Customer) -> None:
    html = page(desk, known, "?window=30d")

    assert '<a href="?window=30d#cx" aria-current="true">' in html
    assert "was 0 in the 30 days before" in html
    assert 'aria-current="true">90 days' in page(desk, known, "?window=nonsense")


def test_what_changed_is_told_since_the_agent_last_looked(
    desk: Client, known: Customer, ana: Agent
) -> None:
    assert "In the last 90 days" in page(desk, known)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    look = Viewing.objects.create(agent=ana, customer=known, hour=hour - 2 * DAY)
    html = page(desk, known)
    assert "Since you looked" in html
    assert "promise overdue: refund" in html

    look.hour = hour - timedelta(hours=1)
    look.save()
    refresh_summaries([known.pk], at=timezone.now())
    assert "promise overdue: refund" not in page(desk, known)


def test_an_organisation_shows_the_pooled_numbers(desk: Client, known: Customer) -> None:
    assert known.organisation is not None
    html = desk.get(reverse("desk:organisation", args=[known.organisation.pk])).content.decode()

    assert "a promise is overdue" in html
    assert "EUR 9.90" in html
    url = reverse("desk:organisation-cx-rows", args=[known.organisation.pk, "promise_overdue"])
    assert "Kofi Mensah" in desk.get(url).content.decode()

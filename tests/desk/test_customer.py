"""The customer's profile: everything about a person, in a fixed number of queries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer, Identity, Promise
from customers.operations import (
    add_customer_note,
    create_organisation,
    make_promise,
    record_touchpoint,
    remember_fact,
    update_customer,
)
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.models import Ticket

PROFILE_QUERIES = 12
YEAR = timedelta(days=365)


def page(client: Client, customer: Customer, query: str = "") -> str:
    return client.get(f"{reverse('desk:customer', args=[customer.pk])}{query}").content.decode()


def grow(customer: Customer, count: int) -> None:
    for n in range(count):
        record_touchpoint(
            customer.pk,
            kind="message",
            at=MONDAY_9AM - timedelta(hours=n * 12),
            title=f"Letter {n}",
            text="The kettle leaks.",
        )


@pytest.mark.parametrize("count", [20, 2000])
def test_the_profile_costs_the_same_however_long_the_life(
    desk: Client, ticket: Ticket, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    grow(ticket.customer, count)
    page(desk, ticket.customer)  # the session and what is cached come from the first visit

    with django_assert_max_num_queries(PROFILE_QUERIES):
        html = page(desk, ticket.customer)

    assert html.count('class="timeline-item"') == min(count + 1, 50)


def test_the_head_says_how_to_address_somebody(desk: Client, kofi: Customer) -> None:
    changes = {"how_to_say": "KOH-fee", "pronouns": "he/him", "time_zone": "Africa/Accra"}
    update_customer(kofi, changes=changes, by=Actor.system(), at=MONDAY_9AM)

    html = page(desk, kofi)

    assert "“KOH-fee”" in html
    assert "he/him" in html
    assert "Accra" in html


def test_the_timeline_shows_the_words_in_place(desk: Client, ticket: Ticket) -> None:
    html = page(desk, ticket.customer)

    assert "It says my code has expired." in html
    assert f"#{ticket.number} Cannot sign in" in html


def test_older_years_are_folded_and_open_by_their_link(desk: Client, kofi: Customer) -> None:
    grow(kofi, 60)
    record_touchpoint(kofi.pk, kind="call", at=MONDAY_9AM - 5 * YEAR, title="Long ago")

    assert "Long ago" not in page(desk, kofi)
    assert 'href="?year=2021#timeline"' in page(desk, kofi)
    assert "Long ago" in page(desk, kofi, "?year=2021")


def test_older_pages_continue_without_gap_or_repetition(desk: Client, kofi: Customer) -> None:
    grow(kofi, 60)
    first = desk.get(reverse("desk:customer", args=[kofi.pk]))
    second = desk.get(
        reverse("desk:customer", args=[kofi.pk]) + first.context["older"].partition("#")[0]
    )

    titles = [e.touchpoint.title for r in (first, second) for e in r.context["entries"]]
    assert titles == [f"Letter {n}" for n in range(60)]


def test_a_word_or_a_kind_narrows_the_timeline(desk: Client, kofi: Customer) -> None:
    grow(kofi, 3)
    record_touchpoint(kofi.pk, kind="call", at=MONDAY_9AM, title="About the Café order")

    assert "Letter 1" not in page(desk, kofi, "?q=cafe")
    assert "About the Café order" in page(desk, kofi, "?q=cafe")
    assert "About the Café order" not in page(desk, kofi, "?kind=notes")


def test_contacts_of_other_teams_are_only_counted(
    client: Client, outsider: Agent, ticket: Ticket
) -> None:
    client.force_login(outsider)

    html = page(client, ticket.customer)

    assert "1 more contact in a team you can&#x27;t see" in html or "1 more contact in a" in html
    assert "Cannot sign in" not in html
    assert "code has expired" not in html


def test_the_margin_shows_facts_promises_notes_and_colleagues(desk: Client, kofi: Customer) -> None:
    by = Actor.system()
    firm = create_organisation(name="Mensah Ltd", by=by, at=MONDAY_9AM)
    update_customer(kofi, changes={"organisation": firm}, by=by, at=MONDAY_9AM)
    Customer.objects.create(name="Abena", organisation=firm, created_at=MONDAY_9AM)
    remember_fact(kofi, key="order", value="A-1042", source="form", by=by, at=MONDAY_9AM)
    make_promise(kofi, text="Refund", due_at=MONDAY_9AM, by=by, at=MONDAY_9AM)
    add_customer_note(kofi, text="Deaf: write", is_pinned=True, by=by, at=MONDAY_9AM)

    html = page(desk, kofi)

    for words in ("A-1042", "Refund", "overdue", "Deaf: write", "Abena", "claimed"):
        assert words in html


def test_a_kept_promise_is_closed(desk: Client, kofi: Customer) -> None:
    due = datetime.now(UTC) + timedelta(days=1)
    promise = make_promise(kofi, text="Refund", due_at=due, by=Actor.system(), at=MONDAY_9AM)

    desk.post(reverse("desk:promise-keep", args=[promise.pk]))

    promise.refresh_from_db()
    assert promise.status == Promise.Status.KEPT


def test_details_are_changed_and_wrong_ones_explained(desk: Client, kofi: Customer) -> None:
    url = reverse("desk:customer-details", args=[kofi.pk])

    wrong = desk.post(url, {"name": "Kofi", "time_zone": "Mars"})
    right = desk.post(url, {"name": "Kofi A. Mensah", "time_zone": "Africa/Accra"})

    kofi.refresh_from_db()
    assert wrong.status_code == 422
    assert "“Mars” is not a time zone name" in wrong.content.decode()
    assert right.status_code == 302
    assert (kofi.name, kofi.time_zone) == ("Kofi A. Mensah", "Africa/Accra")


def test_an_address_of_somebody_else_is_refused_beside_the_field(
    desk: Client, ticket: Ticket
) -> None:
    other = Customer.objects.create(name="Ama", created_at=MONDAY_9AM)
    url = reverse("desk:customer-identity", args=[other.pk])

    taken = desk.post(url, {"kind": "email", "value": "KOFI@example.com"})
    added = desk.post(url, {"kind": "phone", "value": "+233 30 212 3456"})

    assert "already belongs to another customer" in taken.content.decode()
    assert added.status_code == 302
    assert Identity.objects.get(customer=other).value == "+233302123456"


def test_a_note_is_added_and_pinned(desk: Client, kofi: Customer) -> None:
    desk.post(reverse("desk:customer-note", args=[kofi.pk]), {"text": "Prefers mornings"})
    note = kofi.notes.get()
    desk.post(reverse("desk:customer-note-pin", args=[kofi.pk, note.pk]), {"pinned": "1"})

    assert 'class="profile-pinned' in page(desk, kofi)
    assert "Prefers mornings" in page(desk, kofi)


def test_an_organisation_lists_its_people_and_what_is_open(desk: Client, ticket: Ticket) -> None:
    firm = create_organisation(
        name="Mensah Ltd", domains=("Mensah.example",), by=Actor.system(), at=MONDAY_9AM
    )
    update_customer(
        ticket.customer, changes={"organisation": firm}, by=Actor.system(), at=MONDAY_9AM
    )

    html = desk.get(reverse("desk:organisation", args=[firm.pk])).content.decode()

    assert "Kofi Mensah" in html
    assert f"#{ticket.number} Cannot sign in" in html
    assert "mensah.example" in html

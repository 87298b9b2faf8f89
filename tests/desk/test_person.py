"""The person behind the tickets: how to reach them, who they belong to, what they buy."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from customers.models import Attribute, Consent, Customer, Relationship
from customers.operations import (
    News,
    create_organisation,
    give_consent,
    identify_customer,
    record_order,
    record_outside_event,
    record_touchpoint,
    update_customer,
)
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.models import Ticket, Topic
from tickets.operations import file_ticket, open_ticket, reply_to_ticket, solve_ticket

BY = Actor.system()


def page(client: Client, customer: Customer, query: str = "") -> str:
    return client.get(f"{reverse('desk:customer', args=[customer.pk])}{query}").content.decode()


@pytest.fixture
def ama(db: None) -> Customer:
    return identify_customer(
        kind="email", value="ama@example.com", name="Ama", by=BY, at=MONDAY_9AM
    )


def contact(customer: Customer, channel: str, n: int) -> None:
    at = MONDAY_9AM + timedelta(days=n)
    record_touchpoint(customer.pk, kind="message", at=at, channel=channel, is_contact=True)


def test_the_channel_somebody_uses_is_observed_from_four_of_six(
    desk: Client, kofi: Customer
) -> None:
    for n, channel in enumerate(["form", "email", "email", "email"]):
        contact(kofi, channel, n)
    assert "observed" not in page(desk, kofi)

    contact(kofi, "email", 5)

    assert "prefers e-mail (observed 4 of 5)" in page(desk, kofi)


def test_who_answered_most_knows_them_while_still_at_work(
    desk: Client, ticket: Ticket, tom: Agent
) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    reply_to_ticket(ticket, content=said("Hello"), by=Actor.agent(tom.pk), at=at)
    assert "knows Tom Becker" in page(desk, ticket.customer)

    Agent.objects.filter(pk=tom.pk).update(is_active=False)

    assert "knows Tom Becker" not in page(desk, ticket.customer)


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "not to be called now"), (10, "may be called now")]
)
def test_the_window_for_calls_is_on_the_customers_clock(
    desk: Client, kofi: Customer, hour: int, words: str
) -> None:
    changes = {
        "time_zone": "Africa/Accra",
        "contact_from": time(9),
        "contact_until": time(17),
    }
    update_customer(kofi, changes=changes, by=BY, at=MONDAY_9AM)

    with time_machine.travel(MONDAY_9AM.replace(hour=hour), tick=False):
        desk.force_login(Agent.objects.get())
        html = page(desk, kofi)

    assert words in html
    assert ("night there" in html) == (hour == 3)


def test_a_relation_is_typed_on_both_profiles(desk: Client, kofi: Customer, ama: Customer) -> None:
    url = reverse("desk:customer-relate", args=[kofi.pk])
    desk.post(url, {"relation-how": "from-assistant", "relation-who": "AMA@example.com"})

    relation = Relationship.objects.get()
    assert (relation.customer, relation.other) == (ama, kofi)
    assert "has as assistant" in page(desk, kofi)
    assert "assistant of" in page(desk, ama)

    desk.post(reverse("desk:customer-unrelate", args=[kofi.pk, relation.pk]))
    assert not Relationship.objects.exists()


@pytest.mark.parametrize("who", ["nobody@example.com", "99999", "9" * 30, "self"])
def test_a_relation_to_nobody_is_explained(desk: Client, kofi: Customer, who: str) -> None:
    given = str(kofi.pk) if who == "self" else who
    url = reverse("desk:customer-relate", args=[kofi.pk])

    answer = desk.post(url, {"relation-how": "to-manager", "relation-who": given})

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_consent_is_noted_and_withdrawn(desk: Client, kofi: Customer) -> None:
    url = reverse("desk:customer-consent", args=[kofi.pk])
    desk.post(url, {"consent-purpose": "page_views", "consent-evidence": "at the fair"})
    assert "at the fair" in page(desk, kofi)

    desk.post(url, {"consent-purpose": "page_views", "withdraw": "1"})

    assert Consent.objects.get().withdrawn_at is not None
    assert "at the fair" not in page(desk, kofi)


def test_attributes_of_the_workspace_are_edited_and_shown(desk: Client, kofi: Customer) -> None:
    Attribute.objects.create(key="machine", label="Machine")
    Attribute.objects.create(key="renews", label="Renews on", kind="date")
    url = reverse("desk:customer-details", args=[kofi.pk])

    wrong = desk.post(url, {"attribute-renews": "soon"})
    desk.post(url, {"attribute-machine": "K-12", "attribute-renews": "2026-09-01"})

    kofi.refresh_from_db()
    assert wrong.status_code == 422
    assert kofi.attributes == {"machine": "K-12", "renews": "2026-09-01"}
    assert "1 Sep 2026" in page(desk, kofi)


def test_colleagues_show_what_is_open_for_them(desk: Client, ticket: Ticket, ama: Customer) -> None:
    firm = create_organisation(name="Mensah Ltd", by=BY, at=MONDAY_9AM)
    for person in (ticket.customer, ama):
        update_customer(person, changes={"organisation": firm}, by=BY, at=MONDAY_9AM)

    assert f"#{ticket.number} Cannot sign in" in page(desk, ama)


def buy(customer: Customer, count: int) -> None:
    for n in range(count):
        record_order(
            customer,
            number=f"A-{n}",
            kind="sale",
            placed_at=MONDAY_9AM + timedelta(days=10 * n),
            currency="GBP",
            total="10",
            items=[{"name": "Filter", "qty": 1}],
        )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "too few to say how often"),
        (2, "10 d between the two purchases"),
        (4, "10 d, 10 d, 10 d between purchases (3 gaps)"),
        (7, "10 d (all 10 d to 10 d) between purchases (6 gaps)"),
    ],
)
def test_how_often_somebody_buys_is_said_as_far_as_the_data_bear_it(
    desk: Client, kofi: Customer, count: int, words: str
) -> None:
    buy(kofi, count)

    html = page(desk, kofi)

    assert words in html
    assert ("moments-plot" in html) == (count > 1)
    assert ("Filter (" in html) == (count > 1)


def test_events_from_outside_are_cards_and_moments(desk: Client, kofi: Customer) -> None:
    news = News(
        kind="payment",
        external_id="1",
        title="Payment 1",
        at=MONDAY_9AM,
        addresses=(("email", "kofi@example.com"),),
        status="failed",
        fields={"amount": "64.90 GBP"},
    )
    record_outside_event(news, source="shop", by=BY, at=MONDAY_9AM)

    html = page(desk, kofi)

    assert html.count("64.90 GBP") >= 2
    assert html.count("may be why they write") == 2
    assert "Payment 1" in page(desk, kofi, "?kind=outside")


def test_the_timeline_narrows_by_channel_topic_and_what_is_unresolved(
    desk: Client, ticket: Ticket
) -> None:
    topic = Topic.objects.create(name="Codes")
    by, kofi = Actor.agent(Agent.objects.get().pk), ticket.customer
    other = open_ticket(
        customer=kofi, subject="Old kettle", content=said("Leaks."), by=BY, at=MONDAY_9AM
    ).ticket
    file_ticket(ticket, topic=topic, by=by, at=MONDAY_9AM)
    solve_ticket(other, by=by, at=MONDAY_9AM)

    for query in (f"?topic={topic.pk}", "?open=1"):
        assert "It says my code has expired." in page(desk, kofi, query)
        assert "Leaks." not in page(desk, kofi, query)
    assert "Leaks." in page(desk, kofi, "?channel=email")
    assert "Leaks." not in page(desk, kofi, "?channel=chat")


def test_an_organisation_counts_and_says_what_its_people_share(
    desk: Client, ticket: Ticket, ama: Customer
) -> None:
    firm = create_organisation(name="Mensah Ltd", by=BY, at=MONDAY_9AM)
    now, topic = datetime.now(UTC), Topic.objects.create(name="Codes")
    for person in (ticket.customer, ama):
        update_customer(person, changes={"organisation": firm}, by=BY, at=MONDAY_9AM)
        recent = open_ticket(
            customer=person, subject="Code", content=said("Code?"), topic=topic, by=BY, at=now
        ).ticket
    give_consent(ama, purpose="news", by=BY, at=now)

    html = desk.get(reverse("desk:organisation", args=[firm.pk])).content.decode()

    assert "2 people, same topic this week" in html
    assert f"#{recent.number}" in html
    assert "2 open" in html


def test_an_organisations_contract_is_edited(desk: Client, kofi: Customer) -> None:
    firm = create_organisation(name="Mensah Ltd", by=BY, at=MONDAY_9AM)
    url = reverse("desk:organisation-details", args=[firm.pk])

    desk.post(url, {"notes": "Answers within two hours."})

    assert (
        "Answers within two hours."
        in desk.get(reverse("desk:organisation", args=[firm.pk])).content.decode()
    )

"""Which addresses and organisations belong to somebody, and which contacts to one issue."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from customers.operations import add_identity, create_organisation, update_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.desk.test_person import page
from tickets.issues.deciding import decide_link
from tickets.issues.grouping import name_issue
from tickets.issues.models import Issue
from tickets.models import Ticket
from tickets.operations import open_ticket

BY = Actor.system()


def test_an_identity_that_is_not_theirs_is_removed_in_two_steps(
    desk: Client, kofi: Customer
) -> None:
    add_identity(kofi, kind="phone", value="+44 20 7946 0958", by=BY, at=MONDAY_9AM)
    phone = kofi.identities.get(kind="phone")
    assert "Yes, remove +44 20 7946 0958" in page(desk, kofi)

    desk.post(reverse("desk:identity-remove", args=[kofi.pk, phone.pk]))

    assert not kofi.identities.filter(kind="phone").exists()
    assert "Removed +44 20 7946 0958" in page(desk, kofi)
    again = desk.post(reverse("desk:identity-remove", args=[kofi.pk, phone.pk]))
    assert again.status_code == 404


@pytest.mark.parametrize("given", ["mensah ltd", "Mensah.example"])
def test_somebody_joins_a_second_organisation_and_leaves_it(
    desk: Client, kofi: Customer, given: str
) -> None:
    firm = create_organisation(name="Kettle Club", by=BY, at=MONDAY_9AM)
    update_customer(kofi, changes={"organisation": firm}, by=BY, at=MONDAY_9AM)
    second = create_organisation(
        name="Mensah Ltd", domains=("mensah.example",), by=BY, at=MONDAY_9AM
    )
    to = reverse("desk:customer-join", args=[kofi.pk])

    desk.post(to, {"join-organisation": given, "join-role": "bookkeeper"})

    html = page(desk, kofi)
    assert "Organisations (2)" in html
    assert "bookkeeper" in html
    desk.post(reverse("desk:customer-leave", args=[kofi.pk, second.pk]))
    assert not kofi.memberships.exists()


@pytest.mark.parametrize("given", ["Kettle Club", "Nowhere", ""])
def test_an_organisation_that_cannot_be_joined_is_explained(
    desk: Client, kofi: Customer, given: str
) -> None:
    firm = create_organisation(name="Kettle Club", by=BY, at=MONDAY_9AM)
    update_customer(kofi, changes={"organisation": firm}, by=BY, at=MONDAY_9AM)

    answer = desk.post(reverse("desk:customer-join", args=[kofi.pk]), {"join-organisation": given})

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


@pytest.fixture
def issue(ticket: Ticket, support: Team) -> Issue:
    """Kofi's ticket and one he wrote later, surely about the same."""
    kofi, by = ticket.customer, Actor.agent(Agent.objects.get().pk)
    other = open_ticket(
        customer=kofi, subject="Code", content=said("Again."), team=support, by=BY, at=MONDAY_9AM
    ).ticket
    open_ticket(customer=kofi, subject="Lid", content=said("Leaks."), by=BY, at=MONDAY_9AM)
    decide_link(ticket, other=other, is_same=True, by=by, at=MONDAY_9AM)
    return Issue.objects.get()


def test_contacts_of_one_issue_carry_its_name_and_lead_to_each_other(
    desk: Client, ticket: Ticket, issue: Issue
) -> None:
    html = page(desk, ticket.customer)
    link = f'?issue={issue.pk}#timeline">Cannot sign in</a>'
    assert html.count(link) == 2

    narrowed = page(desk, ticket.customer, f"?issue={issue.pk}")

    assert "Only what is about “Cannot sign in”." in narrowed
    assert "Again." in narrowed
    assert "Leaks." not in narrowed
    name_issue(issue, label="The codes", by=BY, at=MONDAY_9AM)
    assert page(desk, ticket.customer).count(">The codes</a>") == 2


def test_an_issue_seen_by_one_ticket_only_is_not_named(
    client: Client, ticket: Ticket, issue: Issue, outsider: Agent
) -> None:
    seen = open_ticket(
        customer=ticket.customer, subject="Parcel", content=said("Late."), by=BY, at=MONDAY_9AM
    ).ticket
    decide_link(ticket, other=seen, is_same=True, by=BY, at=MONDAY_9AM)
    client.force_login(outsider)

    html = page(client, ticket.customer)

    assert "Late." in html
    assert "?issue=" not in html
    assert "Cannot sign in" not in html

"""Issues follow the tickets when records are merged, and what an agent decided of them stays."""

from datetime import timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from customers.models import Customer
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.issues.deciding import decide_link
from tickets.issues.grouping import name_issue, regroup_customer
from tickets.issues.models import Issue, IssueTicket, LinkDecision
from tickets.issues.noting import note_terms
from tickets.joining.customers import merge_customers, undo_customer_merge
from tickets.joining.tickets import merge_tickets, undo_ticket_merge
from tickets.models import Ticket
from tickets.operations import open_ticket

DAY = timedelta(days=1)
LATER = MONDAY_9AM + 10 * DAY


@pytest.fixture
def twin(workspace: None, ana: Agent) -> Customer:
    """Kofi again, from another address."""
    by = Actor.agent(ana.pk)
    return identify_customer(kind="email", value="k@gmail.example", name="K.", by=by, at=MONDAY_9AM)


@pytest.fixture
def second(ticket: Ticket, twin: Customer, support: Team) -> Ticket:
    """The twin writes about Kofi's ticket by its number."""
    return wrote(twin, support, f"It is about #{ticket.number}", MONDAY_9AM + DAY)


def wrote(customer: Customer, team: Team, text: str, at: object) -> Ticket:
    found = open_ticket(
        customer=customer,
        team=team,
        subject="Still cannot sign in",
        content=said(text, mail_id=f"<{text}@x>"),
        by=Actor.customer(customer.pk),
        at=at,  # type: ignore[arg-type]
    ).ticket
    note_terms([found.pk])
    return found


def issues() -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for row in IssueTicket.objects.all():
        groups.setdefault(row.issue_id, set()).add(row.ticket_id)
    return {frozenset(group) for group in groups.values()}


def test_tickets_of_one_person_are_one_issue_until_the_undoing(
    ticket: Ticket, second: Ticket, kofi: Customer, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    merge = merge_customers(second.customer, into=kofi, by=by, at=LATER)
    assert issues() == {frozenset({ticket.pk, second.pk})}

    undo_customer_merge(merge, by=by, at=LATER)
    assert issues() == set()


def test_a_ticket_is_sure_to_be_about_what_it_was_merged_into(
    ticket: Ticket,
    kofi: Customer,
    support: Team,
    ana: Agent,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    by = Actor.agent(ana.pk)
    other = wrote(kofi, support, "A lamp, in green", MONDAY_9AM + DAY)
    assert issues() == set()

    with django_capture_on_commit_callbacks(execute=True):
        merge = merge_tickets(other, into=ticket, by=by, at=LATER)
    assert issues() == {frozenset({ticket.pk, other.pk})}
    with django_capture_on_commit_callbacks(execute=True):
        undo_ticket_merge(merge, by=by, at=LATER)
    assert issues() == set()


def test_what_was_said_to_differ_differs_after_a_merge_and_its_undoing(
    ticket: Ticket, second: Ticket, kofi: Customer, support: Team, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    third = wrote(second.customer, support, f"As in #{second.number}", MONDAY_9AM + 2 * DAY)
    decide_link(third, other=second, is_same=False, by=by, at=LATER)
    before = issues()
    merge = merge_customers(second.customer, into=kofi, by=by, at=LATER)
    assert issues() == {frozenset({ticket.pk, second.pk})}

    undo_customer_merge(merge, by=by, at=LATER)
    assert issues() == before == set()
    assert LinkDecision.objects.get().is_same is False


def test_the_name_of_an_issue_goes_with_it_and_comes_back(
    ticket: Ticket, second: Ticket, kofi: Customer, support: Team, ana: Agent
) -> None:
    by, twin = Actor.agent(ana.pk), second.customer
    third = wrote(twin, support, f"As in #{second.number}", MONDAY_9AM + 2 * DAY)
    (issue,) = regroup_customer(twin.pk, at=MONDAY_9AM)
    name_issue(issue, label="The code", by=by, at=LATER)

    merge = merge_customers(twin, into=kofi, by=by, at=LATER)
    assert issues() == {frozenset({ticket.pk, second.pk, third.pk})}
    undo_customer_merge(merge, by=by, at=LATER)

    assert issues() == {frozenset({second.pk, third.pk})}
    assert Issue.objects.get(customer=twin).label == "The code"

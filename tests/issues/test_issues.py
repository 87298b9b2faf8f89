"""Issues over real tickets: kept, counted, decided on."""

from datetime import datetime, timedelta

import pytest

from customers.models import Customer
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.errors import NotTheSameCustomer
from tickets.issues.deciding import decide_link, withdraw_decision
from tickets.issues.frequencies import take_snapshot
from tickets.issues.grouping import name_issue, regroup_customer
from tickets.issues.models import EntityPattern, Issue
from tickets.issues.noting import note_terms
from tickets.issues.similar import similar_solved
from tickets.models import Ticket, TicketEvent, Topic
from tickets.operations import open_ticket, solve_ticket

LATER = MONDAY_9AM + timedelta(days=5)


@pytest.fixture
def refund(workspace: None) -> Topic:
    EntityPattern.objects.create(key="order", label="order", mask="A-####")
    return Topic.objects.create(name="Refund")


def wrote(
    customer: Customer,
    subject: str,
    *,
    at: datetime,
    topic: Topic | None = None,
    team: Team | None = None,
) -> Ticket:
    ticket = open_ticket(
        customer=customer,
        subject=subject,
        content=said(subject, language="en"),
        topic=topic,
        team=team,
        by=Actor.customer(customer.pk),
        at=at,
    ).ticket
    note_terms([ticket.pk])
    return ticket


def two_about_one_order(kofi: Customer, topic: Topic) -> tuple[Ticket, Ticket]:
    first = wrote(kofi, "Charged twice for A-1042", at=MONDAY_9AM, topic=topic)
    return first, wrote(kofi, "Still no money for a-1042", at=LATER, topic=topic)


def test_two_tickets_about_one_order_become_an_issue(kofi: Customer, refund: Topic) -> None:
    first, second = two_about_one_order(kofi, refund)

    (issue,) = regroup_customer(kofi.pk, at=MONDAY_9AM)

    assert issue.label == "Charged twice for A-1042"
    assert set(issue.members.values_list("ticket", flat=True)) == {first.pk, second.pk}


def test_grouping_again_changes_nothing(kofi: Customer, refund: Topic) -> None:
    two_about_one_order(kofi, refund)
    before = [issue.pk for issue in regroup_customer(kofi.pk, at=MONDAY_9AM)]

    assert [issue.pk for issue in regroup_customer(kofi.pk, at=MONDAY_9AM)] == before


def test_an_issue_keeps_the_name_an_agent_gave_it(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    two_about_one_order(kofi, refund)
    (issue,) = regroup_customer(kofi.pk, at=MONDAY_9AM)
    name_issue(issue, label="The double charge", by=Actor.agent(ana.pk), at=LATER)

    wrote(kofi, "A-1042 once more", at=LATER + timedelta(days=1), topic=refund)

    (issue,) = regroup_customer(kofi.pk, at=MONDAY_9AM)
    assert (issue.label, issue.members.count()) == ("The double charge", 3)


def named_issue(kofi: Customer, topic: Topic, order: str, name: str, *, ana: Agent) -> Ticket:
    """Two tickets about an order, their issue named; the later one."""
    wrote(kofi, f"Late {order}", at=MONDAY_9AM, topic=topic)
    last = wrote(kofi, f"Where is {order}", at=LATER, topic=topic)
    regroup_customer(kofi.pk, at=MONDAY_9AM)
    issue = Issue.objects.get(members__ticket=last)
    name_issue(issue, label=name, by=Actor.agent(ana.pk), at=LATER)
    return last


def test_two_named_issues_that_were_one_for_a_while_both_keep_their_names(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    by = Actor.agent(ana.pk)
    kettle = named_issue(kofi, refund, "A-1042", "The kettle", ana=ana)
    lid = named_issue(kofi, refund, "A-1043", "The lid", ana=ana)

    decide_link(lid, other=kettle, is_same=True, by=by, at=LATER)
    assert Issue.objects.get().label == "The kettle"
    withdraw_decision(lid, other=kettle, by=by, at=LATER)

    names = Issue.objects.filter(is_named=True).values_list("label", "members__ticket")
    assert {(label, pk) for label, pk in names if pk in (kettle.pk, lid.pk)} == {
        ("The kettle", kettle.pk),
        ("The lid", lid.pk),
    }


def test_a_name_taken_back_leaves_the_oldest_subject(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    ticket = named_issue(kofi, refund, "A-1042", "The kettle", ana=ana)

    name_issue(Issue.objects.get(), label=" ", by=Actor.agent(ana.pk), at=LATER)

    issue = Issue.objects.get(members__ticket=ticket)
    assert (issue.label, issue.is_named) == ("Late A-1042", False)


def test_a_named_issue_that_falls_apart_leaves_its_name_to_one_part(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    second = named_issue(kofi, refund, "A-1042", "The kettle", ana=ana)
    third = wrote(kofi, "A-1042 again", at=LATER + timedelta(days=1), topic=refund)
    wrote(kofi, "A-1042 still", at=LATER + timedelta(days=2), topic=refund)
    regroup_customer(kofi.pk, at=MONDAY_9AM)
    name_issue(Issue.objects.get(), label="The kettle", by=Actor.agent(ana.pk), at=LATER)

    decide_link(third, other=second, is_same=False, by=Actor.agent(ana.pk), at=LATER)

    labels = Issue.objects.order_by("pk").values_list("label", flat=True)
    assert list(labels) == ["The kettle", "A-1042 again"]


def test_the_open_ticket_counts_the_contacts_about_its_issue(kofi: Customer, refund: Topic) -> None:
    first, second = two_about_one_order(kofi, refund)
    solve_ticket(first, by=Actor.system(), at=MONDAY_9AM + timedelta(hours=1))
    regroup_customer(kofi.pk, at=MONDAY_9AM)

    second.refresh_from_db()
    assert (second.contact_number, second.is_contact_sure) == (2, True)


def test_a_contact_about_something_else_is_not_counted_for_sure(
    kofi: Customer, refund: Topic
) -> None:
    first = wrote(kofi, "Lid is loose", at=MONDAY_9AM)
    solve_ticket(first, by=Actor.system(), at=MONDAY_9AM + timedelta(hours=1))
    second = wrote(kofi, "Money back", at=LATER)
    regroup_customer(kofi.pk, at=MONDAY_9AM)

    second.refresh_from_db()
    assert (second.contact_number, second.is_contact_sure) == (2, False)


def test_a_no_survives_recomputing_and_is_on_both_tickets(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    first, second = two_about_one_order(kofi, refund)

    decide_link(second, other=first, is_same=False, by=Actor.agent(ana.pk), at=LATER)
    regroup_customer(kofi.pk, at=MONDAY_9AM)

    second.refresh_from_db()
    assert not Issue.objects.exists()
    assert (second.contact_number, second.is_contact_sure) == (1, True)
    kinds = TicketEvent.objects.filter(kind="unlinked").values_list("ticket", flat=True)
    assert set(kinds) == {first.pk, second.pk}


def test_deciding_twice_the_same_way_is_said_once(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    first, second = two_about_one_order(kofi, refund)
    for _ in range(2):
        decide_link(second, other=first, is_same=True, by=Actor.agent(ana.pk), at=LATER)

    assert TicketEvent.objects.filter(kind="linked").count() == 2


def test_taking_a_decision_back_lets_the_rules_decide(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    first, second = two_about_one_order(kofi, refund)
    by = Actor.agent(ana.pk)
    decide_link(second, other=first, is_same=False, by=by, at=LATER)

    withdraw_decision(second, other=first, by=by, at=LATER)

    assert Issue.objects.get().members.count() == 2


def test_tickets_of_two_people_are_never_one_issue(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    mia = identify_customer(kind="email", value="mia@example.com", by=Actor.system(), at=MONDAY_9AM)
    mine, theirs = wrote(kofi, "A-1042", at=MONDAY_9AM), wrote(mia, "A-1042", at=LATER)

    with pytest.raises(NotTheSameCustomer):
        decide_link(mine, other=theirs, is_same=True, by=Actor.agent(ana.pk), at=LATER)


def test_solved_tickets_of_others_are_found_by_their_rare_words(
    kofi: Customer, refund: Topic, ana: Agent
) -> None:
    mia = identify_customer(kind="email", value="mia@example.com", by=Actor.system(), at=MONDAY_9AM)
    same = wrote(mia, "Descaling the copper kettle", at=MONDAY_9AM)
    wrote(mia, "Where is my parcel", at=MONDAY_9AM)
    solve_ticket(same, resolution_code="vinegar", by=Actor.agent(ana.pk), at=MONDAY_9AM)
    mine = wrote(kofi, "Copper kettle needs descaling", at=LATER)
    snapshot = take_snapshot(at=LATER)
    terms = mine.terms
    counts = dict(zip(terms.terms, terms.counts, strict=True))

    found = similar_solved(mine, counts, among=Ticket.objects.all(), snapshot=snapshot, at=LATER)

    assert [(s.number, s.resolution_code) for s in found] == [(same.number, "vinegar")]

"""Whom a customer is compared with, and that few are never called usual."""

from datetime import timedelta
from itertools import count

import pytest

from customers.cx.baseline import Usual, by_kind, refresh_baseline, usual_days_of, usual_in
from customers.cx.cells import cells
from customers.cx.cohorts import cohort_words
from customers.cx.facts import NewFact, keep_facts
from customers.cx.models import CXFact, CXSummary
from customers.cx.refreshing import refresh_stale, refresh_summaries
from customers.models import Customer
from customers.operations import create_organisation, identify_customer, update_customer
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM

BY, DAY, HOUR = Actor.system(), timedelta(days=1), timedelta(hours=1)
NOW = MONDAY_9AM
TIMED = {"business": 3600.0, "on_us": 3600.0, "on_customer": 0.0}
_refs = count(1)


def person(number: int, tier: str = "") -> Customer:
    found = identify_customer(kind="email", value=f"p{number}@example.com", by=BY, at=NOW)
    return update_customer(found, changes={"tier": tier}, by=BY, at=NOW) if tier else found


def tell(customer: Customer, kind: str, days: float, value: float = 1.0) -> None:
    fact = NewFact(
        customer_id=customer.pk,
        kind=kind,
        ref=str(next(_refs)),
        at=NOW - days * DAY,
        value=value,
        ticket_number=next(_refs),
        data=TIMED | {"channel": "email"},
    )
    keep_facts(CXFact.objects.none(), [fact])


def solved(customers: int, each: int, *, tier: str, days: int, first: int = 0) -> list[Customer]:
    """People of a tier who wrote by mail, whose tickets took so many days each."""
    people = [person(first + number, tier) for number in range(customers)]
    for one in people:
        tell(one, "contact", 1)
        for _ in range(each):
            tell(one, "time_to_solve", 1, days * DAY.total_seconds())
    refresh_summaries([one.pk for one in people], at=NOW)
    return people


def cohort_of(customer: Customer) -> str:
    return CXSummary.objects.get(customer=customer).cohort


def usual_of(customer: Customer) -> Usual:
    return by_kind(usual_in(cohort_of(customer)))


@pytest.mark.parametrize(("customers", "each"), [(19, 9), (21, 4)])
def test_a_cohort_of_too_few_people_or_values_is_compared_with_nobody(
    db: None, customers: int, each: int
) -> None:
    plus, *_ = solved(customers, each, tier="Plus", days=2)

    refresh_baseline(at=NOW)

    assert cohort_of(plus) == "tier:Plus|email"
    assert usual_of(plus) == {}


def test_people_are_compared_with_their_own_tier_where_it_is_large_enough(db: None) -> None:
    plus, *_ = solved(20, 5, tier="Plus", days=2)
    free, *_ = solved(5, 20, tier="Free", days=30, first=50)

    refresh_baseline(at=NOW)

    own, other = usual_of(plus), usual_of(free)
    assert (own["time_to_solve"].n, own["time_to_solve"].cohort) == (100, "tier:Plus|email")
    assert (other["time_to_solve"].n, other["time_to_solve"].cohort) == (200, "")
    data = CXSummary.objects.get(customer=plus).data
    shown = {cell.key: cell.usual for cell in cells(data, at=NOW, usual=own)}
    assert shown["time_to_solve"] == "typical 1 h (Plus, e-mail, n 100)"
    assert shown["first_reply"] == ""


def test_an_organisation_without_a_tier_is_of_its_size(db: None) -> None:
    people = solved(2, 1, tier="", days=1)
    group = create_organisation(name="Acme", by=BY, at=NOW)
    for one in people:
        update_customer(one, changes={"organisation": group}, by=BY, at=NOW)
    alone, *_ = solved(1, 1, tier="", days=1, first=10)
    refresh_summaries([one.pk for one in people], at=NOW)

    refresh_baseline(at=NOW)

    assert cohort_of(people[0]) == "size:2-9|email"
    assert CXSummary.objects.get(organisation=group).cohort == "size:2-9|email"
    assert cohort_of(alone) == "alone:|email"
    assert cohort_words("size:2-9|email") == "organisations of 2-9 people, e-mail"


def test_an_open_ticket_is_held_against_the_age_nine_of_ten_stay_under(db: None) -> None:
    plus, *_ = solved(20, 5, tier="Plus", days=2)
    tell(plus, "open", 3)
    refresh_summaries([plus.pk], at=NOW)
    assert CXSummary.objects.get(customer=plus).data["health"]["word"] == "steady"

    refresh_baseline(at=NOW)
    refresh_stale(at=NOW)

    assert usual_days_of(["tier:Plus|email"]) == {"tier:Plus|email": 2}
    health = CXSummary.objects.get(customer=plus).data["health"]
    assert [reason["code"] for reason in health["reasons"]] == ["old_ticket"]
    refresh_baseline(at=NOW)
    assert refresh_stale(at=NOW) == 0

"""A statement written once answers as the queryset would, whatever it is asked with."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer, Identity
from helpdesk.lib.compiled import Compiled, NotAValue
from tests.conftest import MONDAY_9AM


@Compiled
def created(order: str, *, since: datetime, name: str) -> QuerySet[Customer]:
    return Customer.objects.filter(created_at__gte=since).exclude(name=name).order_by(order)


@Compiled
def named(*, pk: int) -> QuerySet[Any, Any]:
    return Customer.objects.filter(pk=pk).values("name")


@pytest.fixture
def people(db: None) -> list[Customer]:
    """Kofi, Maya and Ola, who came on three days in this order."""
    return [
        Customer.objects.create(name=name, created_at=MONDAY_9AM + timedelta(days=at))
        for at, name in enumerate(("Kofi", "Maya", "Ola"))
    ]


def test_each_asking_is_answered_for_its_own_values(people: list[Customer]) -> None:
    kofi, maya, ola = people

    assert created("pk", since=MONDAY_9AM, name="Maya") == [kofi, ola]
    assert created("pk", since=maya.created_at, name="Kofi") == [maya, ola]
    assert [named(pk=one.pk) for one in people] == [[{"name": one.name}] for one in people]


def test_what_is_no_value_has_a_statement_of_its_own(people: list[Customer]) -> None:
    kofi, maya, _ola = people

    assert created("pk", since=MONDAY_9AM, name="Ola") == [kofi, maya]
    assert created("-pk", since=MONDAY_9AM, name="Ola") == [maya, kofi]


def test_rows_of_one_asking_are_never_those_of_another(people: list[Customer]) -> None:
    first = created("pk", since=MONDAY_9AM, name="Ola")
    first[0].name = "Somebody else"
    Customer.objects.filter(pk=people[1].pk).delete()

    assert created("pk", since=MONDAY_9AM, name="Ola") == [people[0]]
    assert created("pk", since=MONDAY_9AM, name="Ola")[0].name == "Kofi"


def test_where_there_can_be_no_rows_none_are_asked_for(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    @Compiled
    def nobody(*, pk: int) -> QuerySet[Customer]:
        return Customer.objects.none().filter(pk=pk)

    with django_assert_num_queries(0):
        assert nobody(pk=1) == []


def test_a_value_that_is_reckoned_with_is_refused(db: None) -> None:
    @Compiled
    def lately(*, at: datetime) -> QuerySet[Customer]:
        return Customer.objects.filter(created_at__gte=at - timedelta(days=7))

    with pytest.raises(NotAValue):
        lately(at=MONDAY_9AM)


def test_a_yes_or_no_is_not_taken_for_a_number(db: None) -> None:
    @Compiled
    def shared(*, is_shared: bool) -> QuerySet[Identity]:
        return Identity.objects.filter(is_shared=is_shared)

    with pytest.raises(NotAValue):
        shared(is_shared=True)

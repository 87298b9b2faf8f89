"""Briefings are made for one customer after the other, each by itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import F

from customers.models import Customer
from customers.operations import identify_customer, note_change
from helpdesk.accounts.models import Team
from helpdesk.lib.actors import Actor
from helpdesk.lib.slices import Slice
from tests.briefing.reading import HOUR, wrote
from tests.conftest import MONDAY_9AM
from tests.embedded.instance import await_true
from tests.tickets.test_concurrency import in_own_connection
from tickets.briefing.composing import RENEWED_AFTER, compose
from tickets.briefing.keeping import (
    AGAIN_AFTER,
    OTHERS,
    _is_ours,
    brief_customer,
    brief_due,
    mark_unbriefed,
    renew_aged,
)
from tickets.briefing.models import StoredBriefing, Unbriefed
from tickets.models import Ticket

NOW = MONDAY_9AM + HOUR
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def two(workspace: None, kofi: Customer, support: Team) -> tuple[Ticket, Ticket]:
    """The first customer's ticket is the younger one."""
    amina = identify_customer(
        kind="email", value="amina@example.com", by=Actor.system(), at=MONDAY_9AM
    )
    last = wrote(amina, "Where is my parcel?", at=MONDAY_9AM, team=support)
    first = wrote(kofi, "Refund still missing", at=MONDAY_9AM, team=support)
    for ticket in (first, last):
        mark_unbriefed(ticket.pk, at=MONDAY_9AM)
    return first, last


def lock(ticket: Ticket) -> None:
    Ticket.objects.select_for_update(nowait=True).get(pk=ticket.pk)


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_tickets_of_one_customer_at_a_time_are_locked(two: tuple[Ticket, Ticket]) -> None:
    first, last = two
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        lock(last)
        made = pool.submit(in_own_connection, lambda: brief_due(at=NOW))
        await_true(is_somebody_waiting)

        lock(first)
        transaction.on_commit(made.result)

    assert not Unbriefed.objects.exists()


def test_a_briefing_that_cannot_be_made_holds_up_no_other(
    two: tuple[Ticket, Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = two

    def fail_for_first(ticket: Ticket, **given: object) -> object:
        if ticket.pk == first.pk:
            raise RuntimeError
        return compose(ticket, **given)  # type: ignore[arg-type]

    monkeypatch.setattr("tickets.briefing.keeping.compose", fail_for_first)

    assert brief_due(at=NOW) == 1

    assert [stored.ticket for stored in StoredBriefing.objects.all()] == [last]
    assert Unbriefed.objects.get().due_at == NOW + AGAIN_AFTER


@pytest.mark.django_db(transaction=True)
def test_a_customer_whom_another_process_is_at_is_left_to_it(two: tuple[Ticket, Ticket]) -> None:
    first, _last = two
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert _is_ours(first.customer_id)
        pool.submit(in_own_connection, lambda: brief_due(at=NOW)).result()

    assert Unbriefed.objects.get().ticket == first


def test_what_is_as_it_would_be_now_is_not_made_again(two: tuple[Ticket, Ticket]) -> None:
    first, last = two
    assert brief_due(at=NOW) == 2
    mark_unbriefed(last.pk, at=NOW)

    assert brief_due(at=NOW) == 1
    assert renew_aged(at=NOW) == 0
    assert renew_aged(at=NOW + RENEWED_AFTER) == 2
    assert StoredBriefing.objects.get(ticket=first).computed_at == NOW + RENEWED_AFTER


def test_a_word_of_who_has_many_open_tickets_makes_but_the_most_pressing_anew(
    workspace: None, kofi: Customer, support: Team
) -> None:
    tickets = [
        wrote(kofi, f"Matter {n}", at=MONDAY_9AM + n * HOUR, team=support)
        for n in range(OTHERS + 4)
    ]
    brief_customer(kofi.pk, at=NOW, noted=[ticket.pk for ticket in tickets])
    assert StoredBriefing.objects.count() == len(tickets)
    note_change(kofi.pk)
    last = tickets[-1]

    mark_unbriefed(last.pk, at=NOW)
    assert brief_due(at=NOW) == OTHERS + 1

    now = F("ticket__customer__revision")
    current = StoredBriefing.objects.filter(customer_revision=now)
    assert last.pk in set(current.values_list("ticket_id", flat=True))
    while renew_aged(at=NOW):
        pass
    assert current.count() == len(tickets)


def test_what_a_slice_does_not_reach_stays_noted(two: tuple[Ticket, Ticket]) -> None:
    assert brief_due(at=NOW, within=Slice(0)) == 0
    assert Unbriefed.objects.count() == 2

    assert brief_due(at=NOW) == 2
    assert not Unbriefed.objects.exists()

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from customers.models import Customer, Touchpoint
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.embedded.instance import await_true
from tickets.issues.grouping import regroup_customer
from tickets.models import Ticket
from tickets.operations import (
    note_on_ticket,
    open_ticket,
    promise_on_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
    tag_ticket,
)

THREADS = 50


def in_own_connection(work: Callable[..., object], *args: object) -> object:
    try:
        return work(*args)
    finally:
        connection.close()


def at_once(work: Callable[[int], object], times: int = THREADS) -> None:
    """Run `work` in that many threads with a connection each; the first error is raised."""

    with ThreadPoolExecutor(times) as pool:
        for done in [pool.submit(in_own_connection, work, number) for number in range(times)]:
            done.result()


@pytest.mark.django_db(transaction=True)
def test_fifty_threads_on_one_ticket_lose_nothing(
    workspace: None, ticket: Ticket, ana: Agent
) -> None:
    by, customer = Actor.agent(ana.pk), Actor.customer(ticket.customer_id)
    turns: tuple[Callable[..., object], ...] = (
        lambda at: receive_message(ticket, content=said("again"), by=customer, at=at),
        lambda at: note_on_ticket(ticket, content=said("note"), by=by, at=at),
        lambda at: reply_to_ticket(ticket, content=said("reply"), by=by, at=at),
        lambda at: tag_ticket(ticket, add=(f"tag-{at.minute}",), by=by, at=at),
        lambda at: promise_on_ticket(ticket, text="call back", due_at=at, by=by, at=at),
    )

    at_once(lambda n: turns[n % 5](MONDAY_9AM + timedelta(minutes=n)))

    ticket.refresh_from_db()
    assert ticket.messages_count == ticket.messages.count() == 31
    assert ticket.replies_count == ticket.messages.filter(kind="reply").count() == 10
    assert ticket.tags.count() == 10
    assert ticket.customer.promises.count() == 10
    assert Touchpoint.objects.filter(customer=ticket.customer).count() == 41
    assert ticket.customer.years.get().touchpoints == 41


@pytest.mark.django_db(transaction=True)
def test_fifty_solves_at_once_are_one_event(workspace: None, ticket: Ticket, ana: Agent) -> None:
    at_once(lambda n: solve_ticket(ticket, by=Actor.agent(ana.pk), at=MONDAY_9AM))

    assert ticket.events.filter(kind="solved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_first_mails_of_one_person_make_one_customer(workspace: None) -> None:
    at_once(
        lambda n: identify_customer(
            kind="email", value="Amina@Example.com", by=Actor.system(), at=MONDAY_9AM
        )
    )

    assert Customer.objects.get().identities.get().value == "amina@example.com"


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_deriving_issues_never_writes_on_a_ticket_it_has_not_locked(
    workspace: None, ticket: Ticket
) -> None:
    # Imported, so that nothing reacts and derives the issues as well.
    kofi, by = ticket.customer, Actor.imported(customer_id=ticket.customer_id)
    at = MONDAY_9AM + timedelta(days=1)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            arrival = open_ticket(
                customer=kofi, subject="Cannot sign in", content=said("Again"), by=by, at=at
            )
            Ticket.objects.filter(pk=arrival.ticket.pk).update(contact_number=9)
            deriving = pool.submit(in_own_connection, partial(regroup_customer, kofi.pk, at=at))
            await_true(waits_for_a_lock)
        deriving.result()

    arrival.ticket.refresh_from_db()
    assert arrival.ticket.contact_number == 9
    regroup_customer(kofi.pk, at=MONDAY_9AM)
    arrival.ticket.refresh_from_db()
    assert arrival.ticket.contact_number == 2

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from customers.cx.models import CXFact, CXSummary
from customers.cx.queries import summary_of
from customers.cx.refreshing import refresh_organisations, refresh_stale
from customers.operations import create_organisation, update_customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.tickets.test_concurrency import at_once
from tickets.metrics.deciding import decide_due
from tickets.metrics.models import Resolution
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.resolving import resolve_cycles
from tickets.models import Ticket
from tickets.operations import (
    open_ticket,
    promise_on_ticket,
    rate_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def solved(ticket: Ticket, ana: Agent) -> Ticket:
    """Kofi's ticket, answered once at ten and solved at eleven on Monday."""
    by = Actor.agent(ana.pk)
    reply_to_ticket(ticket, content=said("Try again"), by=by, at=MONDAY_9AM + HOUR)
    solve_ticket(ticket, by=by, at=MONDAY_9AM + 2 * HOUR)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + 2 * HOUR)
    return ticket


def write_again(ticket: Ticket, *, days: int) -> Ticket:
    again = open_ticket(
        customer=ticket.customer,
        subject="Still cannot",
        content=said("Again"),
        by=Actor.customer(ticket.customer_id),
        at=MONDAY_9AM + days * DAY,
    ).ticket
    resolve_cycles(again.pk, at=MONDAY_9AM + days * DAY)
    return again


def test_a_solve_cycle_is_one_resolution_in_both_clocks(solved: Ticket, ana: Agent) -> None:
    (row,) = Resolution.objects.filter(ticket=solved)

    assert (row.first_response_c, row.first_response_b) == (3600, 3600)
    assert (row.time_to_solve_c, row.waiting_us_c, row.waiting_customer_c) == (7200, 3600, 3600)
    assert (row.replies, row.is_one_touch, row.solved_by) == (1, True, ana)


def test_deriving_again_changes_nothing(solved: Ticket) -> None:
    facts = set(CXFact.objects.values_list("pk", "kind", "at"))

    assert resolve_cycles(solved.pk, at=MONDAY_9AM + 3 * HOUR).total == 0
    assert set(CXFact.objects.values_list("pk", "kind", "at")) == facts


def test_reopening_takes_the_time_to_solve_back(solved: Ticket) -> None:
    receive_message(
        solved, content=said("No"), by=Actor.customer(solved.customer_id), at=MONDAY_9AM + DAY
    )
    resolve_cycles(solved.pk, at=MONDAY_9AM + DAY)

    assert not CXFact.objects.filter(kind="time_to_solve").exists()
    assert CXFact.objects.filter(kind="reopened").count() == 1
    row = Resolution.objects.get(ticket=solved)
    assert (row.reopened_at, row.is_first_contact) == (MONDAY_9AM + DAY, False)


def test_first_contact_is_undecided_until_its_window_has_closed(solved: Ticket) -> None:
    decide_due(at=MONDAY_9AM + 6 * DAY)
    assert Resolution.objects.get().is_first_contact is None

    assert decide_due(at=MONDAY_9AM + 8 * DAY) == 1
    assert Resolution.objects.get().is_first_contact is True
    assert CXFact.objects.get(kind="first_contact").value == 1


def test_another_contact_within_the_window_decides_against(solved: Ticket) -> None:
    write_again(solved, days=3)

    row = Resolution.objects.get()
    assert (row.is_first_contact, row.first_contact_decided_at) == (False, MONDAY_9AM + 3 * DAY)


def test_another_contact_after_the_window_is_no_matter(solved: Ticket) -> None:
    write_again(solved, days=9)
    decide_due(at=MONDAY_9AM + 9 * DAY)

    assert Resolution.objects.get().is_first_contact is True


def test_events_bring_the_summary_up_to_date(
    ticket: Ticket,
    ana: Agent,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        by, customer = Actor.agent(ana.pk), Actor.customer(ticket.customer_id)
        solve_ticket(ticket, by=by, at=MONDAY_9AM + HOUR)
        promise_on_ticket(ticket, text="call", due_at=MONDAY_9AM + DAY, by=by, at=MONDAY_9AM + HOUR)
        rate_ticket(ticket, score=4, external_id="s1", by=customer, at=MONDAY_9AM + HOUR)

    kinds = set(CXFact.objects.values_list("kind", flat=True))
    assert {"contact", "solved", "time_to_solve", "promise", "rating"} <= kinds
    summary = summary_of(ticket.customer)
    assert summary is not None
    assert summary.data["ratings"]["n"] == 1


def test_an_organisation_pools_the_facts_of_its_people(solved: Ticket) -> None:
    customer = solved.customer
    customer.organisation = create_organisation(name="Acme", by=Actor.system(), at=MONDAY_9AM)
    customer.save(update_fields=["organisation"])

    resolve_cycles(solved.pk, at=MONDAY_9AM + DAY)

    pooled = summary_of(customer.organisation)
    assert pooled is not None
    assert pooled.data == CXSummary.objects.get(customer=customer).data


def test_who_joins_and_leaves_an_organisation_changes_its_numbers(solved: Ticket) -> None:
    at, by = MONDAY_9AM + DAY, Actor.system()
    group = create_organisation(name="Acme", by=by, at=at)

    for organisation, contacts in ((group, 1), (None, 0)):
        changes = {"organisation": organisation}
        update_customer(solved.customer, changes=changes, by=by, at=at)
        CXSummary.objects.filter(organisation=group).update(stale_at=at)  # by the clock of the test
        assert refresh_stale(at=at) > 0
        assert CXSummary.objects.get(organisation=group).data["contacts"]["n"] == contacts
        assert rebuild(at=at, write=False).total == 0


def test_who_changes_their_organisation_makes_both_stale(solved: Ticket) -> None:
    at, by = MONDAY_9AM + DAY, Actor.system()
    groups = [create_organisation(name=name, by=by, at=at) for name in ("Acme", "Bolt")]
    for group in groups:
        update_customer(solved.customer, changes={"organisation": group}, by=by, at=at)

    stale = CXSummary.objects.filter(stale_at__lte=timezone.now())
    assert set(stale.values_list("organisation", flat=True)) >= {group.pk for group in groups}


def test_a_pooled_number_changed_by_hand_is_found(solved: Ticket) -> None:
    at, by = MONDAY_9AM + DAY, Actor.system()
    group = create_organisation(name="Acme", by=by, at=at)
    update_customer(solved.customer, changes={"organisation": group}, by=by, at=at)
    refresh_organisations([group.pk], at=at)
    CXSummary.objects.filter(organisation=group).update(data={"contacts": {"n": 9}})

    assert rebuild(at=at, write=False).summaries == 1


def test_rebuilding_from_nothing_gives_what_events_gave(solved: Ticket) -> None:
    write_again(solved, days=3)
    before = set(CXFact.objects.values_list("kind", "ref", "at", "value"))
    Resolution.objects.all().delete()
    CXFact.objects.all().delete()

    rebuild(at=MONDAY_9AM + 4 * DAY)

    assert set(CXFact.objects.values_list("kind", "ref", "at", "value")) == before
    assert rebuild(at=MONDAY_9AM + 4 * DAY, write=False).total == 0


def test_the_check_finds_a_number_that_was_changed_by_hand(solved: Ticket) -> None:
    call_command("rebuild_metrics", check=True, stdout=StringIO())
    Resolution.objects.update(replies=7)

    with pytest.raises(CommandError):
        call_command("rebuild_metrics", check=True, ticket=solved.number, stdout=StringIO())
    assert Resolution.objects.get().replies == 7


@pytest.mark.django_db(transaction=True)
def test_twenty_derivations_at_once_are_one(workspace: None, ticket: Ticket, ana: Agent) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=MONDAY_9AM + HOUR)
    again = write_again(ticket, days=1)

    at_once(lambda n: resolve_cycles((ticket, again)[n % 2].pk, at=MONDAY_9AM + DAY), times=20)

    assert Resolution.objects.count() == 1
    assert rebuild(at=MONDAY_9AM + DAY, write=False).total == 0


def test_deriving_a_ticket_costs_the_same_however_many_the_customer_has(
    solved: Ticket,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for days in range(1, 4):
        write_again(solved, days=days)
        with django_assert_max_num_queries(44):
            resolve_cycles(solved.pk, at=MONDAY_9AM + days * DAY)

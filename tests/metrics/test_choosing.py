"""What a company decides of how it counts holds for all that was counted before."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from customers.cx.models import CountingChoices, CXFact
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.metrics.choosing import choose_counting
from tickets.metrics.deciding import decide_due
from tickets.metrics.models import Resolution, Unsettled
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.resolving import resolve_cycles
from tickets.metrics.settling import settle_due
from tickets.models import Ticket
from tickets.operations import reply_to_ticket, solve_ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def solved(ticket: Ticket, ana: Agent) -> Ticket:
    """Answered once and solved at ten on Monday, and nobody came back."""
    by = Actor.agent(ana.pk)
    reply_to_ticket(ticket, content=said("Try again"), by=by, at=MONDAY_9AM + HOUR)
    solve_ticket(ticket, by=by, at=MONDAY_9AM + HOUR)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + HOUR)
    return ticket


def is_first_contact(ticket: Ticket) -> bool | None:
    return Resolution.objects.get(ticket=ticket).is_first_contact


def test_first_contacts_are_decided_after_as_many_days_as_chosen(solved: Ticket) -> None:
    choose_counting(CountingChoices(first_contact_days=14), at=MONDAY_9AM)

    decide_due(at=MONDAY_9AM + 8 * DAY)
    assert is_first_contact(solved) is None

    decide_due(at=MONDAY_9AM + 15 * DAY)
    assert is_first_contact(solved) is True
    fact = CXFact.objects.get(kind="first_contact")
    assert fact.at == MONDAY_9AM + HOUR + 14 * DAY


def test_a_choice_holds_for_what_was_decided_before(solved: Ticket) -> None:
    decide_due(at=MONDAY_9AM + 8 * DAY)
    assert is_first_contact(solved) is True

    at = MONDAY_9AM + 9 * DAY
    choose_counting(CountingChoices(first_contact_days=30), at=at)
    settle_due(at=at)

    assert is_first_contact(solved) is None
    assert not CXFact.objects.filter(kind="first_contact").exists()
    assert rebuild(at=at, write=False).total == 0


def test_choosing_the_same_again_has_nothing_derived(solved: Ticket) -> None:
    Unsettled.objects.all().delete()

    choose_counting(CountingChoices(first_contact_days=7), at=MONDAY_9AM)

    assert not Unsettled.objects.exists()


@pytest.mark.parametrize("wrong", [{"first_contact_days": 31}, {"silent_days": 20}])
def test_what_makes_no_sense_is_refused(db: None, wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        choose_counting(CountingChoices(**wrong), at=MONDAY_9AM)
    assert not CountingChoices.objects.exists()


def test_a_technical_admin_chooses_once_and_changes_it(dana: Agent, client: Client) -> None:
    client.force_login(dana)
    add = "/admin/cx/countingchoices/add/"
    client.post(add, {"first_contact_days": 14, "silent_days": ""})
    assert CountingChoices.current().first_contact_days == 14
    assert client.get(add).status_code == 403

    client.post(
        "/admin/cx/countingchoices/1/change/", {"first_contact_days": 10, "silent_days": 200}
    )

    assert (
        CountingChoices.current().first_contact_days,
        CountingChoices.current().silent_days,
    ) == (
        10,
        200,
    )
    assert CountingChoices.objects.count() == 1

"""Facts that stand on rows and words beside a ticket's events, and tickets that count nowhere."""

from datetime import datetime, timedelta

import pytest

from customers.cx.models import CXFact, CXSummary
from customers.models import Customer
from customers.operations import add_identity
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.feedback.conftest import csat, invited, planned  # noqa: F401  fixtures
from tickets.feedback.answering import Said, answer_survey
from tickets.feedback.models import Invitation
from tickets.issues.deciding import decide_link
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.resolving import resolve_cycles
from tickets.models import Message, Ticket
from tickets.operations import open_ticket, receive_message, tag_ticket
from tickets.speech.models import RepeatAsk

DAY = timedelta(days=1)
LEAVING = "If this goes on I will cancel my subscription and switch to a competitor."


def summary(ticket: Ticket, *, at: datetime) -> CXSummary:
    resolve_cycles(ticket.pk, at=at)
    return CXSummary.objects.get(customer=ticket.customer_id)


def write(ticket: Ticket, text: str, at: datetime) -> None:
    by = Actor.customer(ticket.customer_id)
    receive_message(ticket, content=said(text, language="en"), by=by, at=at)


def test_words_of_leaving_make_it_risky_for_thirty_days(ticket: Ticket) -> None:
    write(ticket, LEAVING, MONDAY_9AM + DAY)

    row = summary(ticket, at=MONDAY_9AM + 2 * DAY)
    assert row.data["health"]["word"] == "at_risk"
    assert row.stale_at is not None
    later = summary(ticket, at=MONDAY_9AM + 32 * DAY)
    assert later.data["health"]["word"] != "at_risk"
    assert CXFact.objects.filter(kind="leaving").count() == 1
    assert rebuild(at=MONDAY_9AM + 33 * DAY, write=False).total == 0


def test_a_survey_that_reached_them_is_counted_until_it_is_answered(
    invited: Invitation,  # noqa: F811
) -> None:
    assert invited.message is not None
    Message.objects.filter(pk=invited.message.pk).update(delivery=Message.Delivery.SENT)
    at = MONDAY_9AM + 2 * DAY
    ratings = summary(invited.ticket, at=at).data["ratings"]
    assert (ratings["asked"], ratings["answered"]) == (1, 0)

    answer_survey(invited, said=Said(score=4), page="p", is_scanned=False, at=at)

    ratings = summary(invited.ticket, at=at).data["ratings"]
    assert (ratings["asked"], ratings["answered"], ratings["n"]) == (1, 1, 1)


def test_asking_again_for_what_we_knew_is_counted(ticket: Ticket) -> None:
    message = ticket.messages.get()
    RepeatAsk.objects.create(
        customer=ticket.customer, message=message, key="order_number", at=MONDAY_9AM
    )

    assert summary(ticket, at=MONDAY_9AM + DAY).data["effort"]["reasked"] == 1


@pytest.mark.parametrize("label", ["spam", "test"])
def test_spam_and_tests_count_in_no_number(ticket: Ticket, ana: Agent, label: str) -> None:
    assert summary(ticket, at=MONDAY_9AM).data["contacts"]["n"] == 1

    tag_ticket(ticket, add=(label,), by=Actor.agent(ana.pk), at=MONDAY_9AM)

    assert summary(ticket, at=MONDAY_9AM).data["contacts"]["n"] == 0
    assert not CXFact.objects.exclude(kind="promise").exists()
    tag_ticket(ticket, remove=(label,), by=Actor.agent(ana.pk), at=MONDAY_9AM)
    assert summary(ticket, at=MONDAY_9AM).data["contacts"]["n"] == 1


def test_what_our_own_people_write_counts_in_no_number(ticket: Ticket, ana: Agent) -> None:
    by = Actor.system()
    add_identity(ticket.customer, kind="email", value=ana.email, evidence="", by=by, at=MONDAY_9AM)

    assert summary(ticket, at=MONDAY_9AM).data["contacts"]["n"] == 0


def test_joining_two_tickets_to_one_issue_changes_the_numbers_at_once(
    ticket: Ticket, kofi: Customer, ana: Agent
) -> None:
    by = Actor.customer(kofi.pk)
    second = open_ticket(
        customer=kofi, subject="My oven", content=said("Cold"), by=by, at=MONDAY_9AM + DAY
    ).ticket
    at = MONDAY_9AM + 2 * DAY
    for one in (ticket, second):
        resolve_cycles(one.pk, at=at)

    agent = Actor.agent(ana.pk)
    decide_link(ticket, other=second, is_same=False, by=agent, at=at)
    apart = CXSummary.objects.get(customer=kofi).data["issues"]["n"]
    decide_link(ticket, other=second, is_same=True, by=agent, at=at)

    joined = CXSummary.objects.get(customer=kofi).data["issues"]
    resolve_cycles(second.pk, at=at)
    assert (apart, joined["n"], joined["repeated"]) == (2, 1, 1)
    assert rebuild(at=at, write=False).total == 0

"""Who is credited with an answer, in which order, and whether who answers is like the rest."""

from datetime import datetime

import pytest

from customers.models import Customer
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.feedback.conftest import ASKED, DAY, HOUR
from tests.feedback.test_answering import answer
from tickets.feedback.agents import Rated, rated_agents
from tickets.feedback.models import Answer, Invitation, Survey
from tickets.feedback.numbers import answered_and_sent, answers_seen, feedback_numbers
from tickets.feedback.responders import Group, compare
from tickets.models import Message, Ticket


def said_by(customer: Customer, ticket: Ticket, score: int, *, at: datetime) -> Answer:
    """An answer that counts."""
    of = Survey.objects.get(is_active=True)
    number = Invitation.objects.count()
    invitation = Invitation.objects.create(
        survey=of, customer=customer, ticket=ticket, event_id=1000 + number, state="sent",
        due_at=at, sent_at=at, token_digest=str(number),
    )  # fmt: skip
    return Answer.objects.create(invitation=invitation, page="p", score=score, at=at, stands=True)


@pytest.fixture
def others(db: None) -> list[Customer]:
    by = Actor.system()
    return [
        identify_customer(kind="email", value=f"c{n}@example.com", name=f"C {n}", by=by, at=ASKED)
        for n in range(25)
    ]


def test_a_customer_has_one_vote_their_last(
    csat: Survey, ticket: Ticket, kofi: Customer, ines: Agent
) -> None:
    for day, score in enumerate((1, 1, 5)):
        said_by(kofi, ticket, score, at=ASKED + day * DAY)

    (number, *_) = feedback_numbers(ines, since=ASKED - DAY)

    assert (number.text, number.n) == ("5", 1)
    assert number.note.startswith("the last of 3 answers")


def test_the_numbers_are_of_the_team_that_was_asked_for(
    csat: Survey, ticket: Ticket, kofi: Customer, ines: Agent, outsider: Agent
) -> None:
    said_by(kofi, ticket, 4, at=ASKED)
    other = outsider.teams.get()

    ours = feedback_numbers(ines, since=ASKED - DAY, team=ticket.team_id)
    theirs = feedback_numbers(ines, since=ASKED - DAY, team=other.pk)

    assert [number[0].n for number in (ours, theirs)] == [1, 0]


def test_all_who_replied_are_credited_and_few_answers_rank_nobody(
    csat: Survey, ticket: Ticket, others: list[Customer], ana: Agent, tom: Agent, ines: Agent
) -> None:
    for customer in others:
        said_by(customer, ticket, 5, at=ASKED).credited.set([tom])
    said_by(others[0], ticket, 1, at=ASKED + HOUR).credited.set([ana, tom])
    standing = answers_seen(ines, since=ASKED - DAY)

    (first, second) = rated_agents(standing, viewer=ines)

    assert (first.agent, first.good, first.n, first.is_ranked) == (tom, 24, 25, True)
    assert (second.agent, second.text, second.is_ranked) == (ana, "0 of 1", False)
    assert [one.agent for one in rated_agents(standing, viewer=ana)] == [ana]


def test_the_surer_of_two_stands_first(ana: Agent, tom: Agent) -> None:
    few, many = Rated(agent=ana, good=20, n=20), Rated(agent=tom, good=198, n=200)
    assert few.is_ranked
    assert many.is_ranked
    assert "83 to 100" in few.text or "84 to 100" in few.text


def test_who_answers_is_compared_only_where_it_matters() -> None:
    quick, slow = [60.0 * n for n in range(1, 31)], [7200.0 + 60 * n for n in range(30)]

    assert compare(Group(quick, 1, 30), Group(quick, 2, 30)) == ""
    assert compare(Group(quick[:5], 0, 5), Group(slow[:5], 0, 5)) == ""
    note = compare(Group(slow, 15, 30), Group(quick, 1, 30))
    assert "2 h 14 m for the first reply (median), the others 15 m" in note
    assert "50 % of theirs were reopened, 3 % of the others'" in note


def test_answered_and_sent_count_what_reached_the_customer(
    invited: Invitation, kofi: Customer
) -> None:
    assert answered_and_sent(kofi) == (0, 0)
    assert invited.message is not None
    Message.objects.filter(pk=invited.message.pk).update(delivery="sent")
    assert answered_and_sent(kofi) == (0, 1)
    answer(invited, 4)
    assert answered_and_sent(kofi) == (1, 1)

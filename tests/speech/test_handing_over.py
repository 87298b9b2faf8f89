from datetime import timedelta

import pytest

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.models import Message, Ticket
from tickets.operations import promise_on_ticket, reply_to_ticket
from tickets.speech.errors import EmptyHandOver
from tickets.speech.handing_over import (
    Telling,
    acknowledge_hand_over,
    hand_over,
    needs_telling,
    prefilled,
)
from tickets.speech.queries import speech_around

AT = MONDAY_9AM + timedelta(hours=1)


def test_a_hand_over_stands_on_top_until_it_is_acknowledged(
    ticket: Ticket, ana: Agent, tom: Agent
) -> None:
    by = Actor.agent(ana.pk)

    given = hand_over(ticket, to_agent=tom, telling=Telling(wants="A code"), by=by, at=AT)

    ticket.refresh_from_db()
    assert ticket.assignee == tom
    assert ticket.messages.get(kind=Message.Kind.NOTE).text == "They want:\nA code"
    shown = speech_around(ticket, agent=tom).handed_over
    assert shown
    assert (shown["wants"], shown["by_name"]) == ("A code", "Ana Silva")
    acknowledge_hand_over(given, by=Actor.agent(tom.pk), at=AT)
    assert speech_around(ticket, agent=tom).handed_over is None


def test_a_hand_over_says_something_to_somebody(ticket: Ticket, ana: Agent, tom: Agent) -> None:
    by = Actor.agent(ana.pk)

    with pytest.raises(EmptyHandOver):
        hand_over(ticket, to_agent=tom, telling=Telling(), by=by, at=AT)
    with pytest.raises(EmptyHandOver):
        hand_over(ticket, telling=Telling(wants="x"), by=by, at=AT)


def test_it_is_prefilled_with_their_words_and_what_we_promised(ticket: Ticket, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    promise_on_ticket(ticket, text="a new code", due_at=AT, by=by, at=MONDAY_9AM)

    known = prefilled(ticket, agent=ana)

    assert known.wants == "It says my code has expired."
    assert "a new code" in known.promised


def test_who_was_answered_is_handed_over_with_words(ticket: Ticket, ana: Agent) -> None:
    assert not needs_telling(ticket)

    reply_to_ticket(ticket, content=said("Hello"), by=Actor.agent(ana.pk), at=AT)

    ticket.refresh_from_db()
    assert needs_telling(ticket)

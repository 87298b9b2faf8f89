"""Signs of how it felt, over real rows (BRIEFING 3.5)."""

import pytest

from customers.models import Customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.briefing.reading import DAY, HOUR, NOW, read, texts, wrote
from tests.conftest import MONDAY_9AM
from tickets.briefing.keeping import mark_item
from tickets.models import Ticket
from tickets.operations import rate_ticket


def test_one_bad_rating_is_strained_and_a_cue_with_it_too(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    rate_ticket(
        unresolved,
        score=2,
        comment="",
        agent_id=ana.pk,
        external_id="1",
        by=Actor.customer(kofi.pk),
        at=MONDAY_9AM + 3 * DAY,
    )
    second = wrote(kofi, "Money back", "It has been two weeks.", at=NOW - HOUR)

    (mood,) = texts(read(second, ana), "mood")
    assert mood == "strained · “been two weeks” · rated 2 of 5"


@pytest.mark.parametrize(
    "words", ["Not frustrated at all, take your time", "Could you try again to send the invoice?"]
)
def test_words_that_only_look_angry_are_no_sign(
    workspace: None, kofi: Customer, ana: Agent, words: str
) -> None:
    ticket = wrote(kofi, "Invoice", words, at=NOW - HOUR)

    assert not read(ticket, ana).slot("mood")


def test_an_agents_correction_of_the_mood_wins(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    rate_ticket(
        unresolved, score=1, comment="", agent_id=ana.pk, external_id="1",
        by=Actor.customer(kofi.pk), at=MONDAY_9AM + 3 * DAY,
    )  # fmt: skip
    second = wrote(kofi, "Thanks for the quick help", at=NOW - HOUR)
    (line,) = read(second, ana).slot("mood")
    mark_item(second, agent=ana, item=line.item, is_useful=False, correction="content", at=NOW)

    assert texts(read(second, ana), "mood") == ["content · said Ana"]

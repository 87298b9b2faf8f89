"""A reply can be taken back while it is held, and it is as if it had never been."""

from datetime import timedelta

import pytest

from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Role
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.errors import ReplyOfSomebodyElse, TooLateToWithdraw
from tickets.models import Delivery, Draft, Message, Ticket
from tickets.operations import (
    NewMessage,
    claim_delivery,
    note_on_ticket,
    reply_to_ticket,
    withdraw_reply,
)
from tickets.operations.lifecycle import default_status

TEN = timedelta(seconds=10)
AT = MONDAY_9AM + timedelta(hours=1)


@pytest.fixture
def held(ticket: Ticket, ana: Agent) -> Message:
    return reply_to_ticket(
        ticket,
        content=NewMessage(text="Try the new code."),
        then=default_status("solved"),
        hold=TEN,
        by=Actor.agent(ana.pk),
        at=AT,
    )


def test_nothing_is_sent_while_it_is_held(held: Message) -> None:
    copy = held.deliveries.get()

    assert claim_delivery(copy.pk, at=AT + timedelta(seconds=9)) is None
    assert claim_delivery(copy.pk, at=AT + TEN) is not None


def test_taking_it_back_restores_the_ticket_and_the_words(
    held: Message, ticket: Ticket, ana: Agent
) -> None:
    withdraw_reply(held, by=Actor.agent(ana.pk), at=AT + timedelta(seconds=5))

    after = Ticket.objects.get(pk=ticket.pk)
    assert not Delivery.objects.exists()
    assert list(after.messages.values_list("kind", flat=True)) == ["inbound"]
    assert after.category == "new"
    assert (after.waiting_since, after.reply_due_at) == (ticket.waiting_since, ticket.reply_due_at)
    assert (after.first_replied_at, after.last_reply_at) == (None, None)
    assert (after.replies_count, after.messages_count) == (0, 1)
    assert Draft.objects.get(ticket=ticket, agent=ana).text == "Try the new code."


def test_it_is_too_late_once_a_copy_may_be_on_its_way(held: Message, ana: Agent) -> None:
    claim_delivery(held.deliveries.get().pk, at=AT + TEN)

    with pytest.raises(TooLateToWithdraw):
        withdraw_reply(held, by=Actor.agent(ana.pk), at=AT + TEN)


def test_what_somebody_did_meanwhile_stays(held: Message, ticket: Ticket, ana: Agent) -> None:
    note_on_ticket(ticket, content=NewMessage(text="Hm."), by=Actor.agent(ana.pk), at=AT)

    withdraw_reply(held, by=Actor.agent(ana.pk), at=AT + timedelta(seconds=5))

    assert ticket.messages.filter(kind=Message.Kind.NOTE).exists()


def test_a_colleague_does_not_take_it_back(held: Message, tom: Agent) -> None:
    with pytest.raises(ReplyOfSomebodyElse):
        withdraw_reply(held, by=Actor.agent(tom.pk), at=AT + timedelta(seconds=5))

    assert Delivery.objects.exists()


@pytest.mark.parametrize("role", [Role.LEAD, Role.SUPERVISOR, Role.ADMIN])
def test_who_leads_takes_it_back_and_has_the_words(held: Message, tom: Agent, role: Role) -> None:
    Agent.objects.filter(pk=tom.pk).update(role=role)

    withdraw_reply(held, by=Actor.agent(tom.pk), at=AT + timedelta(seconds=5))

    assert not Delivery.objects.exists()
    assert Draft.objects.get().agent == tom

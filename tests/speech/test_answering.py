from datetime import timedelta

from customers.models import Fact
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.issues.models import EntityPattern
from tickets.models import Ticket
from tickets.operations import receive_message
from tickets.speech.answering import remember_told
from tickets.speech.sending import send_reply

AT = MONDAY_9AM + timedelta(hours=1)


def answered(ticket: Ticket, ana: Agent, *, asked: str, answer: str) -> dict[str, str]:
    send_reply(ticket, content=said(asked), by=Actor.agent(ana.pk), at=AT)
    by, later = Actor.customer(ticket.customer_id), AT + timedelta(hours=1)
    receive_message(ticket, content=said(answer), by=by, at=later)
    message = ticket.messages.order_by("at").last()
    assert message
    remember_told(message, by=by, at=later)
    return dict(Fact.objects.values_list("key", "value"))


def test_an_answer_to_what_we_asked_becomes_a_fact(ticket: Ticket, ana: Agent) -> None:
    facts = answered(ticket, ana, asked="What amount was charged?", answer="It was £64.90 in all.")

    assert facts == {"amount": "£64.90"}


def test_what_nobody_asked_for_is_not_remembered(ticket: Ticket, ana: Agent) -> None:
    assert answered(ticket, ana, asked="Thank you.", answer="It was £64.90.") == {}


def test_an_order_named_is_remembered_without_being_asked_for(ticket: Ticket, ana: Agent) -> None:
    EntityPattern.objects.create(key="order_number", label="order", mask="A-####")

    answered(ticket, ana, asked="Thank you.", answer="It is about a-1042, not A-1043!")

    told = Fact.objects.order_by("value").values_list("key", "value")
    assert list(told) == [("order_number", "A-1042"), ("order_number", "A-1043")]


def test_a_list_of_orders_is_about_none_of_them(ticket: Ticket, ana: Agent) -> None:
    EntityPattern.objects.create(key="order_number", label="order", mask="A-####")
    orders = " ".join(f"A-{number}" for number in range(1000, 1010))

    assert answered(ticket, ana, asked="Thank you.", answer=orders) == {}


def test_cards_and_passwords_never_become_facts(ticket: Ticket, ana: Agent) -> None:
    asked = "Could you send me your phone number?"
    answer = "My password is 555 0199 555\n4111 1111 1111 1111"

    assert answered(ticket, ana, asked=asked, answer=answer) == {}

from datetime import datetime, timedelta

import pytest

from customers.errors import PromiseClosed
from customers.models import Fact, Promise, Touchpoint
from customers.operations import remember_fact
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.macros.models import MacroUse
from tickets.macros.operations import save_macro
from tickets.models import Category, Message, Ticket
from tickets.operations import keep_promise_on_ticket, promise_on_ticket
from tickets.operations.lifecycle import default_status
from tickets.speech.errors import SuggestionDecided
from tickets.speech.models import PromiseSuggestion, RepeatAsk
from tickets.speech.sending import send_reply, take_back_reply
from tickets.speech.suggesting import accept_suggestion, decline_suggestion

AT = MONDAY_9AM + timedelta(hours=1)
PROMISE = "I'll confirm the refund by Friday 15:00."


@pytest.fixture
def by(ana: Agent) -> Actor:
    return Actor.agent(ana.pk)


def sent(ticket: Ticket, text: str, by: Actor, **options: object) -> Message:
    return send_reply(ticket, content=said(text), by=by, at=AT, **options)  # type: ignore[arg-type]


def test_a_dated_promise_is_suggested_and_tracked_only_when_somebody_says_so(
    ticket: Ticket, by: Actor
) -> None:
    sent(ticket, PROMISE, by)
    suggestion = PromiseSuggestion.objects.get()
    assert not Promise.objects.exists()

    promise = accept_suggestion(suggestion, by=by, at=AT)

    assert promise.due_at == datetime(2026, 3, 6, 15, tzinfo=MONDAY_9AM.tzinfo)
    ticket.refresh_from_db()
    assert (ticket.category, ticket.queue_at) == (Category.OPEN, promise.due_at)


def test_a_suggestion_is_decided_once(ticket: Ticket, by: Actor) -> None:
    sent(ticket, PROMISE, by)
    suggestion = decline_suggestion(PromiseSuggestion.objects.get(), by=by, at=AT)

    with pytest.raises(SuggestionDecided):
        accept_suggestion(suggestion, by=by, at=AT)
    assert suggestion.status == PromiseSuggestion.Status.DECLINED


def test_a_promise_that_takes_anothers_place_keeps_the_chain(ticket: Ticket, by: Actor) -> None:
    old = promise_on_ticket(
        ticket, text="refund", due_at=AT - timedelta(days=2), by=by, at=MONDAY_9AM
    )
    sent(ticket, PROMISE, by)

    new = accept_suggestion(PromiseSuggestion.objects.get(), replaces=old, by=by, at=AT)

    old.refresh_from_db()
    assert (old.status, new.replaces, new.moves) == (Promise.Status.REPLACED, old, 1)
    with pytest.raises(PromiseClosed):
        promise_on_ticket(ticket, text="x", due_at=AT, replaces=old, by=by, at=AT)


def test_a_ticket_waits_for_the_customer_again_when_the_promise_is_kept(
    ticket: Ticket, by: Actor
) -> None:
    sent(ticket, PROMISE, by)
    promise = accept_suggestion(PromiseSuggestion.objects.get(), by=by, at=AT)

    keep_promise_on_ticket(ticket, promise=promise, by=by, at=AT)

    ticket.refresh_from_db()
    assert ticket.category == Category.WAIT_CUSTOMER


def test_an_answer_while_a_promise_is_open_leaves_the_ticket_ours(
    ticket: Ticket, by: Actor
) -> None:
    promise_on_ticket(ticket, text="refund", due_at=AT + timedelta(days=2), by=by, at=MONDAY_9AM)

    sent(ticket, "Still on it.", by, then=default_status(Category.WAIT_CUSTOMER))

    ticket.refresh_from_db()
    assert ticket.category == Category.OPEN


def test_asking_for_what_is_known_is_counted_with_its_reason(ticket: Ticket, by: Actor) -> None:
    remember_fact(
        ticket.customer, key="order_number", value="A-1", source=Fact.Source.FORM, by=by,
        at=MONDAY_9AM,
    )  # fmt: skip

    sent(ticket, "Could you send me your order number? And a photo?", by, reason="two orders")

    asked = RepeatAsk.objects.get()
    assert (asked.key, asked.reason) == ("order_number", "two orders")


def test_a_macro_with_a_step_leaves_the_step_on_the_timeline(ticket: Ticket, by: Actor) -> None:
    macro = save_macro(
        None, name="Filed", texts={"en": "Hi"}, tried_step="refund filed", by=by, at=AT
    )

    message = sent(ticket, "Filed.", by, macros=[macro])

    step = Touchpoint.objects.get(kind=Touchpoint.Kind.STEP)
    assert (step.title, step.ref_id, step.data) == ("refund filed", message.pk, {"macro": macro.pk})
    assert MacroUse.objects.get().message == message


def test_taking_a_reply_back_takes_all_back_that_it_said(ticket: Ticket, by: Actor) -> None:
    macro = save_macro(None, name="M", texts={"en": "Hi"}, tried_step="tried", by=by, at=AT)
    message = sent(ticket, PROMISE, by, macros=[macro], hold=timedelta(seconds=10))
    promise = accept_suggestion(PromiseSuggestion.objects.get(), by=by, at=AT)

    take_back_reply(message, by=by, at=AT)

    promise.refresh_from_db()
    assert promise.status == Promise.Status.CANCELLED
    assert not PromiseSuggestion.objects.exists()
    assert not Touchpoint.objects.filter(kind=Touchpoint.Kind.STEP).exists()

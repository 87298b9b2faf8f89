"""F9: a mail server that fails at each verb in each way, and one that refuses some."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone
from pytest_django import Settings

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.faults.tools.sink import BODY, DOT, HANG_UP, SILENCE, TAKEN, VERBS, Sink
from tickets.channels.outbound import deliver
from tickets.models import Delivery, Message, Ticket
from tickets.operations import NewMessage, reply_to_ticket

FAULTS = ("451 4.3.0 not now", "550 5.7.1 never", HANG_UP, SILENCE)
# A half-sent mail gets no answer; once it is taken an answer can only fail to come.
IMPOSSIBLE = {(BODY, FAULTS[0]), (BODY, FAULTS[1]), (BODY, SILENCE)} | {
    (TAKEN, FAULTS[0]),
    (TAKEN, FAULTS[1]),
}
CASES = [case for case in product(VERBS, FAULTS) if case not in IMPOSSIBLE]
State = Delivery.State


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 1
        yield server


@pytest.fixture
def copy(ticket: Ticket, ana: Agent) -> Delivery:
    content = NewMessage(text="Try the new code.", subject="Cannot sign in")
    reply = reply_to_ticket(ticket, content=content, by=Actor.agent(ana.pk), at=timezone.now())
    return reply.deliveries.get()


def send(copy: Delivery, *, after: timedelta = timedelta(0)) -> str:
    deliver(copy.pk, at=timezone.now() + after)
    copy.refresh_from_db()
    return copy.state


def expected(verb: str, fault: str) -> str:
    """What an agent is shown after the first try."""
    # A short mail is in the hands of the network before anybody can notice that it is cut off.
    if verb in {BODY, TAKEN} or (verb == DOT and fault in {HANG_UP, SILENCE}):
        return State.UNKNOWN
    if verb == "EHLO" and fault[0] in "45":
        return State.SENT  # then we speak the older HELO (RFC 5321 3.2)
    # A server that does not let us in at all may mean us or have lost its head, never this mail.
    is_about_the_mail = verb in {"MAIL", "RCPT", "DATA", DOT}
    return State.FAILED if fault.startswith("5") and is_about_the_mail else State.DEFERRED


@pytest.mark.parametrize(("verb", "fault"), CASES)
def test_each_fault_at_each_verb_ends_in_one_mail_or_a_failure_that_is_shown(
    sink: Sink, copy: Delivery, verb: str, fault: str
) -> None:
    sink.script = lambda at, _line: fault if at == verb else None
    assert send(copy) == expected(verb, fault)
    assert bool(copy.note) == (copy.state != State.SENT)
    assert Message.objects.get(pk=copy.message_id).delivery == copy.state
    sink.script = lambda _verb, _line: None
    send(copy, after=timedelta(hours=1))

    taken = sink.taken[copy.mail_id]
    assert copy.state == (State.FAILED if expected(verb, fault) == State.FAILED else State.SENT)
    assert taken == {"failed": 0, "sent": 2 if verb == TAKEN else 1}[copy.state]
    assert copy.may_be_double == (expected(verb, fault) == State.UNKNOWN)


def test_one_recipient_refused_keeps_the_mail_from_no_other(
    sink: Sink, ticket: Ticket, ana: Agent
) -> None:
    sink.script = lambda _verb, line: "550 5.1.1 nobody" if "lost@" in line else None
    content = NewMessage(text="Hello", subject="Hello", cc=("lost@example.com", "kim@example.com"))
    reply = reply_to_ticket(ticket, content=content, by=Actor.agent(ana.pk), at=timezone.now())
    for each in reply.deliveries.all():
        send(each)

    states = dict(reply.deliveries.values_list("address", "state"))
    assert states.pop("lost@example.com") == State.FAILED
    assert set(states.values()) == {State.SENT}
    reply.refresh_from_db()
    assert reply.delivery == State.FAILED

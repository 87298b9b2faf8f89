"""How prepared we were: derived from what was kept with replies and said of links."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from customers.models import Customer, Fact
from customers.operations import remember_fact
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tests.issues.test_issues import wrote
from tickets.briefing.briefing import items_for
from tickets.briefing.keeping import note_look
from tickets.briefing.models import FrozenBriefing
from tickets.briefing.replying import reply_prepared
from tickets.issues.deciding import decide_link, withdraw_decision
from tickets.issues.models import EntityPattern, LinkDecision
from tickets.metrics.rebuilding import rebuild
from tickets.metrics.reporting.measuring import Figure, measure
from tickets.metrics.reporting.periods import weeks_until
from tickets.metrics.resolving import resolve_cycles
from tickets.models import Message, Ticket, Topic
from tickets.operations import solve_ticket
from tickets.speech.sending import take_back_reply

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = MONDAY_9AM + 20 * DAY
ASKING = "Could you send me your order number?"


def figure(metric: str, agent: Agent) -> Figure:
    rebuild(at=AT)
    assert rebuild(at=AT, write=False).total == 0
    return measure([metric], weeks_until(AT), agent=agent, at=AT).whole[metric]


def reply(ticket: Ticket, agent: Agent, text: str, at: datetime) -> Message:
    by = Actor.agent(agent.pk)
    return reply_prepared(ticket, agent=agent, content=said(text), hold=DAY, by=by, at=at)


def look(ticket: Ticket, agent: Agent, at: datetime) -> None:
    note_look(ticket, agent=agent, items=items_for(ticket, agent=agent, at=at), at=at)


@pytest.fixture
def again(workspace: None, kofi: Customer, support: Team) -> Ticket:
    """Kofi's second ticket about one order."""
    EntityPattern.objects.create(key="order", label="order", mask="A-####")
    topic = Topic.objects.create(name="Refund")
    wrote(kofi, "Refund for A-1001", at=MONDAY_9AM, topic=topic, team=support)
    later = MONDAY_9AM + 2 * DAY
    return wrote(kofi, "A-1001 is still missing", at=later, topic=topic, team=support)


def test_a_reply_that_asks_for_what_we_knew_is_one_of_all_replies(
    ticket: Ticket, ana: Agent, ines: Agent
) -> None:
    remember_fact(
        ticket.customer, key="order_number", value="A-1", source=Fact.Source.FORM,
        by=Actor.agent(ana.pk), at=MONDAY_9AM,
    )  # fmt: skip
    reply(ticket, ana, ASKING, MONDAY_9AM + HOUR)
    reply(ticket, ana, "It is on its way.", MONDAY_9AM + 2 * HOUR)

    found = figure("repeat_asks", ines)

    assert (found.hits, found.n) == (1, 2)


def test_a_reply_that_was_taken_back_is_no_reply(ticket: Ticket, ana: Agent, ines: Agent) -> None:
    message = reply(ticket, ana, "Oh", MONDAY_9AM + HOUR)
    resolve_cycles(ticket.pk, at=MONDAY_9AM + HOUR)

    take_back_reply(message, by=Actor.agent(ana.pk), at=MONDAY_9AM + HOUR)

    assert figure("repeat_asks", ines).n == 0


def test_only_replies_to_the_second_contact_ask_who_had_seen_the_briefing(
    again: Ticket, ana: Agent, ines: Agent
) -> None:
    first = again.customer.tickets.exclude(pk=again.pk).get()
    reply(first, ana, "Hi", MONDAY_9AM + HOUR)
    now = again.opened_at
    look(again, ana, now + HOUR)
    reply(again, ana, "Seen", now + 2 * HOUR)
    reply(again, ana, "Not looked at since", now + 3 * HOUR)

    found = figure("seen_first", ines)

    assert (found.hits, found.n) == (1, 2)


def test_what_nobody_noted_is_in_no_share(again: Ticket, ana: Agent, ines: Agent) -> None:
    reply(again, ana, "Hello", again.opened_at + HOUR)
    FrozenBriefing.objects.update(was_seen=None)

    assert figure("seen_first", ines).n == 0


@pytest.mark.parametrize("hits", [0, 1])
def test_a_link_is_judged_by_how_sure_the_rules_were(
    again: Ticket, ana: Agent, ines: Agent, hits: int
) -> None:
    first = again.customer.tickets.exclude(pk=again.pk).get()
    by = Actor.agent(ana.pk)

    decide_link(again, other=first, is_same=bool(hits), by=by, at=AT - DAY)

    assert LinkDecision.objects.get().tier == "strong"
    found = figure("match_sure", ines)
    assert (found.hits, found.n) == (hits, 1)
    assert figure("match_possible", ines).n == 0
    withdraw_decision(again, other=first, by=by, at=AT - HOUR)
    assert figure("match_sure", ines).n == 0


def test_a_possible_link_is_judged_apart_and_two_strangers_not_at_all(
    ticket: Ticket, kofi: Customer, ana: Agent, ines: Agent
) -> None:
    by, opened = Actor.agent(ana.pk), MONDAY_9AM + DAY
    likely = wrote(kofi, "Where is the card", at=opened)
    decide_link(ticket, other=likely, is_same=True, by=by, at=AT - DAY)
    for one in (ticket, likely):
        solve_ticket(one, by=by, at=opened)
    strange = wrote(kofi, "An invoice", at=opened + 16 * DAY)
    decide_link(ticket, other=strange, is_same=True, by=by, at=AT - DAY)

    tiers = LinkDecision.objects.order_by("second_id").values_list("tier", flat=True)
    assert list(tiers) == ["possible", ""]
    assert figure("match_possible", ines).n == 1

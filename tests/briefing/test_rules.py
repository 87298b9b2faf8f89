"""What the briefing says, over real rows."""

from datetime import timedelta

import pytest

from customers.models import Customer, Touchpoint
from customers.operations import add_customer_note, record_touchpoint, remember_fact
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.briefing.reading import DAY, HOUR, NOW, read, texts, wrote
from tests.conftest import MONDAY_9AM, said
from tickets.briefing.composing import compose, digest_of
from tickets.briefing.keeping import brief_customer, note_look
from tickets.briefing.last_contacts import OPENED, SHOWN, last_contacts
from tickets.briefing.models import StoredBriefing
from tickets.issues.deciding import decide_link
from tickets.models import Ticket
from tickets.operations import (
    promise_on_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
)


def test_a_first_contact_is_one_line(ticket: Ticket, ana: Agent) -> None:
    briefing = read(ticket, ana)

    assert texts(briefing, "headline") == ["First contact we know of."]
    assert not briefing.slot("mood")
    assert not briefing.slot("next")


def test_an_unsure_match_is_said_as_one(unresolved: Ticket, kofi: Customer, ana: Agent) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)

    assert texts(read(second, ana), "headline") == [
        "Looks like the 2nd contact about “Refund still missing” in 6 days."
    ]


def test_after_a_yes_it_is_said_plainly(unresolved: Ticket, kofi: Customer, ana: Agent) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    decide_link(second, other=unresolved, is_same=True, by=Actor.agent(ana.pk), at=NOW)

    briefing = read(second, ana)
    assert texts(briefing, "headline")[0] == ("2nd contact about “Refund still missing” in 6 days.")
    assert texts(briefing, "match") == [f"Ana: same issue as #{unresolved.number}"]


def test_after_a_no_it_is_a_contact_of_its_own(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    decide_link(second, other=unresolved, is_same=False, by=Actor.agent(ana.pk), at=NOW)

    briefing = read(second, ana)
    assert texts(briefing, "headline") == [
        "First contact about this; 1 earlier about something else."
    ]
    assert texts(briefing, "match") == [f"Ana: different issue than #{unresolved.number}"]
    assert [contact.number for contact in briefing.contacts] == [unresolved.number]


def test_a_headline_never_has_more_than_twenty_three_words(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    promise_on_ticket(
        unresolved,
        text="that the whole amount of both payments goes back to the card it came from",
        due_at=NOW - DAY,
        by=Actor.agent(ana.pk),
        at=MONDAY_9AM,
    )
    second = wrote(kofi, "Money back", at=NOW - HOUR)

    words = " ".join(texts(read(second, ana), "headline")).split()
    assert sum(any(sign.isalnum() for sign in word) for word in words) <= 23


def test_what_was_tried_says_how_it_went(unresolved: Ticket, kofi: Customer, ana: Agent) -> None:
    record_touchpoint(
        kofi.pk,
        kind=Touchpoint.Kind.STEP,
        at=MONDAY_9AM + HOUR,
        title="asked to wait",
        ticket_number=unresolved.number,
        team_id=unresolved.team_id,
    )
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    assert texts(read(second, ana), "tried") == ["asked to wait 2 Mar — ?"]

    decide_link(second, other=unresolved, is_same=True, by=Actor.agent(ana.pk), at=NOW)
    assert texts(read(second, ana), "tried") == ["asked to wait 2 Mar — didn't work"]


def test_two_values_of_a_fact_are_both_shown_with_their_dates(
    ticket: Ticket, kofi: Customer, ana: Agent
) -> None:
    for day, value in enumerate(("A-1", "A-2")):
        remember_fact(
            kofi, key="order_number", value=value, source="message", by=Actor.system(),
            at=MONDAY_9AM + day * DAY,
        )  # fmt: skip

    assert texts(read(ticket, ana), "known") == [
        "order number A-2 (3 Mar)",
        "order number A-1 (2 Mar)",
    ]


def test_their_open_questions_go_when_we_have_answered(ticket: Ticket, ana: Agent) -> None:
    reply_to_ticket(ticket, content=said("Try."), by=Actor.agent(ana.pk), at=MONDAY_9AM + HOUR)
    words = said("Done. When exactly will it work?", language="en")
    receive_message(
        ticket, content=words, by=Actor.customer(ticket.customer_id), at=MONDAY_9AM + 2 * HOUR
    )
    assert texts(read(ticket, ana), "questions") == ["They asked: “When exactly will it work?”"]

    reply_to_ticket(ticket, content=said("Now."), by=Actor.agent(ana.pk), at=MONDAY_9AM + 3 * HOUR)
    assert not read(ticket, ana).slot("questions")


def test_a_guard_comes_before_every_other_next_step(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    promise_on_ticket(
        second, text="refund", due_at=NOW - DAY, by=Actor.agent(ana.pk), at=MONDAY_9AM
    )
    assert read(second, ana).slot("next")[0].rule == "R-NEXT-PROMISE@1"

    add_customer_note(
        kofi, text="Only Finance may promise.", is_guard=True, by=Actor.agent(ana.pk), at=NOW
    )
    briefing = read(second, ana)
    assert texts(briefing, "next") == ["Only Finance may promise."]
    assert texts(briefing, "guard")[0].startswith("“Only Finance may promise.”")


def test_every_item_has_evidence_and_a_wording(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    briefing = read(wrote(kofi, "Money back", at=NOW - HOUR), ana)

    assert all(line.sources and line.text for line in briefing.lines)
    assert not briefing.failed


def test_the_same_rows_give_the_same_bytes(unresolved: Ticket, kofi: Customer, ana: Agent) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    made = [compose(second, agent=None, at=NOW) for _ in range(2)]

    assert made[0].digest == made[1].digest == digest_of(made[1].items)


def test_a_stored_briefing_reads_as_one_made_now(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    made = [line.text for line in read(second, ana).lines]

    brief_customer(kofi.pk, at=NOW)

    assert StoredBriefing.objects.filter(ticket=second).exists()
    assert [line.text for line in read(second, ana).lines] == made


def test_a_stored_briefing_is_not_believed_once_something_changed(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    brief_customer(kofi.pk, at=NOW)

    remember_fact(kofi, key="order_number", value="A-1", source="agent", by=Actor.system(), at=NOW)

    assert texts(read(second, ana), "known") == ["order number A-1"]


def test_an_overdue_promise_shows_at_its_minute(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    promise_on_ticket(second, text="refund", due_at=NOW + HOUR, by=Actor.agent(ana.pk), at=NOW)
    brief_customer(kofi.pk, at=NOW)

    assert read(second, ana).slot("promised")[0].tone == "promise"
    later = read(second, ana, at=NOW + HOUR + timedelta(seconds=1))
    assert later.slot("promised")[0].tone == "danger"


def test_an_agent_of_another_team_reads_nothing_of_what_is_hidden(
    unresolved: Ticket, kofi: Customer, outsider: Agent
) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    brief_customer(kofi.pk, at=NOW)

    briefing = read(second, outsider)
    said_words = " ".join(line.text for line in briefing.lines)
    assert briefing.hidden_contacts == 1
    assert "Refund" not in said_words
    assert texts(briefing, "headline") == [
        "First contact that you can see; 1 more is in a team you can't see."
    ]


def test_what_came_since_the_last_look_is_new(
    unresolved: Ticket, kofi: Customer, ana: Agent
) -> None:
    second = wrote(kofi, "Money back", at=NOW - HOUR)
    items = [line.item for line in read(second, ana).lines]
    note_look(second, agent=ana, items=items, at=NOW)
    remember_fact(kofi, key="order_number", value="A-1", source="agent", by=Actor.system(), at=NOW)

    assert [line.text for line in read(second, ana).lines if line.is_new] == ["order number A-1"]


def test_all_earlier_tickets_are_listed_whichever_is_open(
    workspace: None, kofi: Customer, ana: Agent
) -> None:
    tickets = [wrote(kofi, f"Number {n}", at=MONDAY_9AM - (60 - n) * DAY) for n in range(60)]

    briefing = read(tickets[15], ana)
    contacts = last_contacts(tickets[15], agent=ana, limit=OPENED)

    assert briefing.contacts == tuple(contacts[:SHOWN])
    assert briefing.has_more_contacts
    assert len(contacts) == 59
    assert sum(contact.is_later for contact in contacts) == 44


def test_what_was_told_about_something_else_counts_until_this_issue_tells_it(
    kofi: Customer, ana: Agent
) -> None:
    lid = wrote(kofi, "Lid", at=NOW - 200 * DAY)
    solve_ticket(lid, by=Actor.agent(ana.pk), at=NOW - 199 * DAY)
    handle = wrote(kofi, "Handle", at=NOW - DAY)
    for ticket, value, expected in (
        (lid, "A-1", "order number A-1 (20 Aug)"),
        (handle, "A-2", "order number A-2"),
    ):
        remember_fact(
            kofi, key="order_number", value=value, source="message", by=Actor.system(),
            ticket_number=ticket.number, at=ticket.opened_at,
        )  # fmt: skip

        assert texts(read(handle, ana), "known") == [expected]


def test_what_we_asked_for_stands_until_it_is_told(ticket: Ticket, ana: Agent) -> None:
    asked = said("Could you send me your order number?")
    reply_to_ticket(ticket, content=asked, by=Actor.agent(ana.pk), at=MONDAY_9AM + HOUR)
    assert texts(read(ticket, ana), "questions") == ["We asked for: order number"]

    remember_fact(
        ticket.customer, key="order_number", value="A-1", source="message", by=Actor.system(),
        at=NOW,
    )  # fmt: skip
    assert texts(read(ticket, ana), "questions") == []


def test_what_we_asked_for_is_no_question_for_us_to_answer(
    ticket: Ticket, ana: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    asked, by = said("Could you send me your order number?"), Actor.customer(ticket.customer_id)
    reply_to_ticket(ticket, content=asked, by=Actor.agent(ana.pk), at=MONDAY_9AM + HOUR)
    receive_message(ticket, content=said("I will look."), by=by, at=MONDAY_9AM + 2 * HOUR)

    briefing = read(ticket, ana)

    assert texts(briefing, "questions") == ["We asked for: order number"]
    assert texts(briefing, "next") == ["No suggestion — not enough to go on."]
    assert not caplog.records  # a rule that fails is left out, and said in the log

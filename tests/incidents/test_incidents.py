"""Incidents: which tickets they are likely about, what agents say of that, who is affected."""

from datetime import datetime, timedelta

import pytest

from customers.models import Customer
from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.incidents import operations as change
from tickets.incidents.errors import EmptyIncident, IncidentResolved, NothingKnown, PartOfAnother
from tickets.incidents.matching import likely_incident, link_of, suggested_tickets
from tickets.incidents.models import Incident
from tickets.incidents.queries import affected_by, incidents_shown, spikes
from tickets.models import Ticket, Topic
from tickets.operations import open_ticket

LATER = MONDAY_9AM + timedelta(hours=1)
BY = Actor.system()


def write(
    customer: Customer,
    text: str,
    *,
    topic: Topic | None,
    at: datetime = LATER,
    team: Team | None = None,
    **fields: dict[str, str],
) -> Ticket:
    content = said(text, **fields)  # type: ignore[arg-type]
    return open_ticket(
        customer=customer, subject="Money", content=content, topic=topic, team=team, by=BY, at=at
    ).ticket


def people(count: int) -> list[Customer]:
    return [
        identify_customer(kind="email", value=f"{n}@example.net", by=BY, at=MONDAY_9AM)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    "text", ["My Pay  Pal refund?", "the WALLET is empty", "I paid with PayPal."]
)
def test_topic_words_and_time_make_a_ticket_likely_part(
    workspace: None, kofi: Customer, paypal: Incident, text: str
) -> None:
    assert likely_incident(write(kofi, text, topic=paypal.topic)) == paypal


def test_a_field_of_the_form_matches_as_a_word_does(
    workspace: None, kofi: Customer, paypal: Incident
) -> None:
    form = {"payment_method": "paypal"}
    assert likely_incident(write(kofi, "Where is it?", topic=paypal.topic, form=form)) == paypal


@pytest.mark.parametrize("text", ["Where is my refund?", "my wallets", "pay. A pal said"])
def test_the_topic_alone_or_half_a_word_is_not_enough(
    workspace: None, kofi: Customer, paypal: Incident, text: str
) -> None:
    assert likely_incident(write(kofi, text, topic=paypal.topic)) is None


def test_another_topic_or_another_time_is_not_it(
    workspace: None, kofi: Customer, paypal: Incident
) -> None:
    early = write(kofi, "PayPal", topic=paypal.topic, at=MONDAY_9AM - timedelta(hours=1))
    other = write(kofi, "PayPal", topic=paypal.topic.parent)
    unfiled = write(kofi, "PayPal", topic=None)

    assert [likely_incident(t) for t in (early, other, unfiled)] == [None, None, None]
    assert likely_incident(unfiled, topic=paypal.topic) == paypal


def test_what_an_agent_says_wins_both_ways(
    workspace: None, kofi: Customer, ana: Agent, paypal: Incident
) -> None:
    by = Actor.agent(ana.pk)
    likely = write(kofi, "PayPal", topic=paypal.topic)
    unlikely = write(kofi, "Something else", topic=None)

    change.unlink_ticket(paypal, ticket=likely, by=by, at=LATER)
    change.link_ticket(paypal, ticket=unlikely, by=by, at=LATER)
    change.link_ticket(paypal, ticket=unlikely, by=by, at=LATER)

    assert likely_incident(likely) is None
    assert likely_incident(unlikely) == paypal
    assert (link := link_of(unlikely)) is not None
    assert link.by == ana
    assert suggested_tickets(paypal, agent=ana) == []


def test_linking_makes_the_briefing_stale(
    workspace: None, kofi: Customer, paypal: Incident
) -> None:
    ticket = write(kofi, "PayPal", topic=paypal.topic)
    before = Customer.objects.get(pk=kofi.pk).revision
    change.update_on_incident(paypal, text="Fixed tomorrow", by=BY, at=LATER)
    between = Customer.objects.get(pk=kofi.pk).revision
    change.link_ticket(paypal, ticket=ticket, by=BY, at=LATER)

    assert before < between < Customer.objects.get(pk=kofi.pk).revision


def test_a_ticket_is_part_of_one_incident_only(
    workspace: None, kofi: Customer, paypal: Incident
) -> None:
    ticket = write(kofi, "PayPal", topic=paypal.topic)
    other = change.open_incident(
        title="Bank closed", topic=paypal.topic, began_at=MONDAY_9AM, by=BY, at=LATER
    )
    change.link_ticket(paypal, ticket=ticket, by=BY, at=LATER)

    with pytest.raises(PartOfAnother, match=f"INC-{paypal.pk}"):
        change.link_ticket(other, ticket=ticket, by=BY, at=LATER)


def test_after_its_end_an_incident_takes_no_more(
    workspace: None, kofi: Customer, paypal: Incident
) -> None:
    change.resolve_incident(paypal, by=BY, at=LATER)
    paypal.refresh_from_db()
    late = write(kofi, "PayPal", topic=paypal.topic, at=LATER + timedelta(minutes=1))

    assert likely_incident(late) is None
    with pytest.raises(IncidentResolved):
        change.link_ticket(paypal, ticket=late, by=BY, at=LATER)
    assert [incident.status for incident in incidents_shown(resolved=True)] == ["resolved"]

    change.reopen_incident(paypal, by=BY, at=LATER)
    assert likely_incident(late) == paypal


def test_an_incident_needs_a_title_and_an_update_its_words(paypal: Incident) -> None:
    with pytest.raises(EmptyIncident):
        change.change_incident(paypal, changes={"title": " "}, by=BY, at=LATER)
    with pytest.raises(NothingKnown):
        change.update_on_incident(paypal, text=" ", by=BY, at=LATER)


def test_the_affected_are_people_once_with_exclusions_and_hidden_ones_counted(
    workspace: None, ana: Agent, support: Team, outsider: Agent, paypal: Incident
) -> None:
    first, second = people(2)
    for customer, team in ((first, None), (first, None), (second, support)):
        ticket = write(customer, "PayPal", topic=paypal.topic, team=team)
        change.link_ticket(paypal, ticket=ticket, by=BY, at=LATER)
    change.exclude_customer(paypal, customer=first, reason="refunded", by=BY, at=LATER)

    ours, theirs = (affected_by(paypal, agent=agent) for agent in (ana, outsider))

    assert [(a.customer, len(a.tickets)) for a in ours.people] == [(second, 1)]
    assert [(a.customer, a.excluded) for a in ours.excluded] == [(first, "refunded")]
    assert (ours.tickets, ours.hidden, theirs.tickets, theirs.hidden) == (3, 0, 2, 1)
    change.include_customer(paypal, customer=first, by=BY, at=LATER)
    assert len(affected_by(paypal, agent=ana).people) == 2


def test_many_tickets_of_a_topic_in_a_few_hours_are_a_spike(
    workspace: None, ana: Agent, refunds: Topic
) -> None:
    for n, customer in enumerate(people(5)):
        write(customer, "Refund?", topic=refunds, at=MONDAY_9AM + timedelta(minutes=n))

    (spike,) = spikes(agent=ana, at=LATER)

    assert (spike.topic, spike.count, spike.people, spike.usual) == (refunds, 5, 5, (0, 0))


def test_what_is_usual_or_known_already_is_no_spike(
    workspace: None, ana: Agent, refunds: Topic
) -> None:
    for week in range(9):
        for n, customer in enumerate(people(4)):
            at = MONDAY_9AM - timedelta(weeks=week) + timedelta(minutes=n)
            write(customer, "Refund?", topic=refunds, at=at)
    assert spikes(agent=ana, at=LATER) == []

    for customer in people(14):
        write(customer, "Refund?", topic=refunds, at=MONDAY_9AM)
    assert len(spikes(agent=ana, at=LATER)) == 1
    change.open_incident(title="Refunds", topic=refunds, began_at=MONDAY_9AM, by=BY, at=LATER)

    assert spikes(agent=ana, at=LATER) == []

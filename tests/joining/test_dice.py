"""A thousand random merges, splits and undos of customers and tickets end where they began."""

import os
import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from customers.models import Customer
from customers.operations import identify_customer, make_promise, remember_fact
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from tests.conftest import MONDAY_9AM, said
from tests.joining.state import derive, differences, state
from tickets.joining.customers import merge_customers, undo_customer_merge
from tickets.joining.models import Merge
from tickets.joining.splitting import split_ticket, undo_split
from tickets.joining.tickets import merge_tickets, undo_ticket_merge
from tickets.models import Ticket
from tickets.operations import (
    add_participant,
    open_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
)

# A tenth of the thousand in every run; all of them with DICE=10.
ROUNDS, STEPS = int(os.environ.get("DICE", "1")), 100
PEOPLE, TICKETS = 4, 7
HOUR = timedelta(hours=1)
LATER = MONDAY_9AM + timedelta(days=10)
DETAILS = ("name", "place", "tier")
UNDO = {
    Merge.Kind.CUSTOMERS: undo_customer_merge,
    Merge.Kind.TICKETS: undo_ticket_merge,
    Merge.Kind.SPLIT: undo_split,
}


def world(dice: random.Random, team: Team, agent: Agent) -> None:
    """A few people with tickets, replies, facts and promises, some of them alike."""
    by = Actor.agent(agent.pk)
    people = []
    for n in range(PEOPLE):
        at = MONDAY_9AM + n * HOUR
        people.append(
            identify_customer(kind="email", value=f"p{n}@x.example", name=f"P{n}", by=by, at=at)
        )
        Customer.objects.filter(pk=people[n].pk).update(place=dice.choice(["", "Accra", "Lomé"]))
        value = dice.choice(["A-1", "A-2"])
        remember_fact(people[n], key="order_number", value=value, source="form", by=by, at=at)
        make_promise(people[n], text="Call", due_at=at, by=by, at=at)
    for n in range(TICKETS):
        talk(dice, dice.choice(people), team, by, MONDAY_9AM + n * HOUR, people)


def talk(
    dice: random.Random,
    customer: Customer,
    team: Team,
    by: Actor,
    at: datetime,
    people: list[Customer],
) -> None:
    words = Actor.customer(customer.pk)
    content = said("First words")
    ticket = open_ticket(
        customer=customer, team=team, subject="Subject", content=content, by=words, at=at
    ).ticket
    for step in range(dice.randrange(1, 4)):
        moment = at + step * HOUR / 7
        if dice.random() < 0.5:
            reply_to_ticket(ticket, content=said("Answer"), by=by, at=moment)
        else:
            receive_message(ticket, content=said("More"), by=words, at=moment)
    other = dice.choice(people)
    add_participant(ticket, customer=other, address="x@x.example", by=by, at=at)
    if dice.random() < 0.3:
        solve_ticket(ticket, by=by, at=at + HOUR)


def step(dice: random.Random, by: Actor) -> None:
    """One random change, or one random way back; what is refused is no change."""
    moves: list[Callable[[random.Random, Actor], object]] = [people, tickets, apart, back, back]
    try:
        dice.choice(moves)(dice, by)
    except DomainError:
        return


def people(dice: random.Random, by: Actor) -> None:
    one, other = dice.sample(list(Customer.objects.order_by("pk")), 2)
    take = dice.sample(DETAILS, dice.randrange(3))
    merge_customers(one, into=other, take=take, by=by, at=LATER)


def tickets(dice: random.Random, by: Actor) -> None:
    one, other = dice.sample(list(Ticket.objects.order_by("pk")), 2)
    merge_tickets(one, into=other, by=by, at=LATER)


def apart(dice: random.Random, by: Actor) -> None:
    ticket = dice.choice(list(Ticket.objects.order_by("pk")))
    ids = list(ticket.messages.order_by("pk").values_list("pk", flat=True))
    chosen = dice.sample(ids, dice.randrange(len(ids) + 1))
    split_ticket(ticket, message_ids=chosen, subject="Split", by=by, at=LATER)


def back(dice: random.Random, by: Actor) -> None:
    standing = list(Merge.objects.filter(undone_at=None).order_by("pk"))
    if standing:
        merge = dice.choice(standing)
        UNDO[Merge.Kind(merge.kind)](merge, by=by, at=LATER)


def undo_all(dice: random.Random, by: Actor) -> None:
    """Undo what stands, in any order that is not refused."""
    for _ in range(200):
        standing = list(Merge.objects.filter(undone_at=None).order_by("pk"))
        dice.shuffle(standing)
        for merge in standing:
            try:
                UNDO[Merge.Kind(merge.kind)](merge, by=by, at=LATER)
            except DomainError:
                continue
        if not standing:
            return
    pytest.fail("something could not be undone")


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_all_random_changes_can_be_undone(
    workspace: None, support: Team, ana: Agent, seed: int
) -> None:
    dice, by = random.Random(seed), Actor.agent(ana.pk)  # noqa: S311 - dice
    world(dice, support, ana)
    derive(at=LATER)
    before, known = state(), set(Ticket.objects.values_list("pk", flat=True))

    for _ in range(STEPS):
        step(dice, by)
    assert Merge.objects.count() > 10
    undo_all(dice, by)
    derive(at=LATER)

    after = state()
    split = Ticket.objects.exclude(pk__in=known).values_list("pk", flat=True)
    assert all(Ticket.objects.filter(pk__in=split).values_list("merged_into", flat=True))
    # A ticket that was split off stays as a merged one, with the cancelled targets of a merged one.
    for table, name in (("tickets_ticket", "id"), ("metrics_target", "ticket_id")):
        gone = [f'"{name}": {pk},' for pk in split]
        after[table] = [row for row in after[table] if not any(one in row for one in gone)]
    assert differences(before, after) == {}

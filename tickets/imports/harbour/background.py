"""Ordinary days at Harbour Kettles: solved refunds, and as many more tickets as are asked for."""

import random
from datetime import datetime, timedelta

from helpdesk.lib.actors import Actor
from tickets.imports.harbour.cast import Cast, meet
from tickets.imports.harbour.telling import answered, rated, wrote
from tickets.models import Ticket
from tickets.operations import assign_ticket, receive_message, solve_ticket, tag_ticket
from tickets.operations.content import NewMessage

FIRST = (
    "Aiko",
    "Alba",
    "Amir",
    "Anouk",
    "Bela",
    "Carla",
    "Chidi",
    "Dario",
    "Edda",
    "Emeka",
    "Farah",
    "Femke",
    "Greta",
    "Hana",
    "Ilya",
    "Imani",
    "Jonas",
    "Juno",
    "Kaya",
    "Leila",
    "Luca",
    "Mads",
    "Mina",
    "Nadia",
    "Noor",
    "Olek",
    "Pia",
    "Quinn",
    "Rania",
    "Sami",
    "Tove",
    "Uma",
    "Vito",
)
LAST = (
    "Abara",
    "Bauer",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Ferrari",
    "Gruber",
    "Haas",
    "Ivanov",
    "Jansen",
    "Kowalski",
    "Larsen",
    "Moreau",
    "Novak",
    "Okoye",
    "Petrov",
    "Quist",
    "Romano",
    "Suzuki",
    "Tanaka",
    "Urban",
    "Vargas",
    "Weber",
    "Yilmaz",
)
REFUND_WORDS = (
    "I sent the kettle back two weeks ago and the refund is not on my account.",
    "You confirmed my return but the money has not come. Order {order}.",
    "My card still shows the payment for {order}, though it was cancelled.",
    "When will I get my money back for order {order}?",
)
REFUND_ANSWERS = (
    "Finance has issued the refund again today; it will arrive within three working days.",
    "The first transfer was returned to us. We have sent it again to the same card.",
)
DAILY = (
    # subject, words, answer, topic, team
    ("Where is my order", "My order {order} should have come on Friday. Where is it?",
     "It left the depot today and arrives tomorrow before noon.", "Parcel not moving", "Delivery"),
    ("Lime in the kettle", "How do I get the lime out of my kettle without harming it?",
     "Half vinegar, half water, boil once and rinse twice.", "Descaling", "Billing"),
    ("Invoice for order {order}", "Could you send the invoice for {order} again, please?",
     "The invoice is attached to this mail.", "Invoice", "Billing"),
    ("Handle is loose", "The handle of my kettle is loose after a month. Is that covered?",
     "Yes, for two years. A new handle is on its way.", "Warranty", "Billing"),
    ("New address", "Please send order {order} to my office instead of my home.",
     "Changed. It goes out this afternoon.", "Change of address", "Delivery"),
)  # fmt: skip
SIMILAR_REFUNDS = 40
REISSUED = 14


def similar_refunds(cast: Cast, now: datetime, dice: random.Random) -> None:
    """Tell forty solved refunds of other customers; fourteen were solved by a second payment."""
    for turn in range(SIMILAR_REFUNDS):
        at = _working_time(now - timedelta(days=170 - 4 * turn), dice)
        who = _stranger(cast, turn, at, dice)
        order = f"A-{900 + turn}"
        words = dice.choice(REFUND_WORDS).format(order=order)
        ticket = wrote(
            cast, who, "Refund not received", words, at=at, number=1050 + turn, topic="Refund"
        )
        agent = "tom" if turn % 3 else "priya"
        later = at + timedelta(minutes=dice.randint(15, 170))
        answered(cast, ticket, agent, dice.choice(REFUND_ANSWERS), at=later)
        if turn < REISSUED:
            tag_ticket(ticket, add=("finance-reissue",), by=cast.by(agent), at=later)
        reissued = turn < REISSUED
        solve_ticket(
            ticket,
            resolution="Finance issued the refund again." if reissued else "",
            resolution_code="finance-reissue" if reissued else "",
            by=cast.by(agent),
            at=later + timedelta(hours=dice.randint(1, 30)),
        )
        if turn % 4 == 0:
            done = later + timedelta(days=2)
            rated(cast, ticket, dice.choice((3, 4, 5, 5)), "", agent=agent, at=done)


def ordinary_days(cast: Cast, now: datetime, dice: random.Random, *, tickets: int) -> None:
    """Tell `tickets` more of the last ninety days, most of them solved, some still open."""
    for turn in range(tickets):
        at = _working_time(now - timedelta(days=dice.uniform(0.2, 90)), dice, latest=now)
        who = _stranger(cast, 1000 + turn % max(1, tickets * 2 // 3), at, dice)
        subject, words, answer, topic, team = dice.choice(DAILY)
        order = f"A-{2000 + turn}"
        ticket = wrote(
            cast,
            who,
            subject.format(order=order),
            words.format(order=order),
            at=at,
            topic=topic,
            team=team,
        )
        _work(cast, ticket, answer, now, dice, team)


def _work(
    cast: Cast, ticket: Ticket, answer: str, now: datetime, dice: random.Random, team: str
) -> None:
    agent = dice.choice(("priya", "raj") if team == "Delivery" else ("priya", "tom"))
    at = ticket.opened_at + timedelta(minutes=dice.randint(10, 400))
    if at > now or dice.random() < 0.06:  # noqa: PLR2004 - one in sixteen still waits
        return
    assign_ticket(ticket, agent=cast.agents[agent], by=cast.by(agent), at=at)
    answered(cast, ticket, agent, answer, at=at)
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        asked, at = at + timedelta(hours=dice.randint(1, 20)), at + timedelta(hours=24)
        if at > now:
            return
        by = Actor.customer(ticket.customer_id)
        thanks = NewMessage(text="Thank you. One more question: how long does it take?")
        receive_message(ticket, content=thanks, by=by, at=asked)
        answered(cast, ticket, agent, "Two to three working days.", at=at)
    solved = at + timedelta(hours=dice.randint(1, 40))
    if solved > now:
        return
    solve_ticket(ticket, by=cast.by(agent), at=solved)
    rating_at = solved + timedelta(hours=20)
    if dice.random() < 0.25 and rating_at < now:  # noqa: PLR2004 - one in four answers
        rated(cast, ticket, dice.choice((2, 4, 4, 5, 5)), "", agent=agent, at=rating_at)


def _stranger(cast: Cast, turn: int, at: datetime, dice: random.Random) -> str:
    key = f"stranger-{turn}"
    if key not in cast.customers:
        first, last = dice.choice(FIRST), dice.choice(LAST)
        meet(cast, key, f"{first}.{last}.{turn}@example.org".lower(), f"{first} {last}", at=at)
    return key


def _working_time(at: datetime, dice: random.Random, *, latest: datetime | None = None) -> datetime:
    """Move a moment into a working day, some time between nine and four."""
    at = at.replace(hour=9 + dice.randint(0, 6), minute=dice.randint(0, 59), second=0)
    while at.isoweekday() > 5 or (latest and at > latest):  # noqa: PLR2004 - Friday is 5
        at -= timedelta(days=1)
    return at

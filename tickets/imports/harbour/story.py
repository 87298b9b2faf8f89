"""What happened at Harbour Kettles until now, told through operations at the times it happened."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from customers.models import Fact, Touchpoint
from customers.operations import record_order, record_touchpoint, update_customer
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import store_blob
from tickets.imports.harbour.around import around_the_studio, known_problem, left_in_the_queue
from tickets.imports.harbour.cast import ZONE, Cast, meet
from tickets.imports.harbour.macros import write_macros
from tickets.imports.harbour.pdf import bank_statement
from tickets.imports.harbour.regulars import those_who_come_again
from tickets.imports.harbour.telling import Form, answered, knows, rated, wrote
from tickets.operations import (
    ContactKind,
    NewAttachment,
    NewMessage,
    assign_ticket,
    close_ticket,
    file_ticket,
    keep_promise_on_ticket,
    log_contact,
    note_on_ticket,
    open_logged_ticket,
    promise_on_ticket,
    solve_ticket,
    tag_ticket,
)

# The day the story is written for; told for another day, everything moves along with it.
TOLD_ON = datetime(2026, 5, 14, 10, 0, tzinfo=ZoneInfo(ZONE))


class Clock:
    """Turns the story's own dates into those of the telling, by whole days."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.days = (now.astimezone(TOLD_ON.tzinfo).date() - TOLD_ON.date()).days

    def at(self, day: int, month: int, hour: int, minute: int = 0) -> datetime:
        there = datetime(2026, month, day, hour, minute, tzinfo=TOLD_ON.tzinfo)
        return there + timedelta(days=self.days)


def tell(cast: Cast, clock: Clock) -> None:
    """Maya's three tries for one refund, Ben's parcel, and what else waits this morning."""
    write_macros(cast, at=clock.at(1, 4, 9))
    change_of_address(cast, clock)
    charged_twice(cast, clock)
    refund_still_missing(cast, clock)
    parcel_not_moving(cast, clock)
    around_the_studio(cast, clock)
    money_back(cast, clock)
    left_in_the_queue(cast, clock)
    this_morning(cast, clock)
    those_who_come_again(cast, clock)
    known_problem(cast, clock)


def change_of_address(cast: Cast, clock: Clock) -> None:
    at = clock.at(2, 4, 14, 5)
    ticket = open_logged_ticket(
        customer=cast.customers["maya"],
        subject="Change of address",
        kind=ContactKind.CALL,
        direction=Touchpoint.Direction.INBOUND,
        text="Moving the studio to Queen Street. New address noted and read back. 4 minutes.",
        team=cast.teams["Billing"],
        number=1133,
        by=cast.by("tom"),
        at=at,
    )
    assign_ticket(ticket, agent=cast.agents["tom"], by=cast.by("tom"), at=at)
    file_ticket(ticket, topic=cast.topics["Change of address"], by=cast.by("tom"), at=at)
    solve_ticket(ticket, by=cast.by("tom"), at=at + timedelta(minutes=4))


def charged_twice(cast: Cast, clock: Clock) -> None:
    record_order(
        cast.customers["maya"],
        number="A-1042",
        kind="sale",
        placed_at=clock.at(20, 4, 20, 12),
        currency="GBP",
        total="64.90",
        status="paid",
        items=[{"sku": "KETTLE-12", "name": "Harbour kettle 1.2 l", "qty": 1, "price": "64.90"}],
    )
    ticket = wrote(
        cast,
        "maya",
        "Charged twice for order A-1042",
        "Hello,\n\nmy card was charged £64.90 twice for order A-1042. Could you give one of the two"
        " back, please?\n\nThanks\nMaya",
        at=clock.at(23, 4, 10, 20),
        number=1171,
        topic="Refund",
    )
    knows(cast, ticket, "order_number", "A-1042")
    knows(cast, ticket, "amount", "£64.90")
    at = clock.at(23, 4, 11, 25)
    answered(
        cast,
        ticket,
        "tom",
        "Hi Maya,\n\nyou are right, the second payment is ours to give back. I have filed the"
        " refund just now and will send you the receipt by tomorrow.\n\nTom",
        macro="Refund: filed",
        at=at,
    )
    tag_ticket(ticket, add=("refund-filed",), by=cast.by("tom"), at=at)
    promise = promise_on_ticket(
        ticket, text="receipt", due_at=clock.at(24, 4, 17), by=cast.by("tom"), at=at
    )
    receipt = clock.at(24, 4, 10, 2)
    answered(cast, ticket, "tom", "Hi Maya,\n\nhere is the receipt: RF-7731.\n\nTom", at=receipt)
    keep_promise_on_ticket(ticket, promise=promise, by=cast.by("tom"), at=receipt)
    solve_ticket(ticket, by=cast.by("tom"), at=clock.at(24, 4, 12, 30))
    rated(cast, ticket, 4, "", agent="tom", at=clock.at(25, 4, 9, 15))


def refund_still_missing(cast: Cast, clock: Clock) -> None:
    statement = bank_statement()
    ticket = wrote(
        cast,
        "maya",
        "Refund still missing",
        "The refund for the double payment has not arrived. My bank statement is attached.",
        at=clock.at(5, 5, 15, 30),
        number=1180,
        topic="Refund",
        by_form=Form(
            address="studio@okafor.example",
            answers={
                "topic": "Payment, refund",
                "tried": "Waited a week, asked my bank.",
                "order_number": "A-1042",
            },
            files=(
                NewAttachment(
                    name="bank statement.pdf",
                    content_type="application/pdf",
                    size=len(statement),
                    sha256=store_blob(statement),
                ),
            ),
        ),
    )
    knows(cast, ticket, "order_number", "A-1042", source=Fact.Source.FORM)
    knows(cast, ticket, "bank_statement", "bank statement.pdf", source=Fact.Source.ATTACHMENT)
    at = clock.at(6, 5, 10, 40)
    due = clock.at(12, 5, 17)
    reply = answered(
        cast,
        ticket,
        "priya",
        "Hi Maya,\n\nsorry about this. Refunds can take five working days; please wait until then."
        f" You will have it by {due:%-d %B}.\n\nPriya",
        macro="Refund: please wait",
        at=at,
    )
    tag_ticket(ticket, add=("asked-to-wait",), by=cast.by("priya"), at=at)
    promise_on_ticket(
        ticket,
        text="refund",
        due_at=due,
        message=reply,
        by=cast.by("priya"),
        at=at,
    )
    solve_ticket(ticket, by=cast.by("priya"), at=clock.at(7, 5, 16))
    rated(cast, ticket, 2, "Still waiting", agent="priya", at=clock.at(8, 5, 8, 50))
    close_ticket(ticket, by=cast.by("priya"), at=clock.at(8, 5, 17))


def parcel_not_moving(cast: Cast, clock: Clock) -> None:
    ticket = wrote(
        cast,
        "ben",
        "Parcel not moving",
        "The tracking shows the same since Monday. When will it arrive?\n\nBen",
        at=clock.at(13, 5, 15, 40),
        number=1188,
        topic="Parcel not moving",
        team="Delivery",
    )
    assign_ticket(
        ticket, agent=cast.agents["priya"], by=cast.by("priya"), at=clock.at(13, 5, 16, 10)
    )


def money_back(cast: Cast, clock: Clock) -> None:
    record_touchpoint(
        cast.customers["maya"].pk,
        kind=Touchpoint.Kind.ARTICLE,
        at=clock.at(14, 5, 9, 38),
        channel="help",
        direction=Touchpoint.Direction.INBOUND,
        title="When will my refund arrive?",
        data={"seconds": 110},
    )
    ticket = wrote(
        cast,
        "maya",
        "Money back",
        "It has been two weeks and the extra amount is still gone from my account",
        at=clock.at(14, 5, 9, 41),
        number=1192,
    )
    assign_ticket(ticket, agent=cast.agents["priya"], by=cast.by("ines"), at=clock.at(14, 5, 9, 52))


def this_morning(cast: Cast, clock: Clock) -> None:
    lena = meet(cast, "lena", "lena.vogt@example.de", "Lena Vogt", at=clock.at(13, 5, 11))
    update_customer(lena, changes={"language": "de"}, by=cast.by("tom"), at=clock.at(13, 5, 11, 30))
    ticket = wrote(
        cast,
        "lena",
        "Rechnung als PDF",
        "Guten Tag,\n\nkönnten Sie mir die Rechnung zur Bestellung A-1077 als PDF schicken?\n\n"
        "Viele Grüße\nLena Vogt",
        at=clock.at(13, 5, 11, 4),
        number=1186,
        topic="Invoice",
        language="de",
    )
    assign_ticket(ticket, agent=cast.agents["tom"], by=cast.by("tom"), at=clock.at(13, 5, 11, 30))
    note_on_ticket(
        ticket,
        content=NewMessage(text="Shop's invoice export is down until noon, asked IT."),
        by=cast.by("tom"),
        at=clock.at(13, 5, 11, 45),
    )
    meet(cast, "omar", "omar.haddad@example.com", "Omar Haddad", at=clock.at(14, 5, 8, 30))
    wrote(
        cast,
        "omar",
        "Kettle does not switch off",
        "My new kettle keeps boiling and does not switch off by itself. Is that dangerous?",
        at=clock.at(14, 5, 8, 30),
        number=1190,
        topic="Warranty",
        team=None,
    )
    meet(cast, "sofia", "sofia.rossi@example.it", "Sofia Rossi", at=clock.at(12, 5, 9))
    ticket = wrote(
        cast,
        "sofia",
        "Lid arrived cracked",
        "The lid was cracked when I opened the box. A photo is on its way.",
        at=clock.at(12, 5, 9, 5),
        number=1184,
        topic="Damaged on arrival",
        team="Delivery",
    )
    answered(
        cast,
        ticket,
        "raj",
        "Hi Sofia,\n\nthat should not have happened. Could you send the photo as a reply?\n\nRaj",
        macro="Ask for a photo",
        at=clock.at(12, 5, 10, 20),
    )
    ticket = open_logged_ticket(
        customer=meet(cast, "ken", "ken.ito@example.jp", "Ken Ito", at=clock.at(14, 5, 9, 10)),
        subject="Missed call about a delivery date",
        kind=ContactKind.CALL,
        direction=Touchpoint.Direction.INBOUND,
        text="Called while all lines were busy; asks to be called back about his delivery date.",
        was_answered=False,
        team=cast.teams["Delivery"],
        number=1191,
        by=Actor.rule("missed calls"),
        at=clock.at(14, 5, 9, 10),
    )
    log_contact(
        ticket,
        kind=ContactKind.CALL,
        direction=Touchpoint.Direction.OUTBOUND,
        text="Called back, no answer. Will try again after ten.",
        by=cast.by("raj"),
        at=clock.at(14, 5, 9, 25),
    )

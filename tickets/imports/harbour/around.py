"""What the shop and the bank told Harbour Kettles, and what Tom and Ines noted around it."""

from __future__ import annotations

from datetime import time, timedelta

from customers.operations import (
    News,
    give_consent,
    record_order,
    record_outside_event,
    relate_customers,
    update_customer,
    update_organisation,
)
from helpdesk.lib.actors import Actor
from tickets.imports.harbour.cast import Cast, meet
from tickets.imports.harbour.telling import Clock, answered, wrote
from tickets.incidents.operations import open_incident, update_on_incident
from tickets.operations import NewMessage, assign_ticket, receive_message

SHOP = "shop"


def around_the_studio(cast: Cast, clock: Clock) -> None:
    """Maya's earlier orders, who belongs to whom at her studio, and what the carrier said."""
    maya, ben, ada = (cast.customers[who] for who in ("maya", "ben", "ada"))
    tom, at = cast.by("tom"), clock.at(2, 4, 14, 30)
    for number, day, month, name in (
        ("A-0871", 12, 1, "Descaler"),
        ("A-0944", 20, 2, "Descaler"),
        ("A-1003", 30, 3, "Glass lid"),
    ):
        record_order(
            maya,
            number=number,
            kind="sale",
            placed_at=clock.at(day, month, 18, 40),
            currency="GBP",
            total="12.50",
            status="delivered",
            items=[{"sku": name.upper(), "name": name, "qty": 1, "price": "12.50"}],
        )
    changes = {
        "contact_from": time(10),
        "contact_until": time(16),
        "account_owner": cast.agents["tom"],
    }
    update_customer(maya, changes=changes, by=tom, at=at)
    relate_customers(ada, other=maya, kind="assistant", by=tom, at=at)
    give_consent(maya, purpose="page_views", evidence="cookie banner of the shop", by=tom, at=at)
    notes = "Plus plan until March: answers within four working hours, free returns."
    update_organisation(cast.organisations["studio"], changes={"notes": notes}, by=tom, at=at)
    parcel = News(
        kind="delivery",
        external_id="RM-55120",
        title="Parcel RM-55120",
        at=clock.at(11, 5, 6, 12),
        addresses=(("email", ben.identities.get().value),),
        status="delayed",
        fields={"carrier": "Royal Mail", "last seen": "Mount Pleasant", "order": "A-1061"},
    )
    record_outside_event(parcel, source=SHOP, by=Actor.system(), at=clock.at(11, 5, 6, 13))


def left_in_the_queue(cast: Cast, clock: Clock) -> None:
    """Answered in April and handed back; its next question has stood for three days, nobody's."""
    rossi = meet(cast, "rossi", "giulia.rossi@example.it", "Giulia Rossi", at=clock.at(9, 4, 10))
    ticket = wrote(
        cast,
        "rossi",
        "Which courier comes to the islands?",
        "Do you deliver to Burano, and with whom?\n\nGiulia Rossi",
        at=clock.at(9, 4, 10, 12),
        number=1140,
        topic="An order or delivery",
        team="Delivery",
    )
    at = clock.at(9, 4, 11, 30)
    answered(
        cast,
        ticket,
        "raj",
        "Hi Giulia,\n\nyes, by DHL, and it takes a day longer. Just tell us when it suits you."
        "\n\nRaj",
        at=at,
    )
    assign_ticket(ticket, agent=None, by=cast.by("raj"), at=at + timedelta(minutes=1))
    receive_message(
        ticket,
        content=NewMessage(text="Next week would suit me. Which day will it be?", language="en"),
        by=Actor.customer(rossi.pk),
        at=clock.at(11, 5, 13, 40),
    )


def known_problem(cast: Cast, clock: Clock) -> None:
    """Parcels of one carrier do not move: Ines opens an incident that no ticket is part of yet."""
    ines, at = cast.by("ines"), clock.at(14, 5, 8, 45)
    incident = open_incident(
        title="Royal Mail strike in London",
        topic=cast.topics["Parcel not moving"],
        began_at=clock.at(11, 5, 6),
        known="Parcels through Mount Pleasant stand still since Monday.",
        fields={"carrier": "Royal Mail"},
        cue_words=("tracking", "mount pleasant", "royal mail"),
        next_update_at=clock.at(15, 5, 12),
        by=ines,
        at=at,
    )
    text = "The carrier expects to move again on Friday; new parcels go by another one."
    update_on_incident(
        incident, text=text, next_update_at=clock.at(15, 5, 12), by=ines, at=clock.at(14, 5, 9, 30)
    )

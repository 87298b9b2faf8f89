"""Customers who come again this morning; each has been through something else by now."""

from typing import Any

from customers.models import Customer, Touchpoint
from customers.operations import add_customer_note, identify_customer, update_customer
from helpdesk.lib.actors import Actor
from tickets.imports.harbour.cast import Cast, meet
from tickets.imports.harbour.telling import Clock, answered, knows, rated, wrote
from tickets.joining.customers import merge_customers
from tickets.operations import (
    ContactKind,
    assign_ticket,
    keep_promise_on_ticket,
    open_logged_ticket,
    promise_on_ticket,
    solve_ticket,
)


def those_who_come_again(cast: Cast, clock: Clock) -> None:
    """A step that failed, a word of leaving, a kept promise, a dispute, two teams, a merge."""
    descaled_in_vain(cast, clock)
    about_to_leave(cast, clock)
    well_served(cast, clock)
    in_dispute(cast, clock)
    known_to_two_teams(cast, clock)
    called_and_wrote(cast, clock)


def descaled_in_vain(cast: Cast, clock: Clock) -> None:
    """Grace did what Tom advised, and the kettle still stops with the same error."""
    grace = meet(cast, "grace", "grace.kim@example.com", "Grace Kim", at=clock.at(4, 5, 9, 30))
    _told(grace, cast, time_zone="America/Chicago", place="Chicago", country="US")
    first = wrote(
        cast,
        "grace",
        "Kettle stops with E-4012",
        "After ten seconds my kettle stops and shows E-4012. What can I do?",
        at=clock.at(4, 5, 9, 30),
        number=1160,
        topic="Warranty",
    )
    knows(cast, first, "error_code", "E-4012")
    answered(
        cast,
        first,
        "tom",
        "Hi Grace,\n\nthat is lime. Half vinegar, half water, boil once and rinse twice.\n\nTom",
        macro="Error: descale first",
        at=clock.at(4, 5, 11, 15),
    )
    solve_ticket(first, by=cast.by("tom"), at=clock.at(5, 5, 15))
    again = wrote(
        cast,
        "grace",
        "E-4012 is back",
        "I descaled it as you said. It worked for a day, and now it shows E-4012 again."
        " Will you replace it?",
        at=clock.at(14, 5, 8, 5),
        number=1189,
        topic="Warranty",
    )
    assign_ticket(again, agent=cast.agents["tom"], by=cast.by("tom"), at=clock.at(14, 5, 8, 20))


def about_to_leave(cast: Cast, clock: Clock) -> None:
    """Paul waits for one parcel since April, was promised another, and has had enough."""
    meet(cast, "paul", "paul.mensah@example.org", "Paul Mensah", at=clock.at(28, 4, 10))
    parcel = wrote(
        cast,
        "paul",
        "Where is order A-1055?",
        "Order A-1055 should have been here on Friday. Where is it?",
        at=clock.at(28, 4, 10),
        number=1165,
        topic="Parcel not moving",
        team="Delivery",
    )
    answered(
        cast,
        parcel,
        "raj",
        "Hi Paul,\n\nit left our depot on Thursday. Please give it until Tuesday.\n\nRaj",
        macro="Parcel: please wait",
        at=clock.at(28, 4, 13, 10),
    )
    solve_ticket(parcel, by=cast.by("raj"), at=clock.at(30, 4, 9))
    still = wrote(
        cast,
        "paul",
        "A-1055 has not come",
        "Tuesday is over and order A-1055 is still not here.",
        at=clock.at(6, 5, 9, 20),
        number=1174,
        topic="Parcel not moving",
        team="Delivery",
    )
    at = clock.at(6, 5, 14)
    reply = answered(
        cast,
        still,
        "raj",
        f"Hi Paul,\n\nwe send you a new kettle by {clock.at(8, 5, 17):%-d %B}.\n\nRaj",
        at=at,
    )
    promise_on_ticket(
        still,
        text="new kettle",
        due_at=clock.at(8, 5, 17),
        message=reply,
        by=cast.by("raj"),
        at=at,
    )
    solve_ticket(still, by=cast.by("raj"), at=clock.at(7, 5, 9))
    rated(cast, still, 1, "Nothing came", agent="raj", at=clock.at(9, 5, 19))
    last = wrote(
        cast,
        "paul",
        "Cancel or deliver",
        "This is the third time I write about order A-1055. If it is not here tomorrow I will"
        " cancel my order and ask my bank for a chargeback.",
        at=clock.at(13, 5, 16, 20),
        number=1187,
        topic="Parcel not moving",
        team="Delivery",
    )
    assign_ticket(last, agent=cast.agents["raj"], by=cast.by("raj"), at=clock.at(14, 5, 9, 5))


def well_served(cast: Cast, clock: Clock) -> None:
    """Nora got her invoice on the promised day, said so, and asks something else."""
    nora = meet(cast, "nora", "nora.lind@example.no", "Nora Lind", at=clock.at(20, 4, 9, 40))
    _told(nora, cast, time_zone="Europe/Oslo", place="Oslo", country="NO", pronouns="she/her")
    invoice = wrote(
        cast,
        "nora",
        "Invoice for order A-1031",
        "Could you send me the invoice for order A-1031?",
        at=clock.at(20, 4, 9, 40),
        number=1150,
        topic="Invoice",
    )
    at = clock.at(20, 4, 10, 30)
    answered(cast, invoice, "tom", "Hi Nora,\n\nyou have it by Wednesday.\n\nTom", at=at)
    promise = promise_on_ticket(
        invoice, text="invoice", due_at=clock.at(22, 4, 17), by=cast.by("tom"), at=at
    )
    sent = clock.at(21, 4, 9, 10)
    answered(cast, invoice, "tom", "Hi Nora,\n\nhere it is.\n\nTom", at=sent)
    keep_promise_on_ticket(invoice, promise=promise, by=cast.by("tom"), at=sent)
    solve_ticket(invoice, by=cast.by("tom"), at=sent)
    rated(cast, invoice, 5, "Quick and friendly", agent="tom", at=clock.at(22, 4, 8))
    wrap = wrote(
        cast,
        "nora",
        "A kettle as a gift",
        "Do you wrap kettles as gifts, and what does it cost?",
        at=clock.at(14, 5, 8, 50),
        number=1183,
    )
    assign_ticket(wrap, agent=cast.agents["tom"], by=cast.by("tom"), at=clock.at(14, 5, 9))


def in_dispute(cast: Cast, clock: Clock) -> None:
    """Hugo's lawyer writes along: only Ines may promise anything, and he writes French."""
    hugo = meet(cast, "hugo", "hugo.martin@example.fr", "Hugo Martin", at=clock.at(24, 4, 14))
    _told(hugo, cast, language="fr", time_zone="Europe/Paris", place="Lyon", country="FR")
    at = clock.at(24, 4, 14)
    call = open_logged_ticket(
        customer=hugo,
        subject="Burn from a loose lid",
        kind=ContactKind.CALL,
        direction=Touchpoint.Direction.INBOUND,
        text="The lid came off order A-1025 while pouring; small burn on the hand. Wants damages.",
        team=cast.teams["Billing"],
        number=1156,
        by=cast.by("ines"),
        at=at,
    )
    assign_ticket(call, agent=cast.agents["ines"], by=cast.by("ines"), at=at)
    add_customer_note(
        hugo,
        text="Legal dispute: only Ines answers, promise nothing.",
        is_guard=True,
        by=cast.by("ines"),
        at=clock.at(24, 4, 14, 30),
    )
    letter = wrote(
        cast,
        "hugo",
        "Commande A-1025",
        "Bonjour,\n\nmon avocat attend votre réponse au sujet de la commande A-1025."
        " Quand allez-vous répondre ?\n\nHugo Martin",
        at=clock.at(13, 5, 17, 45),
        number=1182,
        language="fr",
    )
    assign_ticket(letter, agent=cast.agents["ines"], by=cast.by("ines"), at=clock.at(14, 5, 9))


def known_to_two_teams(cast: Cast, clock: Clock) -> None:
    """Elif spoke with Billing twice; who works in Delivery alone learns only that she did."""
    elif_kaya = meet(cast, "elif", "elif.kaya@example.de", "Elif Kaya", at=clock.at(22, 4, 9))
    _told(elif_kaya, cast, time_zone="Europe/Berlin", place="Bremen", country="DE")
    for day, number, subject, words in (
        (22, 1153, "Charged before delivery", "Why was my card charged before A-1070 left?"),
        (29, 1167, "Instalments", "Can I pay for A-1070 in two instalments?"),
    ):
        ticket = wrote(
            cast, "elif", subject, words, at=clock.at(day, 4, 9), number=number, topic="Invoice"
        )
        at = clock.at(day, 4, 11)
        answered(cast, ticket, "priya", "Hi Elif,\n\nwe have mended that.\n\nPriya", at=at)
        solve_ticket(ticket, by=cast.by("priya"), at=clock.at(day, 4, 16))
    lid = wrote(
        cast,
        "elif",
        "The lid I ordered",
        "When will the lid of order A-1083 leave your depot?",
        at=clock.at(14, 5, 7, 45),
        number=1185,
        topic="Parcel not moving",
        team="Delivery",
    )
    assign_ticket(lid, agent=cast.agents["raj"], by=cast.by("raj"), at=clock.at(14, 5, 9))


def called_and_wrote(cast: Cast, clock: Clock) -> None:
    """Theo called, then wrote from an address nobody knew; Tom saw that both are one man."""
    called = identify_customer(
        kind="phone",
        value="+49 40 5550134",
        name="Theo Brandt",
        by=Actor.system(),
        at=clock.at(7, 5, 10),
    )
    at = clock.at(7, 5, 10)
    call = open_logged_ticket(
        customer=called,
        subject="Whistle does not sound",
        kind=ContactKind.CALL,
        direction=Touchpoint.Direction.INBOUND,
        text="The whistle of his kettle is silent. Promised a new one by the 14th.",
        team=cast.teams["Billing"],
        number=1162,
        by=cast.by("tom"),
        at=at,
    )
    assign_ticket(call, agent=cast.agents["tom"], by=cast.by("tom"), at=at)
    promise_on_ticket(
        call, text="new whistle", due_at=clock.at(14, 5, 17), by=cast.by("tom"), at=at
    )
    theo = meet(cast, "theo", "theo.brandt@example.de", "Theo Brandt", at=clock.at(13, 5, 14))
    _told(theo, cast, language="de", time_zone="Europe/Berlin", place="Hamburg", country="DE")
    letter = wrote(
        cast,
        "theo",
        "Pfeife",
        "Guten Tag,\n\nich hatte deswegen schon angerufen. Wann kommt die neue Pfeife?\n\n"
        "Theo Brandt",
        at=clock.at(13, 5, 14, 10),
        number=1181,
        language="de",
    )
    at = clock.at(13, 5, 15)
    merge_customers(called, into=theo, by=cast.by("tom"), at=at)
    assign_ticket(letter, agent=cast.agents["tom"], by=cast.by("tom"), at=at)


def _told(customer: Customer, cast: Cast, **details: Any) -> None:
    update_customer(customer, changes=details, by=cast.by("tom"), at=customer.created_at)

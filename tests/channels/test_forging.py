import os

import pytest

from customers.models import Customer
from customers.operations import identify_customer
from helpdesk.lib.actors import Actor
from tests.channels.forging import Forger
from tests.conftest import MONDAY_9AM, said
from tickets.channels.email.adapter import EmailChannel
from tickets.channels.models import Arrival
from tickets.channels.threading import find_place
from tickets.models import Ticket
from tickets.operations import open_ticket, reply_token

# FORGED=50000 tries as many as docs/reliability.md gives figures for.
FORGERIES = int(os.environ.get("FORGED", "400"))


@pytest.fixture
def ticket(workspace: None, kofi: Customer) -> Ticket:
    return open_ticket(
        customer=kofi,
        subject="Cannot sign in",
        content=said("It says my code has expired.", mail_id="1@example.com"),
        by=Actor.customer(kofi.pk),
        at=MONDAY_9AM,
    )


def test_no_forged_hint_leads_a_stranger_into_a_ticket(ticket: Ticket) -> None:
    sam = identify_customer(
        kind="email", value="sam@elsewhere.example", by=Actor.system(), at=MONDAY_9AM
    )
    token = reply_token(ticket, ticket.customer_id)
    forger = Forger(
        ticket_id=ticket.pk, number=ticket.number, customer_id=ticket.customer_id, token=token
    )
    joined = []
    for seed in range(FORGERIES):
        raw = forger.mail(seed)
        inbound = EmailChannel().read(Arrival(raw=raw, received_at=MONDAY_9AM))
        if find_place(inbound, sam).ticket is not None:
            joined.append(seed)

    assert joined == []

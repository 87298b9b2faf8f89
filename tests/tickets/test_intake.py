"""What is kept of the words of customers."""

from customers.models import Customer, Touchpoint
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM, said
from tickets.models import Ticket
from tickets.operations import open_ticket, receive_message

CARD = "4111 1111 1111 1111"


def test_a_card_number_is_kept_nowhere(kofi: Customer) -> None:
    by = Actor.customer(kofi.pk)
    content = said(f"Take it from {CARD}, please.")

    message = open_ticket(
        customer=kofi, subject=f"Card {CARD}", content=content, by=by, at=MONDAY_9AM
    )
    receive_message(message.ticket, content=content, by=by, at=MONDAY_9AM)

    ticket = Ticket.objects.get(pk=message.ticket_id)
    kept = [ticket.subject, ticket.preview, *ticket.messages.values_list("text", flat=True)]
    kept += Touchpoint.objects.values_list("text", flat=True)
    assert len(kept) == 6
    assert all("4111" not in words for words in kept)
    assert "•••• •••• •••• 1111" in ticket.preview

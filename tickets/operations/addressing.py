from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.crypto import get_random_string

from customers.models import Customer, Identity
from customers.operations import identify_customer
from helpdesk.lib.actors import Actor
from helpdesk.lib.tokens import make_reply_token, reply_message_id
from tickets.models import Message, Ticket


def address_of_customer(ticket: Ticket) -> str:
    """Return where a reply goes: the address the customer last wrote from on this ticket,
    else their proven address, else their first one; "" when we know none.
    """
    written_from = (
        Message.objects.filter(
            ticket=ticket, kind=Message.Kind.INBOUND, customer_id=ticket.customer_id
        )
        .exclude(author_address="")
        .order_by("-at", "-id")
        .values_list("author_address", flat=True)
        .first()
    )
    if written_from and "@" in written_from:
        return written_from
    identities = Identity.objects.filter(
        customer_id=ticket.customer_id, kind=Identity.Kind.EMAIL
    ).order_by("verified_at", "id")
    return identities.values_list("shown", flat=True).first() or ""


def addresses_of_participants(ticket: Ticket) -> tuple[str, ...]:
    """Return where copies go by default: everybody confirmed who belongs to the ticket."""
    people = ticket.participants.filter(is_confirmed=True).exclude(address="").order_by("id")
    people = people.exclude(customer=ticket.customer_id)  # their own other address, after a merge
    return tuple(people.values_list("address", flat=True))


def people_at(
    ticket: Ticket, addresses: Iterable[str], *, by: Actor, at: datetime
) -> dict[str, Customer]:
    """Return whom each address belongs to; who writes to us first from there is new.

    The ticket's customer keeps the addresses they wrote from on it. Raises NotAnAddress.
    """
    own = address_of_customer(ticket).lower()
    return {
        address: ticket.customer
        if address.lower() == own
        else identify_customer(kind="email", value=address, by=by, at=at)
        for address in dict.fromkeys(addresses)
    }


def new_mail_id(ticket: Ticket, customer: Customer) -> str:
    """Return a Message-ID, without brackets, by which an answer proves what it is about."""
    unique = get_random_string(12).lower()
    token = reply_token(ticket, customer.pk)
    return reply_message_id(token, random=unique, domain=settings.MAIL_DOMAIN)


def reply_token(ticket: Ticket, customer_id: int) -> str:
    """Return the token that stands for this ticket in mail to one person."""
    version, key = next(reversed(settings.MAIL_TOKEN_KEYS.items()))
    return make_reply_token(ticket.pk, customer_id, key=key, key_version=version)

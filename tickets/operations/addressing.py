from django.conf import settings
from django.utils.crypto import get_random_string

from customers.models import Identity
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
    addresses = ticket.participants.exclude(address="").order_by("id")
    return tuple(addresses.values_list("address", flat=True))


def new_mail_id(ticket: Ticket) -> str:
    """Return a Message-ID, without brackets, by which an answer proves what it is about."""
    unique = get_random_string(12).lower()
    return reply_message_id(reply_token(ticket), random=unique, domain=settings.MAIL_DOMAIN)


def reply_token(ticket: Ticket) -> str:
    """Return the token that stands for this ticket in mail to its customer."""
    version, key = next(reversed(settings.MAIL_TOKEN_KEYS.items()))
    return make_reply_token(ticket.pk, ticket.customer_id, key=key, key_version=version)

"""The automatic “we have it”: to whom, how often, and in which words."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from customers.models import Identity
from helpdesk.lib.actors import Actor
from helpdesk.lib.text import excerpt
from tickets.channels.addresses import mailboxes_of
from tickets.channels.models import Arrival
from tickets.channels.webform.limits import may_acknowledge
from tickets.channels.webform.reply_time import expected_by
from tickets.models import BusinessCalendar, Message, Ticket, TicketEvent
from tickets.operations import NewMessage, acknowledge_ticket

QUOTED = 300


def acknowledge(event: TicketEvent) -> None:
    """Tell who opened a ticket that we have it, at most once an hour and five times a day.

    For the contact form, and for mail to a mailbox that acknowledges; never for automatic mail,
    nor for a ticket that is finished already.
    To an address nobody has proven to be theirs the mail repeats no word of the sender, so that
    we cannot be made to carry somebody's words to a stranger.
    """
    message = event.message
    if message is None or message.is_automatic or not _wants(message):
        return
    if "@" not in message.author_address or not may_acknowledge(message.author_address):
        return
    ticket = event.ticket
    if ticket.category in Ticket.FINISHED:
        return  # answered before we came to say that we will
    calendar = BusinessCalendar.objects.valid_at(ticket.opened_at)
    facts = {
        "number": ticket.number,
        "expected": expected_by(calendar, at=ticket.opened_at),
        "quote": excerpt(message.text, limit=QUOTED) if _is_proven(message) else "",
    }
    content = NewMessage(
        subject=_("We have your message"),
        text=render_to_string("webform/acknowledgement.txt", facts),
        html=render_to_string("webform/acknowledgement.html", facts),
        recipients=(message.author_address,),
    )
    acknowledge_ticket(ticket, content=content, by=Actor.system(), at=ticket.opened_at)


def _wants(message: Message) -> bool:
    if message.channel != "email":
        return message.channel == "form"
    arrival = Arrival.objects.filter(message=message).defer("raw").first()
    mailbox = arrival.mailbox if arrival else None
    if mailbox is None:
        envelope = arrival.envelope_to if arrival else []
        named = (*envelope, *message.recipients, *message.cc)
        mailbox = next(iter(mailboxes_of(named)), None)
    return bool(mailbox and mailbox.acknowledges)


def _is_proven(message: Message) -> bool:
    return Identity.objects.filter(
        kind=Identity.Kind.EMAIL,
        value=message.author_address.lower(),
        verified_at__isnull=False,
    ).exists()

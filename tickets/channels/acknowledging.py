"""The automatic “we have it”: to whom, how often, and in which words."""

from html import escape

from django.conf import settings
from django.utils import translation

from customers.models import Identity
from helpdesk.lib.actors import Actor
from helpdesk.lib.text import excerpt
from tickets.channels.addresses import mailbox_of, mailboxes_of, without_own
from tickets.channels.email.quoting import as_quote
from tickets.channels.email.templating import filled, render_body, template_for
from tickets.channels.models import Mailbox, MailTemplate
from tickets.channels.webform.limits import may_acknowledge
from tickets.channels.webform.reply_time import reply_by
from tickets.models import BusinessCalendar, Message, Ticket, TicketEvent
from tickets.operations import NewMessage, acknowledge_ticket
from tickets.operations.policies import policy_of

QUOTED = 300


def acknowledge(event: TicketEvent) -> None:
    """Tell who opened a ticket that we have it, as often as its mailbox allows: by default once
    an hour and five times a day.

    For the contact form, and for mail to a mailbox that acknowledges; never for automatic mail,
    nor for a ticket that is finished already. In the language of the message, else the
    customer's, else the mailbox's.
    To an address nobody has proven to be theirs the mail is plain and repeats no word of the
    sender, so that we cannot be made to carry somebody's words to a stranger.
    """
    message = event.message
    if message is None or message.is_automatic or "@" not in message.author_address:
        return
    mailbox = mailbox_of(message)
    if not (message.channel == "form" or (mailbox and mailbox.acknowledges)):
        return
    if not may_be_written(message.author_address):
        return
    hourly = mailbox.acknowledges_hourly if mailbox else 1
    daily = mailbox.acknowledges_daily if mailbox else 5
    if not may_acknowledge(message.author_address, hourly=hourly, daily=daily):
        return
    if event.ticket.category in Ticket.FINISHED:
        return  # answered before we came to say that we will
    content = acknowledgement(event.ticket, message, mailbox)
    acknowledge_ticket(event.ticket, content=content, by=Actor.system(), at=event.ticket.opened_at)


def acknowledgement(ticket: Ticket, message: Message, mailbox: Mailbox | None) -> NewMessage:
    """The words of "we have it" for a message that opened a ticket: plain text, and HTML too to
    an address that is proven.
    """
    languages = (
        message.language,
        ticket.customer.language,
        mailbox.language if mailbox else "",
        settings.LANGUAGE_CODE,
    )
    template, language = template_for(MailTemplate.Kind.ACKNOWLEDGEMENT, languages)
    policy = policy_of(ticket, at=ticket.opened_at)
    calendar = BusinessCalendar.objects.valid_at(
        ticket.opened_at, name=policy.calendar_name if policy else ""
    )
    with translation.override(language):
        expected = reply_by(calendar, policy, at=ticket.opened_at)
    is_proven = _is_proven(message)
    quote = excerpt(message.own_text, limit=QUOTED) if is_proven else ""
    values = {
        "number": str(ticket.number),
        "mailbox": mailbox.name if mailbox else "",
        "reply_by": expected,
        "quote": as_quote(quote),
    }
    rich = {"quote": f"<blockquote><p>{escape(quote)}</p></blockquote>"} if quote else {}
    words = render_body(template.body, values, rich=rich)
    return NewMessage(
        subject=filled(template.subject, values),
        text=words.text,
        html=words.html if is_proven else "",
        language=language,
        recipients=(message.author_address,),
    )


def may_be_written(address: str) -> bool:
    """Not ourselves, whose mailboxes would answer each other, nor where mail keeps coming back."""
    if not without_own([address], boxes=mailboxes_of([address])):
        return False
    dead = Identity.objects.filter(value=address.lower(), undeliverable_since__isnull=False)
    return not dead.exists()


def _is_proven(message: Message) -> bool:
    return Identity.objects.filter(
        kind=Identity.Kind.EMAIL,
        value=message.author_address.lower(),
        verified_at__isnull=False,
    ).exists()

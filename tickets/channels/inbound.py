"""The one door: every channel ends in `receive`."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer, Fact
from customers.operations import identify_customer, remember_fact
from helpdesk.lib.actors import Actor
from tickets.channels.base import Inbound
from tickets.channels.models import Mailbox
from tickets.models import Category, Message, Ticket, Topic
from tickets.operations import open_by_message, receive_message


@transaction.atomic
def receive(inbound: Inbound, *, mailbox: Mailbox | None) -> Message:
    """Turn what somebody sent into a message: on the ticket it belongs to, else on a new one.

    A hint leads to a ticket only where the sender belongs to it. A hint at somebody else's
    ticket is kept on the new one, for an agent to decide. What is about a closed ticket opens
    one that follows it.
    """
    if known := _known(inbound):
        return known
    customer = identify_customer(
        kind=inbound.sender_kind,
        value=inbound.sender,
        name=inbound.sender_name,
        by=Actor.system(),
        at=inbound.at,
    )
    by = Actor.customer(customer.pk)
    hinted = find_thread(inbound)
    theirs = next((t for t in hinted if _belongs(customer, t)), None)
    if theirs is None and inbound.is_bounce and inbound.tokens:
        theirs = next(iter(hinted), None)  # a report about our own mail, proven by our token
    if theirs is not None and theirs.category != Category.CLOSED:
        message = receive_message(theirs, content=inbound.content, by=by, at=inbound.at)
        ticket = theirs
    else:
        message = _open(inbound, customer, mailbox, theirs, hinted, by)
        ticket = message.ticket
    _remember(inbound, ticket, message, by)
    return message


def _known(inbound: Inbound) -> Message | None:
    """Return the message this became when it was delivered before, perhaps by another way."""
    if not inbound.content.external_id:
        return None
    return Message.objects.filter(
        channel=inbound.content.channel, external_id=inbound.content.external_id
    ).first()


def find_thread(inbound: Inbound) -> list[Ticket]:
    """Return the tickets an arrival refers to, the strongest hint first."""
    by_token = [token.ticket_id for token in inbound.tokens]
    hints = Q(pk__in=by_token) | Q(number__in=inbound.numbers)
    referred: list[int] = []
    if inbound.refs:
        messages = Message.objects.filter(mail_id__in=inbound.refs).exclude(mail_id="")
        referred = list(messages.order_by("-at").values_list("ticket_id", flat=True)[:20])
        hints |= Q(pk__in=referred)
    if not (by_token or referred or inbound.numbers):
        return []
    tickets = list(Ticket.objects.filter(hints).select_related("customer", "team"))
    order = [*by_token, *referred]
    return sorted(tickets, key=lambda t: order.index(t.pk) if t.pk in order else len(order))


def _belongs(customer: Customer, ticket: Ticket) -> bool:
    if ticket.customer_id == customer.pk:
        return True
    return ticket.participants.filter(customer=customer).exists()


def _open(
    inbound: Inbound,
    customer: Customer,
    mailbox: Mailbox | None,
    theirs: Ticket | None,
    hinted: list[Ticket],
    by: Actor,
) -> Message:
    mailbox = mailbox or _mailbox_of(inbound.addressed_to)
    topic = None
    if inbound.topic_id is not None:
        topic = Topic.objects.select_related("team").filter(pk=inbound.topic_id).first()
    if topic is None and mailbox is not None:
        topic = mailbox.topic
    team = mailbox.team if mailbox else None
    if topic is not None and topic.team is not None:
        team = topic.team
    return open_by_message(
        customer=customer,
        subject=inbound.subject.strip() or _("(no subject)"),
        content=inbound.content,
        team=team or (theirs.team if theirs else None),
        topic=topic,
        follows=theirs,
        possibly=next(iter(hinted), None) if theirs is None else None,
        by=by,
        at=inbound.at,
    )


def _mailbox_of(addresses: tuple[str, ...]) -> Mailbox | None:
    """Return the mailbox something was addressed to; the default one when none is named."""
    boxes = Mailbox.objects.filter(is_active=True).select_related("team", "topic__team")
    asked = [address.lower() for address in addresses]
    named = Q(address__in=asked) | Q(aliases__overlap=asked) | Q(is_default=True)
    return boxes.filter(named).order_by("is_default", "pk").first()


def _remember(inbound: Inbound, ticket: Ticket, message: Message, by: Actor) -> None:
    for key, value in inbound.facts.items():
        remember_fact(
            ticket.customer,
            key=key,
            value=value,
            source=Fact.Source.FORM,
            ticket_number=ticket.number,
            message_id=message.pk,
            team_id=ticket.team_id,
            by=by,
            at=inbound.at,
        )

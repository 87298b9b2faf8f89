"""The one door: every channel ends in `receive`."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.errors import NotAnAddress
from customers.models import Customer, Fact
from customers.operations import identify_customer, remember_fact
from helpdesk.lib.actors import Actor
from tickets.channels.addresses import is_named, mailboxes_of, without_own
from tickets.channels.base import ForwardNote, Inbound, NotForUs
from tickets.channels.models import Mailbox
from tickets.channels.returns import take_report
from tickets.channels.threading import Place, find_place
from tickets.models import Message, Ticket, Topic
from tickets.operations import (
    NewMessage,
    add_participant,
    note_on_ticket,
    open_ticket,
    receive_message,
)

MOST_PEOPLE = 20


@transaction.atomic(savepoint=False)
def receive(inbound: Inbound, *, mailbox: Mailbox | None) -> Message:
    """Turn what somebody sent into a message: on the ticket it belongs to, else on a new one.

    The sender is who the arrival names, whatever ticket it leads to. Others it was sent to belong
    to the ticket from then on. A report about our own mail marks the copy that came back.
    Raises NotForUs for what only copies in a mailbox that wants no copies.
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
    boxes = mailboxes_of(inbound.addressed_to)
    place = find_place(inbound, customer)
    if place.ticket is not None:
        content = replace(inbound.content, is_other_sender=not place.is_member)
        message = receive_message(place.ticket, content=content, by=by, at=inbound.at)
        ticket = place.ticket
    else:
        mailbox = mailbox or next(iter(boxes), None)
        if mailbox is not None and _is_only_copied(inbound, mailbox):
            raise NotForUs(_("The mailbox was only copied in, and takes mail sent to it alone."))
        message = _open(inbound, customer, mailbox, place, by)
        ticket = message.ticket
    _add_people(inbound, ticket, place, by, boxes=boxes)
    _remember(inbound, ticket, message, by)
    if inbound.note is not None:
        _note_forward(inbound.note, ticket, at=inbound.at)
    if inbound.report is not None and inbound.tokens:
        take_report(inbound.report, message, tokens=inbound.tokens, at=inbound.at)
    return message


def _known(inbound: Inbound) -> Message | None:
    """Return the message this became when it was delivered before, perhaps by another way."""
    if not inbound.content.external_id:
        return None
    return Message.objects.filter(
        channel=inbound.content.channel, external_id=inbound.content.external_id
    ).first()


def _open(
    inbound: Inbound,
    customer: Customer,
    mailbox: Mailbox | None,
    place: Place,
    by: Actor,
) -> Message:
    topic = None
    if inbound.topic_id is not None:
        topic = Topic.objects.select_related("team").filter(pk=inbound.topic_id).first()
    if topic is None and mailbox is not None:
        topic = mailbox.topic
    team = mailbox.team if mailbox else None
    if topic is not None and topic.team is not None:
        team = topic.team
    return open_ticket(
        customer=customer,
        subject=inbound.subject.strip() or _("(no subject)"),
        content=replace(inbound.content, mailbox=mailbox.address if mailbox else ""),
        team=team or (place.follows.team if place.follows else None),
        topic=topic,
        follows=place.follows,
        possibly=place.possibly,
        by=by,
        at=inbound.at,
    )


def _is_only_copied(inbound: Inbound, mailbox: Mailbox) -> bool:
    to = inbound.content.recipients
    if mailbox.takes != Mailbox.Taking.TO or not to:
        return False
    return not is_named(mailbox, to)


def _add_people(
    inbound: Inbound, ticket: Ticket, place: Place, by: Actor, *, boxes: list[Mailbox]
) -> None:
    """Let everybody a mail was sent to belong to its ticket, ourselves never.

    On a ticket that is there already an agent confirms them first, unless the mail is a member's
    and proven: else anybody could write themselves into a conversation.
    """
    if inbound.content.is_automatic or not inbound.people:
        return
    names = dict(inbound.people)
    is_trusted = not inbound.is_forged and place.is_member
    is_confirmed = is_trusted and (place.ticket is None or place.is_proven)
    others = without_own(names, boxes=boxes)[:MOST_PEOPLE]
    for address in sorted(others, key=str.lower):  # two mails to the same people wait in line
        if address.lower() == inbound.sender.lower():
            continue
        try:
            customer = identify_customer(
                kind="email", value=address, name=names[address], by=by, at=inbound.at
            )
        except NotAnAddress:
            continue  # a Cc nobody could write to is no reason to refuse the mail
        add_participant(
            ticket,
            customer=customer,
            address=address,
            is_confirmed=is_confirmed,
            by=by,
            at=inbound.at,
        )


def _note_forward(note: ForwardNote, ticket: Ticket, *, at: datetime) -> None:
    text = note.text.strip() or _("Forwarded to us by mail.")
    note_on_ticket(ticket, content=NewMessage(text=text), by=Actor.agent(note.agent_id), at=at)


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

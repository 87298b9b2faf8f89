from datetime import datetime

from django.db import connection

from customers.models import Touchpoint
from customers.operations import record_touchpoint
from helpdesk.lib.actors import Actor
from tickets.models import Attachment, Message, Ticket
from tickets.operations.content import NewMessage

PREVIEW_LENGTH = 160
# Longer texts are searchable by their beginning; a tsvector may not pass 1 MB.
SEARCHED_LENGTH = 100_000

_TOUCHPOINTS = {
    Message.Kind.INBOUND: (Touchpoint.Kind.MESSAGE, Touchpoint.Direction.INBOUND),
    Message.Kind.REPLY: (Touchpoint.Kind.REPLY, Touchpoint.Direction.OUTBOUND),
    Message.Kind.NOTE: (Touchpoint.Kind.NOTE, Touchpoint.Direction.INTERNAL),
}


def add_message(
    ticket: Ticket,
    content: NewMessage,
    *,
    kind: Message.Kind,
    delivery: Message.Delivery = Message.Delivery.NONE,
    by: Actor,
    at: datetime,
    is_contact: bool = False,
    touches: bool = True,
) -> Message:
    """Write a message with its files, searchable words and touchpoint; count it on the ticket.

    With `touches` off the caller records the touchpoint. For operations that hold the
    ticket's lock; they save the ticket and record the event.
    """
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        channel=content.channel,
        at=at,
        customer_id=by.customer_id if kind == Message.Kind.INBOUND else None,
        agent_id=by.agent_id,
        author_name=content.author_name[:200],
        author_address=content.author_address[:320],
        subject=content.subject[:300],
        text=content.text,
        html=content.html,
        visible_text=content.visible_text,
        visible_html=content.visible_html,
        language=content.language[:8],
        mail_kind=content.mail_kind[:16],
        authentication=content.authentication[:200],
        remote_images=min(content.remote_images, 32_767),
        is_automatic=content.is_automatic,
        is_other_sender=content.is_other_sender,
        external_id=content.external_id,
        mail_id=content.mail_id[:998],
        mail_refs=[ref[:998] for ref in content.mail_refs],
        recipients=list(content.recipients),
        cc=list(content.cc),
        claimed_date_at=content.claimed_date_at,
        form=content.form,
        delivery=delivery,
    )
    _attach(message, content)
    _index_words(message, ticket)
    ticket.messages_count += 1
    if touches and kind in _TOUCHPOINTS:
        _touch(message, ticket, by=by, is_contact=is_contact)
    return message


def preview_of(text: str) -> str:
    """Return the beginning of what was written, on one line, without quoted lines."""
    own = (line for line in text[:4000].splitlines() if not line.lstrip().startswith(">"))
    return " ".join(" ".join(own).split())[:PREVIEW_LENGTH]


def _attach(message: Message, content: NewMessage) -> None:
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            name=file.name[:255],
            content_type=file.content_type[:120],
            size=file.size,
            sha256=file.sha256,
            content_id=file.content_id[:255],
            is_inline=file.is_inline,
        )
        for file in content.attachments
    )


def _index_words(message: Message, ticket: Ticket) -> None:
    """Make the message findable by its words, its subject and its writer."""
    searched = f"{message.subject or ticket.subject} {message.author_name} {message.text}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_messagewords (message_id, ticket_id, at, is_recent, words)"
            " VALUES (%s, %s, %s, true, to_tsvector('beforehand', %s))",
            [message.pk, ticket.pk, message.at, searched[:SEARCHED_LENGTH]],
        )


def _touch(message: Message, ticket: Ticket, *, by: Actor, is_contact: bool) -> None:
    kind, direction = _TOUCHPOINTS[Message.Kind(message.kind)]
    record_touchpoint(
        ticket.customer_id,
        kind=kind,
        at=message.at,
        is_contact=is_contact,
        may_repeat=False,
        channel=message.channel,
        direction=direction,
        title=ticket.subject,
        text=message.own_text,
        agent_id=by.agent_id,
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        ref_kind="message",
        ref_id=message.pk,
    )

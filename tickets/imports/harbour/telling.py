"""Sentences the story is told in: somebody wrote, answered, rated, let something be known."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from customers.models import Fact
from customers.operations import remember_fact
from helpdesk.lib.actors import Actor
from tickets.imports.harbour.cast import Cast
from tickets.macros.models import Macro
from tickets.macros.operations import note_macros
from tickets.models import Message, Ticket
from tickets.operations import (
    NewAttachment,
    NewMessage,
    confirm_delivery,
    open_ticket,
    rate_ticket,
    reply_to_ticket,
)


class Clock(Protocol):
    """Turns the story's own dates into those of the telling."""

    def at(self, day: int, month: int, hour: int, minute: int = 0) -> datetime: ...


@dataclass(frozen=True, kw_only=True)
class Form:
    """What somebody filled in who came by the contact form instead of by mail."""

    address: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    files: tuple[NewAttachment, ...] = ()


def wrote(
    cast: Cast,
    who: str,
    subject: str,
    text: str,
    *,
    at: datetime,
    number: int | None = None,
    topic: str | None = None,
    team: str | None = "Billing",
    by_form: Form | None = None,
    language: str = "en",
) -> Ticket:
    """Let a customer write; returns the ticket that opens."""
    customer = cast.customers[who]
    form = by_form or Form()
    address = form.address or customer.identities.order_by("id").values_list("shown", flat=True)[0]
    return open_ticket(
        customer=customer,
        subject=subject,
        content=NewMessage(
            text=text,
            channel="form" if by_form else "email",
            subject="" if by_form else subject,
            author_name=customer.name,
            author_address=address,
            mail_id=f"{at:%Y%m%d%H%M}.{number or at.second}@{address.rpartition('@')[2]}",
            form=form.answers,
            language=language,
            attachments=form.files,
        ),
        team=cast.teams[team] if team else None,
        topic=cast.topics[topic] if topic else None,
        number=number,
        by=Actor.customer(customer.pk),
        at=at,
    ).ticket


def answered(
    cast: Cast,
    ticket: Ticket,
    who: str,
    text: str,
    *,
    macro: str = "",
    at: datetime,
) -> Message:
    """Let an agent answer, and the mail have gone out at once: it is history, nothing is sent."""
    content = NewMessage(text=text, author_name=cast.agents[who].name)
    message = reply_to_ticket(ticket, content=content, by=cast.by(who), at=at)
    if macro:
        used = [Macro.objects.get(name=macro)]
        note_macros(message, ticket, macros=used, by=cast.by(who), at=at)
    for delivery in message.deliveries.select_related("message"):
        confirm_delivery(delivery, by=Actor.system(), at=at)
    return message


def rated(
    cast: Cast, ticket: Ticket, score: int, comment: str, *, agent: str, at: datetime
) -> None:
    rate_ticket(
        ticket,
        score=score,
        comment=comment,
        agent_id=cast.agents[agent].pk,
        external_id=f"harbour-{ticket.number}",
        by=Actor.customer(ticket.customer_id),
        at=at,
    )


def knows(
    cast: Cast, ticket: Ticket, key: str, value: str, *, source: str = Fact.Source.MESSAGE
) -> None:
    remember_fact(
        ticket.customer,
        key=key,
        value=value,
        source=source,
        ticket_number=ticket.number,
        message_id=ticket.messages.get().pk,
        team_id=ticket.team_id,
        by=Actor.customer(ticket.customer_id),
        at=ticket.opened_at,
    )

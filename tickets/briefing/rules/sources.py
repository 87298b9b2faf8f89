"""How gathered rows become evidence."""

from customers.models import Fact, Promise, Touchpoint
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import Params, Source
from tickets.incidents.models import Incident
from tickets.models import Message, Ticket


def customer_source(seen: Gathered) -> Source:
    return Source(kind="customer", id=seen.customer.pk, customer_id=seen.customer.pk)


def moment_source(
    seen: Gathered, moment: Touchpoint, why: tuple[tuple[str, Params], ...] = ()
) -> Source:
    is_message = moment.ref_kind == "message" and moment.ref_id is not None
    return Source(
        kind="message" if is_message else "touchpoint",
        id=(moment.ref_id or 0) if is_message else moment.pk,
        label=f"#{moment.ticket_number}" if moment.ticket_number else "",
        ticket_number=moment.ticket_number,
        customer_id=seen.customer.pk,
        why=why,
    )


def message_source(seen: Gathered, message: Message) -> Source:
    number = _number_of(seen, message.ticket_id)
    return Source(
        kind="message",
        id=message.pk,
        label=f"#{number}",
        ticket_number=number,
        customer_id=seen.customer.pk,
    )


def ticket_source(ticket: Ticket, why: tuple[tuple[str, Params], ...] = ()) -> Source:
    return Source(
        kind="ticket",
        id=ticket.pk,
        label=f"#{ticket.number}",
        ticket_number=ticket.number,
        customer_id=ticket.customer_id,
        why=why,
    )


def incident_source(incident: Incident) -> Source:
    return Source(kind="incident", id=incident.pk, label=incident.label)


def promise_source(promise: Promise) -> Source:
    has_message = promise.message_id is not None
    return Source(
        kind="message" if has_message else "promise",
        id=promise.message_id or promise.pk,
        label=f"#{promise.ticket_number}" if promise.ticket_number else "",
        ticket_number=promise.ticket_number if has_message else None,
        customer_id=promise.customer_id,
    )


def fact_source(seen: Gathered, fact: Fact) -> Source:
    in_message = fact.message_id is not None
    return Source(
        kind="message" if in_message else "fact",
        id=fact.message_id or fact.pk,
        label=f"#{fact.ticket_number}" if fact.ticket_number else "",
        ticket_number=fact.ticket_number if in_message else None,
        customer_id=seen.customer.pk,
    )


def _number_of(seen: Gathered, ticket_id: int) -> int:
    return next(one.number for one in seen.standing.tickets if one.id == ticket_id)

"""Conversations as tickets, message by message, at the times they really took place."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from customers.models import Customer, Touchpoint
from customers.operations import record_touchpoint
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from tickets.imports.conversations.people import external_id, the_customer
from tickets.imports.conversations.rows import Report, Row, Unusable, moment, read_rows, text
from tickets.models import Message, Ticket, Topic
from tickets.operations import (
    NewMessage,
    add_participant,
    close_ticket,
    open_ticket,
    rate_ticket,
    receive_message,
    reply_to_ticket,
    solve_ticket,
    tag_ticket,
)

CHANNELS = {"web": "form", "email": "email", "chat": "chat", "social": "social"}
SCORES = {"good": 5, "mixed": 3, "bad": 1}

Progress = Callable[[int], None]


def import_conversations(
    path: Path, agents: dict[str, Agent], report: Report, progress: Progress
) -> list[int]:
    """Take over every conversation that is not here yet, each whole or not at all.

    Returns the ids of the tickets made. Their history sets off nothing: no mail, no reaction.
    """
    made = []
    for number, row in enumerate(read_rows(path, report), 1):
        try:
            ticket = _thread(row, agents, report, path.name)
        except (Unusable, DomainError, KeyError, TypeError, AttributeError) as reason:
            report.refuse(path.name, str(row.get("id")), str(reason) or type(reason).__name__)
        else:
            made += [ticket.pk] if ticket else []
        progress(number)
    return made


@transaction.atomic
def _thread(row: Row, agents: dict[str, Agent], report: Report, file: str) -> Ticket | None:
    messages = row.get("messages") or []
    if not messages or messages[0].get("author_type") != "customer":
        raise Unusable("does not begin with the customer's words")
    channel = CHANNELS.get(row.get("channel", ""), "email")
    first = _external(messages[0])
    if Message.objects.filter(channel=channel, external_id=first).exists():
        report.known[file] += 1
        return None
    customer = the_customer(row)
    ticket = _open(row, messages[0], customer, agents, channel)
    for at, act in sorted(_acts(row, messages[1:], ticket, agents, channel), key=lambda a: a[0]):
        act(at)
    ticket.refresh_from_db()
    if row.get("status") == "closed":
        close_ticket(ticket, by=Actor.imported(), at=moment(row, "last_message_at"))
    report.taken[file] += 1
    return ticket


def _open(
    row: Row, first: Row, customer: Customer, agents: dict[str, Agent], channel: str
) -> Ticket:
    at = moment(first, "at")
    by = Actor.imported(customer_id=customer.pk)
    for page in row.get("kb_views_before", ()):
        record_touchpoint(
            customer.pk,
            kind=Touchpoint.Kind.ARTICLE,
            at=at,
            channel="help",
            direction=Touchpoint.Direction.INBOUND,
            title=str(page),
        )
    assignee = agents.get(row.get("assignee_id", ""))
    ticket = open_ticket(
        customer=customer,
        subject=text(row, "subject"),
        content=_words(first, channel, customer.name),
        team=assignee.teams.first() if assignee else None,
        topic=_topic(row),
        by=by,
        at=at,
    ).ticket
    tags = [*row.get("tags", ()), *(("duplicate",) if row.get("duplicate_of") else ())]
    if tags:
        tag_ticket(ticket, add=tuple(map(str, tags)), by=Actor.imported(), at=at)
    return ticket


def _acts(
    row: Row, messages: list[Row], ticket: Ticket, agents: dict[str, Agent], channel: str
) -> list[tuple[datetime, Callable[[datetime], object]]]:
    """Return what happened after the opening, as (when, what to do then)."""
    acts: list[tuple[datetime, Callable[[datetime], object]]] = [
        (moment(message, "at"), _speaker(message, ticket, agents, channel)) for message in messages
    ]
    if row.get("solved_at"):
        by = Actor.imported(customer_id=ticket.customer_id)
        acts.append((moment(row, "solved_at"), lambda at: solve_ticket(ticket, by=by, at=at)))
    return acts


def _speaker(
    message: Row, ticket: Ticket, agents: dict[str, Agent], channel: str
) -> Callable[[datetime], object]:
    kind = message.get("author_type")
    if kind == "agent":
        agent = agents.get(message.get("author_id", ""))
        if agent is None:
            raise Unusable(f"agent {message.get('author_id')} is not here")
        by = Actor.imported(agent_id=agent.pk)
        content = _words(message, channel, agent.name)
        return lambda at: reply_to_ticket(ticket, content=content, by=by, at=at)
    writer = the_customer(message, "author_id")
    words = _words(message, channel, writer.name)
    by_writer = Actor.imported(customer_id=writer.pk)
    if kind == "participant":
        add_participant(
            ticket,
            customer=writer,
            address="",
            by=Actor.imported(),
            at=moment(message, "at"),
        )
    return lambda at: receive_message(ticket, content=words, by=by_writer, at=at)


def _words(message: Row, channel: str, author: str) -> NewMessage:
    return NewMessage(
        text=text(message, "body"),
        channel=channel,
        author_name=author,
        external_id=_external(message),
    )


def _external(message: Row) -> str:
    return external_id(text(message, "id"))


def _topic(row: Row) -> Topic | None:
    name = str(row.get("topic") or "").replace("-", " ").strip().capitalize()
    return Topic.objects.get_or_create(name=name[:80], parent=None)[0] if name else None


def import_ratings(path: Path, agents: dict[str, Agent], report: Report) -> set[int]:
    """Take over verdicts on answers: good is 5 of 5, mixed 3, bad 1. Returns the tickets' ids."""
    rated = set()
    for row in read_rows(path, report):
        try:
            rated.add(_rate(row, agents, report, path.name))
        except (Unusable, KeyError) as reason:
            report.refuse(path.name, str(row.get("id")), str(reason))
    return rated


def _rate(row: Row, agents: dict[str, Agent], report: Report, file: str) -> int:
    answer = (
        Message.objects.select_related("ticket")
        .filter(external_id=external_id(text(row, "message_id")))
        .first()
    )
    if answer is None:
        raise Unusable(f"message {row['message_id']} is not here")
    key = external_id(text(row, "id"))
    agent = agents.get(row.get("agent_id", ""))
    before = answer.ticket.last_event_id
    rate_ticket(
        answer.ticket,
        score=SCORES[row["score"]],
        agent_id=agent.pk if agent else answer.agent_id,
        external_id=key,
        by=Actor.imported(customer_id=answer.ticket.customer_id),
        at=moment(row, "at"),
    )
    answer.ticket.refresh_from_db(fields=["last_event_id"])
    counter = report.taken if answer.ticket.last_event_id != before else report.known
    counter[file] += 1
    return int(answer.ticket_id)

"""Facts that stand on a ticket's rows and words, not on its events: surveys sent, how prepared
replies were, things asked twice, and words of leaving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from customers.cx.facts import NewFact, keep_facts
from customers.cx.health import LEAVING_FOR
from customers.cx.models import CXFact
from tickets.briefing.models import FrozenBriefing
from tickets.feedback.models import Answer, Invitation
from tickets.issues.models import LinkDecision
from tickets.models import Message, Ticket
from tickets.sentences.mood import mood_cues
from tickets.sentences.mood_kinds import LEAVING
from tickets.speech.models import RepeatAsk

VERSION = 1
BESIDE = ("invited", "reasked", "leaving", "prepared", "match")


def keep_beside(
    tickets: Sequence[Ticket], *, left_out: set[int], at: datetime, write: bool = True
) -> int:
    """Make these facts of a batch of tickets as their rows are now; return how many differed.

    Words of leaving are looked for where they are news, and kept when they no longer are. The
    caller holds the locks of the tickets' customers.
    """
    by_id = {ticket.pk: ticket for ticket in tickets if ticket.pk not in left_out}
    facts = [
        *_invited(by_id),
        *_reasked(by_id),
        *_prepared(by_id),
        *_matches(by_id),
        *_leaving(by_id, after=at - LEAVING_FOR),
    ]
    numbers = [ticket.number for ticket in tickets]
    stored = CXFact.objects.filter(ticket_number__in=numbers, kind__in=BESIDE)
    return keep_facts(stored.exclude(kind="leaving", at__lte=at - LEAVING_FOR), facts, write=write)


def _invited(by_id: dict[int, Ticket]) -> Iterator[NewFact]:
    """1 where a survey that reached them was answered, 0 where not yet."""
    answers = Answer.objects.standing().filter(invitation=OuterRef("pk"))
    rows = Invitation.objects.delivered().filter(ticket__in=by_id)
    found = rows.annotate(answered=Exists(answers)).values_list(
        "pk", "ticket_id", "sent_at", "answered", "survey__scale"
    )
    for pk, ticket_id, sent_at, answered, scale in found:
        if sent_at is not None:
            ticket, value = by_id[ticket_id], float(answered)
            yield _fact(ticket, "invited", sent_at, ref=pk, value=value, scale=scale)


def _reasked(by_id: dict[int, Ticket]) -> Iterator[NewFact]:
    rows = RepeatAsk.objects.filter(message__ticket__in=by_id)
    for pk, ticket_id, at, key in rows.values_list("pk", "message__ticket_id", "at", "key"):
        yield _fact(by_id[ticket_id], "reasked", at, ref=pk, value=1.0, key=key)


def _prepared(by_id: dict[int, Ticket]) -> Iterator[NewFact]:
    """Of each reply written here, 1 where it asked for what we knew; `attempt`, and whether its
    writer had seen the briefing where that was noted."""
    asked = RepeatAsk.objects.filter(message=OuterRef("message"))
    rows = FrozenBriefing.objects.filter(
        message__ticket__in=by_id, message__agent__isnull=False, message__withdrawn_at=None
    )
    found = rows.annotate(again=Exists(asked)).values_list(
        "message__ticket_id", "message__at", "message_id", "message__agent_id", "attempt",
        "was_seen", "again",
    )  # fmt: skip
    for ticket_id, at, message_id, agent_id, attempt, seen, again in found:
        data = {"attempt": attempt} | ({} if seen is None else {"seen": seen})
        fact = _fact(by_id[ticket_id], "prepared", at, ref=message_id, value=float(again), **data)
        yield replace(fact, agent_id=agent_id)


def _matches(by_id: dict[int, Ticket]) -> Iterator[NewFact]:
    """What an agent said of a link that the rules had made: 1 the same issue, 0 another."""
    for said in LinkDecision.objects.filter(second__in=by_id).exclude(tier=""):
        ticket, value = by_id[said.second_id], float(said.is_same)
        yield _fact(ticket, "match", said.at, ref=said.pk, value=value, tier=said.tier)


def _leaving(by_id: dict[int, Ticket], *, after: datetime) -> Iterator[NewFact]:
    for message in _written(by_id, after):
        if mood_cues(message.own_text, message.language, (LEAVING,)):
            ticket = by_id[message.ticket_id]
            yield _fact(
                ticket, "leaving", message.at, ref=message.pk, value=1.0, message=message.pk
            )


def _written(by_id: Iterable[int], after: datetime) -> Iterable[Message]:
    rows = Message.objects.filter(
        ticket__in=by_id, kind=Message.Kind.INBOUND, is_automatic=False, at__gt=after
    )
    return rows.only("ticket_id", "at", "language", "visible_text", "text")


def _fact(
    ticket: Ticket, kind: str, at: datetime, *, ref: int, value: float, **data: Any
) -> NewFact:
    return NewFact(
        customer_id=ticket.customer_id,
        kind=kind,
        ref=str(ref),
        at=at,
        value=value,
        version=VERSION,
        ticket_number=ticket.number,
        team_id=ticket.team_id,
        channel=ticket.channel,
        topic_id=ticket.topic_id,
        data=data,
    )

"""How often they tried, and why they probably write now: at most 23 words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from customers.models import Promise, Touchpoint
from tickets.briefing import wording
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem, Params, Source
from tickets.briefing.rules.sources import (
    incident_source,
    message_source,
    moment_source,
    promise_source,
    ticket_source,
)
from tickets.issues.linking import Edge
from tickets.models import Message
from tickets.sentences.questions import questions_in

MOST_WORDS = 23
TRIGGERS = 2
MANY = 3
REOPENED_WITHIN = timedelta(days=7)
READ_WITHIN = timedelta(hours=24)


def headline(seen: Gathered) -> Iterator[BriefingItem]:
    """The attempt first; then what presses most, as far as the words reach."""
    if seen.is_first:
        yield _item("R-ATTEMPT-FIRST@2", "first_contact", {}, (ticket_source(seen.ticket),))
        return
    attempt = _attempt(seen)
    triggers = list(islice(_triggers(seen), TRIGGERS))
    left = MOST_WORDS - _words(attempt, seen.at)
    if triggers and attempt.text_key == "attempts" and _words(triggers[0], seen.at) > left:
        attempt = _item(
            attempt.rule,
            attempt.text_key,
            attempt.params | {"no_span": True},
            attempt.sources,
            confidence=attempt.confidence,
            tone=attempt.tone,
        )
        left = MOST_WORDS - _words(attempt, seen.at)
    yield attempt
    for trigger in triggers:
        left -= _words(trigger, seen.at)
        if left >= 0:
            yield trigger


def _words(item: BriefingItem, at: datetime) -> int:
    said = wording.say(item.text_key, item.params, at=at)
    return sum(any(sign.isalnum() for sign in word) for word in said.split())


def _item(
    rule: str,
    text_key: str,
    params: Params,
    sources: tuple[Source, ...],
    *,
    confidence: str = "certain",
    tone: str = "",
) -> BriefingItem:
    return BriefingItem(
        slot="headline",
        rule=rule,
        text_key=text_key,
        params=params,
        sources=sources,
        confidence=confidence,
        tone=tone,
    )


def _attempt(seen: Gathered) -> BriefingItem:
    contacts = contacts_about(seen, seen.numbers)
    others = len([c for c in seen.contacts if c.ticket_number not in seen.numbers])
    if len(contacts) <= 1:
        sources = tuple(moment_source(seen, contact) for contact in seen.contacts[:3])
        key = "first_about_this" if others else "first_seen" if seen.hidden else "first_contact"
        return _item(
            "R-ATTEMPT-NEW@3",
            key,
            {"others": others, "n": len(seen.hidden)},
            sources or (ticket_source(seen.ticket),),
        )
    standing = seen.standing
    oldest = standing.tickets[0]
    params: Params = {
        "n": len(contacts),
        "sure": standing.is_sure,
        "label": standing.ticket.issue_name or oldest.subject,
        "days": wording.days_between(contacts[-1].at, contacts[0].at),
    }
    return _item(
        "R-ATTEMPT-COUNT@2",
        "attempts",
        params,
        tuple(
            moment_source(seen, contact, _why(seen, contact.ticket_number))
            for contact in contacts
            if contact.ticket_number != seen.ticket.number
        )
        or tuple(moment_source(seen, contact) for contact in contacts),
        confidence="certain" if standing.is_sure else "possible",
        tone="warning" if len(contacts) >= MANY else "",
    )


def contacts_about(seen: Gathered, numbers: set[int]) -> list[Touchpoint]:
    """The contacts about these tickets until the newest on this one, newest first."""
    return [c for c in seen.contacts if c.ticket_number in numbers and c.at <= seen.until]


def _why(seen: Gathered, number: int | None) -> tuple[tuple[str, Params], ...]:
    """Why a ticket counts: its links to the others, as wordings."""
    if number == seen.ticket.number:
        return ()
    ticket = next(one for one in seen.standing.tickets if one.number == number)
    edges = seen.standing.edges_of(ticket.id)
    joining = seen.standing.candidate
    if joining and joining.ticket != ticket.id and ticket in seen.standing.joined:
        edges = [joining.edge, *edges]
    return tuple(why for edge in edges for why in why_linked(seen, edge))


def why_linked(seen: Gathered, edge: Edge) -> list[tuple[str, Params]]:
    """The reasons of a link as wordings: "#1180 and #1171: same A-1042", "same topic"."""
    numbers = {one.id: one.number for one in seen.standing.tickets}
    one, other = numbers.get(edge.one, 0), numbers.get(edge.other, 0)
    said: list[tuple[str, Params]] = []
    for reason, name in edge.reasons:
        if reason == "unresolved":
            said.append(("why_unresolved", {"number": other, "days": name}))
        else:
            said.append((f"why_{reason}", {"one": one, "other": other, "name": name}))
    return said


def _triggers(seen: Gathered) -> Iterator[BriefingItem]:
    """Why they probably write now, the likeliest first (BRIEFING 3.2)."""
    yield from _answer(seen)
    yield from _promises(seen)
    for incident, tickets in seen.incidents:
        params: Params = {"title": incident.title, "n": tickets}
        known = (incident_source(incident),)
        yield _item("R-WHY-INCIDENT@1", "likely_incident", params, known, tone="warning")
    yield from _chaser(seen)
    yield from _reopened(seen)
    for event in seen.outside:
        source = Source(kind="outside", id=event.pk, customer_id=seen.customer.pk)
        params = {"title": event.title, "at": event.at.isoformat()}
        yield _item("R-WHY-OUTSIDE@1", "outside", params, (source,))
    yield from _read(seen)


def _promises(seen: Gathered) -> Iterator[BriefingItem]:
    still_open = [p for p in seen.promises if p.status == Promise.Status.OPEN]
    for promise in sorted(still_open, key=lambda p: p.due_at)[:1]:
        params: Params = {"text": promise.text, "due": promise.due_at.isoformat()}
        source = (promise_source(promise),)
        if promise.due_at < seen.at:
            yield _item("R-PROM-OVERDUE@2", "promise_overdue", params, source, tone="danger")
        elif wording.days_between(promise.due_at, seen.at) == 0:
            yield _item("R-PROM-TODAY@1", "promise_today", params, source, tone="promise")


def own_messages(seen: Gathered) -> list[Message]:
    """What was said on this ticket, newest first."""
    return [message for message in seen.said if message.ticket_id == seen.ticket.pk]


def since_our_reply(seen: Gathered) -> list[Message]:
    """The customer's messages on this ticket that we have not answered, newest first."""
    unanswered = []
    for message in own_messages(seen):
        if message.kind == Message.Kind.REPLY:
            break
        unanswered.append(message)
    return unanswered


def _chaser(seen: Gathered) -> Iterator[BriefingItem]:
    unanswered = since_our_reply(seen)
    replied = len(own_messages(seen)) > len(unanswered)
    if replied and len(unanswered) > 1:
        sources = tuple(message_source(seen, message) for message in unanswered[:3])
        yield _item("R-WHY-CHASER@1", "chaser", {"n": len(unanswered)}, sources, tone="warning")


def _answer(seen: Gathered) -> Iterator[BriefingItem]:
    unanswered = since_our_reply(seen)
    before = own_messages(seen)[len(unanswered) :]
    if unanswered and before:
        asked = questions_in(before[0].own_text, before[0].language)
        for question in asked[-1:]:
            sources = (message_source(seen, before[0]), message_source(seen, unanswered[-1]))
            yield _item("R-WHY-ANSWER@1", "answers_us", {"question": question.text}, sources)


def _reopened(seen: Gathered) -> Iterator[BriefingItem]:
    ended = [t for t in seen.tickets if t.number in seen.sure_numbers and t.ended_at]
    for ticket in ended[:1]:
        after = seen.ticket.opened_at - (ticket.ended_at or seen.at)
        if timedelta() <= after <= REOPENED_WITHIN:
            params: Params = {"days": after.days}
            yield _item("R-WHY-REOPENED@1", "reopened", params, (ticket_source(ticket),))


def _read(seen: Gathered) -> Iterator[BriefingItem]:
    for moment in seen.moments:
        read = moment.kind == Touchpoint.Kind.ARTICLE and moment.direction == "in"
        if read and timedelta() <= seen.until - moment.at <= READ_WITHIN:
            params: Params = {"title": moment.title, "at": moment.at.isoformat()}
            yield _item("R-WHY-READ@1", "read_before", params, (moment_source(seen, moment),))

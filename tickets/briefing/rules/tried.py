"""What was tried for this issue and how it went: what did not work first."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from customers.models import Touchpoint
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import BriefingItem, Params
from tickets.briefing.rules.sources import moment_source, ticket_source

SHOWN = 4
BACK_WITHIN = timedelta(days=14)
READ_WITHIN = timedelta(hours=72)
LIKED = 4
_TONES = {"came_back": "danger", "failed": "danger", "worked": "success"}
FAILED = ("came_back", "failed")


def tried(seen: Gathered) -> Iterator[BriefingItem]:
    found = [*_steps(seen), *_codes(seen), *_read(seen)]
    found.sort(key=lambda item: item.params["at"], reverse=True)
    found.sort(key=lambda item: item.params.get("how") not in FAILED)
    yield from found[:SHOWN]


def _steps(seen: Gathered) -> Iterator[BriefingItem]:
    """Steps of macros, and articles we sent."""
    for moment in seen.moments:
        if moment.ticket_number not in seen.numbers:
            continue
        is_step = moment.kind == Touchpoint.Kind.STEP
        is_sent = moment.kind == Touchpoint.Kind.ARTICLE and moment.direction == "out"
        if is_step or is_sent:
            how = outcome_of(seen, moment.ticket_number)
            name = {"step": moment.title} if is_step else {"title": moment.title}
            params: Params = {**name, "at": moment.at.isoformat(), "how": how}
            yield BriefingItem(
                slot="tried",
                rule="R-TRIED-STEP@1" if is_step else "R-TRIED-SENT@1",
                text_key="tried" if is_step else "sent_article",
                params=params,
                sources=(moment_source(seen, moment),),
                tone=_TONES.get(how, ""),
            )


def _codes(seen: Gathered) -> Iterator[BriefingItem]:
    """How its finished tickets were solved, in the workspace's own words."""
    for ticket in seen.tickets:
        if ticket.number in seen.numbers and ticket.resolution_code and ticket.ended_at:
            how = outcome_of(seen, ticket.number)
            yield BriefingItem(
                slot="tried",
                rule="R-TRIED-CODE@1",
                text_key="solved_by",
                params={
                    "code": ticket.resolution_code,
                    "at": ticket.ended_at.isoformat(),
                    "how": how,
                },
                sources=(ticket_source(ticket),),
                tone=_TONES.get(how, ""),
            )


def _read(seen: Gathered) -> Iterator[BriefingItem]:
    """Articles they read themselves shortly before they turned to us."""
    contacts = [c.at for c in seen.contacts if c.ticket_number in seen.numbers]
    for moment in seen.moments:
        is_read = moment.kind == Touchpoint.Kind.ARTICLE and moment.direction == "in"
        if is_read and any(timedelta() <= at - moment.at <= READ_WITHIN for at in contacts):
            yield BriefingItem(
                slot="tried",
                rule="R-TRIED-READ@1",
                text_key="read",
                params={"title": moment.title, "at": moment.at.isoformat()},
                sources=(moment_source(seen, moment),),
            )


def outcome_of(seen: Gathered, number: int | None) -> str:
    """How what was done on a ticket went: came_back, failed, worked, silence or unknown.

    Only tickets that surely belong to the issue say that it came back.
    """
    ticket = seen.ticket_of(number)
    if ticket is None or ticket.number == seen.ticket.number:
        return "failed" if ticket and ticket.reopened_count else "unknown"
    ended = ticket.ended_at
    if ended is None:
        return "unknown"
    later = [
        one.opened_at
        for one in seen.standing.members
        if ticket.number in seen.sure_numbers and one.opened_at > ticket.opened_at
    ] or _later_in_joined(seen, ticket.number)
    if ticket.reopened_count or any(at - ended <= BACK_WITHIN for at in later):
        return "came_back" if not later or min(later) != seen.ticket.opened_at else "failed"
    rated = [m for m in seen.moments if m.kind == "rating" and m.ticket_number == number]
    if any(m.title.isdecimal() and int(m.title) >= LIKED for m in rated):
        return "worked"
    return "silence" if not ticket.replies_count else "unknown"


def _later_in_joined(seen: Gathered, number: int) -> list[datetime]:
    joined = {one.number: one.opened_at for one in seen.standing.joined}
    return [at for other, at in joined.items() if number in joined and at > joined[number]]

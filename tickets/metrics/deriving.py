"""From a ticket's history to the rows we keep: a Resolution per solve cycle, and CX facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from customers.cx.facts import NewFact
from tickets.metrics.clock import VERSION, Clock, Length
from tickets.metrics.first_response import first_response
from tickets.metrics.next_response import next_responses
from tickets.metrics.reopening import final_cycle, is_courtesy, reopened_at
from tickets.metrics.replay import Cycle, History
from tickets.metrics.solve_time import cycle_time, full_time
from tickets.metrics.targets import BREACHED, MET, Judged
from tickets.metrics.touches import is_one_touch
from tickets.metrics.transfers import transfers
from tickets.metrics.waiting import ON_CUSTOMER, ON_OTHERS, ON_US, waiting, waiting_by_turns
from tickets.models import Ticket

# The columns of a Resolution that events decide, beside those that tell them apart.
NUMBERS = (
    "customer_id", "version", "calendar_id", "team_id", "solved_by_id", "started_at", "solved_at",
    "first_response_c", "first_response_b", "next_responses_c", "next_responses_b",
    "time_to_solve_c", "time_to_solve_b", "full_time_c", "full_time_b",
    "turn_wait_c", "turn_wait_b", "waiting_us_c", "waiting_us_b",
    "waiting_customer_c", "waiting_customer_b", "waiting_other_c", "waiting_other_b",
    "replies", "agent_transfers", "team_transfers",
    "reopened_at", "is_courtesy", "is_eligible", "is_one_touch",
)  # fmt: skip


def resolutions(ticket: Ticket, history: History, clock: Clock) -> list[dict[str, Any]]:
    """Return the numbers of every solved cycle of a ticket, by column."""
    return [
        {"ticket_id": ticket.pk, "cycle": cycle.number, **_numbers(ticket, history, cycle, clock)}
        for cycle in history.cycles
        if cycle.solved_at is not None
    ]


def _numbers(ticket: Ticket, history: History, cycle: Cycle, clock: Clock) -> dict[str, Any]:
    nexts = next_responses(cycle, clock)
    return {
        "customer_id": ticket.customer_id,
        "version": VERSION,
        "calendar_id": clock.calendar_id(cycle.started_at),
        "team_id": ticket.team_id,
        "solved_by_id": cycle.solved_by.agent_id if cycle.solved_by else None,
        "started_at": cycle.started_at,
        "solved_at": cycle.solved_at,
        **_both("first_response", first_response(cycle, clock)),
        "next_responses_c": [length.c for length in nexts],
        "next_responses_b": [length.b for length in nexts],
        **_both("time_to_solve", cycle_time(cycle, clock)),
        **_both("full_time", full_time(history.opened_at, cycle, clock)),
        **_both("turn_wait", waiting_by_turns(cycle, clock)),
        **_both("waiting_us", waiting(cycle, ON_US, clock)),
        **_both("waiting_customer", waiting(cycle, ON_CUSTOMER, clock)),
        **_both("waiting_other", waiting(cycle, ON_OTHERS, clock)),
        "replies": len(cycle.replies),
        "agent_transfers": len(transfers(cycle, "agent")),
        "team_transfers": len(transfers(cycle, "team")),
        "reopened_at": reopened_at(cycle, history),
        "is_courtesy": is_courtesy(cycle),
        "is_eligible": is_eligible(cycle),
        "is_one_touch": is_one_touch(cycle, history),
    }


def is_eligible(cycle: Cycle) -> bool:
    """Whether first-contact resolution can be asked of this cycle.

    The customer came to us, and did not withdraw: solved without a reply by the customer.
    """
    if cycle.number != 1 or not cycle.turns or cycle.solved_by is None:
        return False
    is_ours = any(reply.at < cycle.turns[0].started_at for reply in cycle.replies)
    is_withdrawn = not cycle.replies and not (
        cycle.solved_by.is_human or cycle.solved_by.is_machine
    )
    return not is_ours and not is_withdrawn


def _both(name: str, length: Length | None) -> dict[str, float | None]:
    return {f"{name}_c": length.c if length else None, f"{name}_b": length.b if length else None}


def facts(ticket: Ticket, history: History, clock: Clock) -> Iterator[NewFact]:
    """Yield what a ticket adds to its customer's experience."""
    number = ticket.number
    yield _fact(ticket, "opened", history.opened_at, 1, ref=str(number))
    for index, contact in enumerate(history.contacts):
        ref, channel = f"{number}:{index}", contact.channel
        fact = _fact(ticket, "contact", contact.at, 1, ref=ref, data={"channel": channel})
        yield replace(fact, channel=channel)
    for cycle in history.cycles:
        yield from _of_responses(ticket, cycle, clock)
        yield from _of_cycle(ticket, history, cycle, clock)
    yield from _of_outcome(ticket, history, clock)


def _of_responses(ticket: Ticket, cycle: Cycle, clock: Clock) -> Iterator[NewFact]:
    for index, turn in enumerate(cycle.turns):
        if turn.answered_at is None:
            continue
        first = "first_response" if cycle.number == 1 else "cycle_response"
        length = clock.measure(turn.started_at, turn.answered_at)
        yield _fact(
            ticket,
            "next_response" if index else first,
            turn.answered_at,
            length.c,
            ref=f"{ticket.number}:{cycle.number}:{index}",
            agent=turn.answered_by,
            data={"business": length.b},
        )


def _of_cycle(ticket: Ticket, history: History, cycle: Cycle, clock: Clock) -> Iterator[NewFact]:
    ref = f"{ticket.number}:{cycle.number}"
    if is_courtesy(cycle):
        return
    if cycle.number > 1:
        yield _fact(ticket, "reopened", cycle.started_at, 1, ref=ref)
    if cycle.solved_at is not None:
        yield _solved(ticket, history, cycle, clock, ref=ref)
    for index, hop in enumerate(hop for hop in cycle.hops if hop.is_transfer):
        to = {"to": hop.to, "of": hop.kind}
        yield _fact(ticket, "transfer", hop.at, 1, ref=f"{ref}:{index}", data=to)


def _solved(ticket: Ticket, history: History, cycle: Cycle, clock: Clock, *, ref: str) -> NewFact:
    """A solve cycle: how long it took, and after how long the ticket came back, if it did."""
    assert cycle.solved_at is not None  # noqa: S101  asked of solved cycles only
    length, back = cycle_time(cycle, clock), reopened_at(cycle, history)
    data = {
        "cycle": cycle.number,
        "business": length.b,
        "by_rule": cycle.solved_by is not None and cycle.solved_by.is_machine,
        "replies": len(cycle.replies),
        **({"back": (back - cycle.solved_at).total_seconds()} if back else {}),
    }
    by = _credit(cycle)
    return _fact(ticket, "solved", cycle.solved_at, length.c, ref=ref, agent=by, data=data)


def _credit(cycle: Cycle) -> int | None:
    """Whose work a solved cycle was: who replied last in it, else who solved it."""
    replied = [reply.agent_id for reply in cycle.replies if reply.agent_id is not None]
    solver = cycle.solved_by.agent_id if cycle.solved_by else None
    return replied[-1] if replied else solver


def _of_outcome(ticket: Ticket, history: History, clock: Clock) -> Iterator[NewFact]:
    """What a ticket comes to now: how long it took, or that it is still open."""
    cycle, ref = final_cycle(history), str(ticket.number)
    if cycle is None or cycle.solved_at is None:
        since = history.waiting_since
        waits = {"waiting_since": since.isoformat() if since else None}
        contacts = len(history.contacts)
        yield _fact(ticket, "open", history.opened_at, contacts, ref=ref, data=waits)
        return
    length = full_time(history.opened_at, cycle, clock)
    upto = [one for one in history.cycles[: cycle.number] if not is_courtesy(one)]
    data = {
        "business": length.b,
        "contacts": sum(contact.at <= cycle.solved_at for contact in history.contacts),
        "replies": sum(len(one.replies) for one in upto),
        "transfers": sum(hop.is_transfer for one in upto for hop in one.hops),
        "chasers": _chasers(upto, history),
        **_waits(upto, clock),
    }
    solved_at, by = cycle.solved_at, _credit(cycle)
    yield _fact(ticket, "time_to_solve", solved_at, length.c, ref=ref, agent=by, data=data)
    one_touch = float(is_one_touch(cycle, history))
    yield _fact(ticket, "one_touch", cycle.solved_at, one_touch, ref=ref, agent=by)


def _chasers(cycles: list[Cycle], history: History) -> int:
    """How often the customer turned to us again while their words stood unanswered."""
    turns = [turn for cycle in cycles for turn in cycle.turns]
    return sum(
        turn.started_at < contact.at and (turn.ended_at is None or contact.at < turn.ended_at)
        for contact in history.contacts
        for turn in turns
    )


def _waits(cycles: list[Cycle], clock: Clock) -> dict[str, float]:
    on_us = sum((waiting(cycle, ON_US, clock) for cycle in cycles), Length())
    on_customer = sum((waiting(cycle, ON_CUSTOMER, clock) for cycle in cycles), Length())
    on_others = sum((waiting(cycle, ON_OTHERS, clock) for cycle in cycles), Length())
    by_turns = sum((waiting_by_turns(cycle, clock) for cycle in cycles), Length())
    return {
        "on_us": on_us.b,
        "on_us_c": on_us.c,
        "on_customer": on_customer.c,
        "on_others": on_others.c,
        "on_others_b": on_others.b,
        "unanswered": by_turns.b,
        "unanswered_c": by_turns.c,
    }


def first_contact_fact(
    ticket: Ticket, at: datetime, *, is_solved: bool, agent: int | None, transfers: int
) -> NewFact:
    return _fact(
        ticket,
        "first_contact",
        at,
        float(is_solved),
        ref=str(ticket.number),
        agent=agent,
        data={"transfers": transfers},
    )


def target_fact(ticket: Ticket, judged: Judged) -> NewFact | None:
    """Whether a target was met, dated when it ended; None for one that runs or was cancelled."""
    ended_at = judged.asked.ended_at
    if ended_at is None or judged.outcome not in {MET, BREACHED}:
        return None
    kind, met = f"target_{judged.asked.kind}", float(judged.outcome == MET)
    asked, spent = judged.asked, {"spent": judged.spent, "allowed": judged.aim.seconds}
    return _fact(
        ticket,
        kind,
        ended_at,
        met,
        ref=f"{ticket.number}:{asked.ref}",
        agent=asked.agent_id,
        data=spent,
    )


def _fact(
    ticket: Ticket,
    kind: str,
    at: datetime,
    value: float,
    *,
    ref: str,
    agent: int | None = None,
    data: dict[str, Any] | None = None,
) -> NewFact:
    return NewFact(
        customer_id=ticket.customer_id,
        kind=kind,
        ref=ref,
        at=at,
        value=float(value),
        version=VERSION,
        ticket_number=ticket.number,
        team_id=ticket.team_id,
        agent_id=agent,
        channel=ticket.channel,
        topic_id=ticket.topic_id,
        data=(data or {}) | ({"imported": True} if ticket.is_imported else {}),
    )

"""Turn published conversations and audit logs into moments, to hold our numbers against theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from tickets.metrics.moments import Kind, Moment

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def moments_of_conversation(
    conversation: Mapping[str, Any], *, words_only: bool = False
) -> list[Moment]:
    """Third people's messages are left out, and a customer's word after solving reopens.

    An agent who answers takes the ticket over, so that handoffs are transfers. With `words_only`
    nothing is ever solved.
    """
    solution = None if words_only else conversation.get("solution_message_id")
    return list(_numbered(_conversation(conversation, solution)))


def _conversation(
    conversation: Mapping[str, Any], solution: str | None
) -> Iterator[dict[str, Any]]:
    category, owner = "new", None
    for place, message in enumerate(conversation["messages"]):
        at, kind = when(message["at"]), message["author_type"]
        if place == 0:
            yield {"kind": Kind.OPENED, "at": at, "actor": "customer", "message_id": 1}
        elif kind == "customer":
            yield {"kind": Kind.RECEIVED, "at": at, "actor": "customer", "message_id": 1}
            if category == "solved":
                category = "open"
                yield {"kind": Kind.REOPENED, "at": at, "actor": "customer", "to": category}
        elif kind == "agent":
            agent = int(message["author_id"][1:])
            yield {"kind": Kind.REPLIED, "at": at, "actor": "agent", "agent_id": agent}
            if agent != owner:
                owner = agent
                yield {"kind": Kind.ASSIGNED, "at": at, "actor": "agent", "agent": agent}
        if message["id"] == solution:
            category = "solved"
            yield {"kind": Kind.SOLVED, "at": at, "actor": "customer", "to": category}


def moments_of_incident(rows: Sequence[Mapping[str, str]]) -> list[Moment]:
    return list(_numbered(_incident(rows)))


def category_of(state: str) -> str:
    known = {"New": "new", "Resolved": "solved", "Closed": "closed", "-100": "open"}
    if state.startswith("Awaiting"):
        return "wait_customer" if state == "Awaiting User Info" else "wait_other"
    return known.get(state, "open")


def _incident(rows: Sequence[Mapping[str, str]]) -> Iterator[dict[str, Any]]:
    category, group, assignee = "new", "", ""
    opened = when(rows[0]["opened_at"])
    first = {"to": category, "team": rows[0]["group"]}
    yield {"kind": Kind.OPENED, "at": opened, "actor": "agent", **first}
    group = rows[0]["group"]
    for row in rows:
        at, into = when(row["at"]), category_of(row["state"])
        if row["group"] != group:
            group = row["group"]
            yield {"kind": Kind.MOVED, "at": at, "actor": "agent", "team": group}
        if row["assignee"] != assignee:
            assignee = row["assignee"]
            yield {"kind": Kind.ASSIGNED, "at": at, "actor": "agent", "agent": assignee or None}
        if into != category:
            yield {"kind": _kind_of(category, into), "at": at, "actor": "agent", "to": into}
            category = into


def _kind_of(category: str, into: str) -> Kind:
    if into in {"solved", "closed"}:
        return Kind.SOLVED if into == "solved" else Kind.CLOSED
    return Kind.REOPENED if category in {"solved", "closed"} else Kind.STATUS


def _numbered(happened: Iterator[dict[str, Any]]) -> Iterator[Moment]:
    ids = count(1)
    for one in happened:
        new: dict[str, Any] = {name: one[name] for name in ("team", "agent") if name in one}
        new |= {"category": one["to"]} if "to" in one else {}
        yield Moment(
            id=next(ids),
            at=one["at"],
            kind=one["kind"],
            actor=one["actor"],
            agent_id=one.get("agent_id"),
            message_id=one.get("message_id"),
            new=new,
        )

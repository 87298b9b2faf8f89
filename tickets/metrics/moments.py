"""What metrics read of a ticket's history: a plain sequence, fed by the database, an import or a
test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from helpdesk.lib.actors import ActorKind
from tickets.models import TicketEvent

Kind = TicketEvent.Kind

# What moves a ticket between states, in the order it was recorded.
STATE_KINDS = frozenset(
    {
        Kind.OPENED,
        Kind.STATUS,
        Kind.SOLVED,
        Kind.REOPENED,
        Kind.CLOSED,
        Kind.ASSIGNED,
        Kind.MOVED,
    }
)
METRIC_KINDS = STATE_KINDS | {
    Kind.RECEIVED,
    Kind.REPLIED,
    Kind.CONTACT_LOGGED,
    Kind.TOPIC,
    Kind.DELIVERED,
    Kind.DELIVERY_FAILED,
    Kind.BOUNCED,
    Kind.WITHDRAWN,
}


class Speaker(Enum):
    """Whose public words a moment carries; a call answered on the spot carries both."""

    NOBODY = "nobody"
    CUSTOMER = "customer"
    US = "us"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of a ticket, as far as metrics care. `id` gives the order of recording."""

    id: int
    at: datetime
    kind: str
    actor: str
    agent_id: int | None = None
    message_id: int | None = None
    channel: str = ""
    is_automatic: bool = False
    new: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_human(self) -> bool:
        """Whether one of our people did it, told by us or by the history we imported."""
        return self.actor == ActorKind.AGENT or (
            self.actor == ActorKind.IMPORT and self.agent_id is not None
        )

    @property
    def is_machine(self) -> bool:
        return self.actor in {ActorKind.RULE, ActorKind.SYSTEM}

    @property
    def speaker(self) -> Speaker:
        """Whose words these are. Notes, acknowledgements, rules and automatic mail are nobody's."""
        if self.kind in {Kind.OPENED, Kind.RECEIVED}:
            spoken = self.message_id is not None and not self.is_automatic
            return Speaker.CUSTOMER if spoken else Speaker.NOBODY
        if self.kind == Kind.REPLIED and self.is_human and not self.is_automatic:
            return Speaker.US
        if self.kind == Kind.CONTACT_LOGGED:
            return self._speaker_of_contact()
        return Speaker.NOBODY

    def _speaker_of_contact(self) -> Speaker:
        if self.new.get("direction") != "in":
            return Speaker.US
        return Speaker.BOTH if self.new.get("answered") else Speaker.CUSTOMER


def in_order(moments: Iterable[Moment]) -> list[tuple[datetime, Moment]]:
    """Return each moment once, in the order it took effect, with when that was.

    Words count at their own time, which for a contact written down later is in the past. States
    follow each other as recorded: one that a slower clock dated before its forerunner takes
    effect with it.
    """
    effective: list[tuple[datetime, Moment]] = []
    reached: datetime | None = None
    for moment in sorted({moment.id: moment for moment in moments}.values(), key=lambda m: m.id):
        at = moment.at
        if moment.kind in STATE_KINDS:
            at = reached = max(at, reached or at)
        effective.append((at, moment))
    return sorted(effective, key=lambda pair: (pair[0], pair[1].id))


def without_undone(moments: Iterable[Moment]) -> list[Moment]:
    """Leave out what was taken back at once, and the taking back: neither happened."""
    moments = list(moments)
    undoings = {m.id: m.new["undoes"] for m in moments if "undoes" in m.new}
    gone = {*undoings, *undoings.values()}
    return [moment for moment in moments if moment.id not in gone]


_DELIVERIES = {Kind.DELIVERED, Kind.DELIVERY_FAILED, Kind.BOUNCED}


def undelivered(moments: Iterable[Moment]) -> set[int]:
    """Return the messages of which no copy got through: nobody heard them."""
    last: dict[tuple[int, str], bool] = {}
    for moment in sorted(moments, key=lambda m: m.id):
        if moment.kind in _DELIVERIES and moment.message_id:
            copy = moment.message_id, moment.new.get("address", "")
            last[copy] = moment.kind == Kind.DELIVERED
    heard = {message for (message, _), arrived in last.items() if arrived}
    return {message for message, _ in last} - heard

"""From a ticket's events to its solve cycles. Pure: the same moments give the same history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tickets.metrics.moments import (
    STATE_KINDS,
    Kind,
    Moment,
    Speaker,
    in_order,
    undelivered,
    without_undone,
)
from tickets.models import Category
from tickets.models.status import FINISHED


@dataclass
class Turn:
    """A run of customer messages that nobody answered in between.

    Ends with our reply, or with solving when no reply was needed. Neither: they still wait.
    """

    started_at: datetime
    answered_at: datetime | None = None
    answered_by: int | None = None
    dropped_at: datetime | None = None

    @property
    def ended_at(self) -> datetime | None:
        return self.answered_at or self.dropped_at


@dataclass(frozen=True)
class Contact:
    """The customer turning to us: one a burst of messages."""

    at: datetime
    channel: str


@dataclass(frozen=True)
class Reply:
    at: datetime
    agent_id: int | None


@dataclass(frozen=True)
class Hop:
    """The ticket going to another agent or team. `is_transfer` once a person had owned it."""

    at: datetime
    kind: str
    to: int | None
    is_transfer: bool


@dataclass
class Span:
    """Time spent in one status category; open-ended while it lasts."""

    category: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass
class Cycle:
    """From opening or reopening to the next solving."""

    number: int
    started_at: datetime
    is_started_by_customer: bool = False
    spans: list[Span] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    solved_at: datetime | None = None
    solved_by: Moment | None = None
    last_action_at: datetime | None = None
    reopened_at: datetime | None = None


@dataclass
class History:
    """All a ticket's events come to. The last cycle may still be running.

    `stages` is the ticket's whole life by category, the finished ones too; `spans` of a cycle are
    those until it was solved.
    """

    opened_at: datetime
    cycles: list[Cycle] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    category: str = Category.NEW
    stages: list[Span] = field(default_factory=list)
    first_assigned_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        return self.category in FINISHED

    @property
    def waiting_since(self) -> datetime | None:
        """Since when words of the customer are unanswered, whatever the status says."""
        turns = self.cycles[-1].turns
        return turns[-1].started_at if turns and turns[-1].ended_at is None else None


def replay(moments: Iterable[Moment]) -> History | None:
    """Return what happened; None without an opening. Duplicates of a moment change nothing."""
    moments = without_undone(moments)
    machine = _Replay(undelivered(moments))
    for at, moment in in_order(moments):
        machine.take(moment, at)
    return machine.history


class _Replay:
    """The state of a ticket while its moments are taken one after the other."""

    def __init__(self, unheard: set[int]) -> None:
        self.history: History | None = None
        self._unheard = unheard
        self._turn: Turn | None = None
        self._held: Turn | None = None
        self._is_waiting = False
        self._owner: int | None = None
        self._is_owned = False
        self._team: int | None = None

    def take(self, moment: Moment, at: datetime) -> None:
        if self.history is None:
            if moment.kind != Kind.OPENED:
                return
            self._open(moment, at)
        elif moment.kind in {Kind.ASSIGNED, Kind.MOVED}:
            self._hand_over(moment, at)
            self._note_assignment(moment)
        elif moment.kind in STATE_KINDS and moment.kind != Kind.OPENED:
            self._enter(str(moment.new.get("category", self.history.category)), moment, at)
        self._hear(moment, at)
        if moment.is_human and self.history is not None and not self.history.is_finished:
            self._cycle.last_action_at = at

    @property
    def _history(self) -> History:
        assert self.history is not None  # noqa: S101  every caller comes after the opening
        return self.history

    @property
    def _cycle(self) -> Cycle:
        return self._history.cycles[-1]

    def _open(self, moment: Moment, at: datetime) -> None:
        category = str(moment.new.get("category", Category.NEW))
        self.history = History(opened_at=at, category=category, stages=[Span(category, at)])
        self._team = moment.new.get("team")
        self._begin(at, is_by_customer=moment.speaker == Speaker.CUSTOMER)

    def _begin(self, at: datetime, *, is_by_customer: bool) -> None:
        history = self._history
        cycle = Cycle(len(history.cycles) + 1, at, is_started_by_customer=is_by_customer)
        cycle.spans.append(Span(history.category, at))
        history.cycles.append(cycle)

    def _enter(self, category: str, moment: Moment, at: datetime) -> None:
        history, was_finished = self._history, self._history.is_finished
        if category == history.category:
            return
        history.category = category
        history.stages[-1].ended_at = at
        history.stages.append(Span(category, at))
        if category == Category.WAIT_CUSTOMER:
            self._is_waiting = False
        if was_finished and not history.is_finished:
            self._reopen(at)
        elif history.is_finished and not was_finished:
            self._solve(moment, at)
        elif not was_finished:
            self._cycle.spans[-1].ended_at = at
            self._cycle.spans.append(Span(category, at))

    def _solve(self, moment: Moment, at: datetime) -> None:
        cycle = self._cycle
        cycle.spans[-1].ended_at = at
        cycle.solved_at, cycle.solved_by = at, moment
        if self._turn:
            self._turn.dropped_at = at
        self._turn, self._is_waiting = None, False

    def _reopen(self, at: datetime) -> None:
        """A message that came while solved, and woke the ticket, starts the new cycle's turn."""
        self._cycle.reopened_at = at
        held, self._held = self._held, None
        self._begin(at, is_by_customer=held is not None)
        if held:
            last = self._history.cycles[-2].turns
            last.remove(held)
            self._cycle.turns.append(held)

    def _hear(self, moment: Moment, at: datetime) -> None:
        speaker = moment.speaker
        if moment.kind in {Kind.REPLIED, Kind.ACKNOWLEDGED} and speaker != Speaker.US:
            self._is_waiting = self._is_waiting and moment.kind != Kind.REPLIED
        if speaker in {Speaker.CUSTOMER, Speaker.BOTH}:
            self._customer_speaks(moment, at)
        if speaker in {Speaker.US, Speaker.BOTH}:
            self._is_waiting = False
            if moment.message_id not in self._unheard:
                self._we_speak(moment, at)

    def _customer_speaks(self, moment: Moment, at: datetime) -> None:
        if not self._is_waiting:
            channel = moment.channel or str(moment.new.get("contact", ""))
            self._history.contacts.append(Contact(at, channel))
        self._is_waiting = True
        if self._turn is None:
            self._turn = Turn(at)
            self._cycle.turns.append(self._turn)
            self._held = self._turn if self._history.is_finished else None

    def _we_speak(self, moment: Moment, at: datetime) -> None:
        if not self._history.is_finished:
            self._cycle.replies.append(Reply(at, moment.agent_id))
        if self._turn:
            self._turn.answered_at, self._turn.answered_by = at, moment.agent_id
        self._turn = self._held = None

    def _hand_over(self, moment: Moment, at: datetime) -> None:
        if moment.kind == Kind.MOVED:
            self._move(moment.new.get("team"), at)
            return
        agent = moment.new.get("agent")
        if agent is None:
            # Somebody's absence gives the ticket back; who takes it next is not a transfer.
            self._owner = None if moment.is_machine else self._owner
        else:
            if agent != self._owner and self._owner is not None:
                self._cycle.hops.append(Hop(at, "agent", agent, is_transfer=True))
            self._owner, self._is_owned = agent, True

    def _note_assignment(self, moment: Moment) -> None:
        """As recorded, also where a history begins before the opening it names."""
        if moment.kind == Kind.ASSIGNED and moment.new.get("agent") is not None:
            self._history.first_assigned_at = self._history.first_assigned_at or moment.at

    def _move(self, team: int | None, at: datetime) -> None:
        if team != self._team:
            is_transfer = self._is_owned and self._team is not None
            self._cycle.hops.append(Hop(at, "team", team, is_transfer=is_transfer))
        self._team = team

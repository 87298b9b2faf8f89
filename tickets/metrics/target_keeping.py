"""Keep the targets of tickets as events and policies say; one that has ended keeps its policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customers.cx.facts import NewFact
from customers.models import Promise
from helpdesk.lib.rows import insert_rows, update_rows
from tickets.metrics.clock import Clock
from tickets.metrics.deriving import target_fact
from tickets.metrics.models import Alert, Target
from tickets.metrics.replay import History
from tickets.metrics.targets import CANCELLED, PENDING, Asked, Judged, judge
from tickets.models import NEVER, Category, SlaPolicy, TargetKind, Ticket
from tickets.operations.clocks import next_due
from tickets.operations.policies import Facts, facts_of, first_fit, read_ahead

_REPLIES = (TargetKind.FIRST_REPLY, TargetKind.NEXT_REPLY)


def keep_targets(
    tickets: Sequence[Ticket],
    histories: Mapping[int, History],
    clock: Clock,
    *,
    policies: Sequence[SlaPolicy] | None = None,
    write: bool,
) -> tuple[int, list[NewFact]]:
    """Derive the targets of a batch; with `write` off only compare them with what is stored.

    What is due next, the reply and the solving, is put on its ticket, where queues read it.
    `policies` are those to choose from, in the order they are tried, where not all are meant.
    Returns how many rows differed, and the facts of those that have ended.
    """
    if policies is None:
        policies = list(SlaPolicy.objects.order_by("position", "pk"))
    stored: dict[int, dict[str, Target]] = defaultdict(dict)
    for row in Target.objects.filter(ticket__in=[t.pk for t in tickets]):
        stored[row.ticket_id][row.ref] = row
    by_id = _with_those_of(stored, policies)
    read_ahead(tickets, policies)
    clocks, difference = Clock.by_name(), _Difference()
    facts: list[NewFact | None] = []
    for ticket in tickets:
        known, history = stored[ticket.pk], histories.get(ticket.pk)
        choose = _chooser(ticket, known, policies, by_id)
        judged = list(judge(history, clock, choose, clocks=clocks)) if history else []
        difference.compare(ticket, known, judged)
        facts += [target_fact(ticket, one) for one in judged]
        if write:
            _put_on_ticket(ticket, judged)
            _put_alarm(ticket, known, judged)
    if write:
        difference.write()
    return difference.total, [fact for fact in facts if fact is not None]


@dataclass
class _Difference:
    added: list[Target] = field(default_factory=list)
    changed: list[Target] = field(default_factory=list)
    removed: list[Target] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)

    def compare(
        self, ticket: Ticket, known: Mapping[str, Target], judged: Sequence[Judged]
    ) -> None:
        for one in judged:
            row, fields = known.get(one.asked.ref), _fields(one)
            if row is None:
                self.added.append(Target(ticket=ticket, ref=one.asked.ref, **fields))
            elif any(getattr(row, name) != value for name, value in fields.items()):
                if row.started_at != one.asked.started_at:
                    # A merge or a split has given the name to another stretch.
                    row.warned_at = row.escalated_at = None
                for name, value in fields.items():
                    setattr(row, name, value)
                self.changed.append(row)
        asked = {one.asked.ref for one in judged}
        gone = [row for ref, row in known.items() if ref not in asked]
        if ticket.merged_into_id is None:
            self.removed += gone
        else:
            self._cancel(gone)

    def _cancel(self, rows: Iterable[Target]) -> None:
        """What a merged ticket was asked it is asked again after an undo: it keeps its policy."""
        for row in rows:
            if (row.outcome, row.due_at) != (CANCELLED, None):
                row.outcome, row.due_at = CANCELLED, None
                self.changed.append(row)

    def write(self) -> None:
        update_rows(self.changed, (*_FIELDS, "warned_at", "escalated_at"))
        insert_rows(self.added, ("ticket_id", "ref", *_FIELDS))
        if ended := [row.pk for row in self.changed if row.outcome != PENDING]:
            Alert.objects.filter(target__in=ended).delete()
        Target.objects.filter(pk__in=[row.pk for row in self.removed]).delete()


_FIELDS = (
    "kind", "policy_id", "calendar_id", "started_at", "ended_at", "due_at", "spent", "outcome",
    "warn_at", "escalate_at",
)  # fmt: skip


def _fields(one: Judged) -> dict[str, Any]:
    asked = one.asked
    values = (
        asked.kind, one.policy.pk, one.calendar_id, asked.started_at, asked.ended_at, one.due_at,
        one.spent, one.outcome, one.warn_at, one.escalate_at,
    )  # fmt: skip
    return dict(zip(_FIELDS, values, strict=True))


def _with_those_of(
    stored: Mapping[int, Mapping[str, Target]], policies: Sequence[SlaPolicy]
) -> dict[int, SlaPolicy]:
    """The policies to choose from and those of what is stored, by id."""
    known = {policy.pk: policy for policy in policies}
    used = {row.policy_id for rows in stored.values() for row in rows.values()}
    return known | (SlaPolicy.objects.in_bulk(used - known.keys()) if used - known.keys() else {})


def _chooser(
    ticket: Ticket,
    known: Mapping[str, Target],
    policies: Sequence[SlaPolicy],
    by_id: Mapping[int, SlaPolicy],
) -> Callable[[Asked], SlaPolicy | None]:
    """Say which policy measures a stretch: its own once ended, else the first that fits."""
    facts: Facts = facts_of(ticket, policies)
    kept = {ref: by_id[row.policy_id] for ref, row in known.items() if row.outcome != PENDING}

    def choose(asked: Asked) -> SlaPolicy | None:
        at = asked.started_at
        in_force = (
            one
            for one in policies
            if one.begins_at <= at and (one.ends_at is None or one.ends_at > at)
        )
        own = kept.get(asked.ref) if asked.ended_at is not None else None
        return own or first_fit(in_force, facts)

    return choose


def _put_on_ticket(ticket: Ticket, judged: Sequence[Judged]) -> None:
    """A priority, team or pause may have moved what the operation reckoned on the spot."""
    running = [one for one in judged if one.outcome == PENDING]
    due = [one.due_at for one in running if one.asked.kind in _REPLIES]
    if ticket.waiting_since is None:
        due = [None]  # nobody waits, whatever a merge and its undo left behind
    reply_due_at = due[0] if len(due) == 1 else ticket.reply_due_at
    solving = (one.due_at for one in running if one.asked.kind == TargetKind.SOLVING)
    solve_due_at = next(solving, None)
    if (reply_due_at, solve_due_at) == (ticket.reply_due_at, ticket.solve_due_at):
        return
    ticket.reply_due_at, ticket.solve_due_at = reply_due_at, solve_due_at
    ticket.queue_at = min(next_due(ticket), _promise_due(ticket))
    ticket.save(update_fields=["reply_due_at", "solve_due_at", "queue_at"])


def _promise_due(ticket: Ticket) -> datetime:
    """When the next promise is due that keeps an answered ticket ours (wait_for_us)."""
    if ticket.waiting_since is not None or ticket.category != Category.OPEN:
        return NEVER
    promises = Promise.objects.outstanding().filter(ticket_number=ticket.number)
    return promises.order_by("due_at").values_list("due_at", flat=True).first() or NEVER


def _put_alarm(ticket: Ticket, known: Mapping[str, Target], judged: Sequence[Judged]) -> None:
    """What was told of a target is said in queues while its clock runs, and it is due as told."""
    rows = [known.get(one.asked.ref) for one in judged if one.due_at is not None]
    alarms = {alarm_of(row) for row in rows if row is not None}
    alarm = max(alarms, key=_LOUDER.index, default=Ticket.Alarm.NONE)
    if alarm != ticket.alarm:
        ticket.alarm = alarm
        ticket.save(update_fields=["alarm"])


_LOUDER = (Ticket.Alarm.NONE, Ticket.Alarm.WARNED, Ticket.Alarm.MISSED)


def alarm_of(target: Target) -> Ticket.Alarm:
    """Return what was told of a running target and still holds, should it be due later now."""
    if target.escalated_at and target.due_at and target.due_at <= target.escalated_at:
        return Ticket.Alarm.MISSED
    if target.warned_at:
        return Ticket.Alarm.WARNED
    return Ticket.Alarm.NONE

"""What a policy would have asked of past tickets, before it is in force. Changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.accounts.models import Agent
from tickets.metrics.attainment import Attainment
from tickets.metrics.clock import Clock
from tickets.metrics.reading import moments_of
from tickets.metrics.replay import replay
from tickets.metrics.targets import BREACHED, CANCELLED, MET, PENDING, judge
from tickets.models import SlaPolicy, TargetKind, Ticket
from tickets.operations.policies import facts_of, first_fit, fits

SINCE = timedelta(days=90)
# Enough to see what a target does; the newest ones, so that a page answers in a moment.
LOOKED_AT = 500


@dataclass(frozen=True)
class Preview:
    """How tickets would have fared: of `looked_at` opened lately, `fitting` fall under it."""

    looked_at: int
    fitting: int
    taken: int
    kinds: list[Attainment]


def preview_policy(
    policy: SlaPolicy, *, replaces: SlaPolicy | None, agent: Agent, at: datetime
) -> Preview:
    """Measure the newest tickets of 90 days, that the agent may see, by an unsaved policy.

    It stands at its position among those in force; `replaces` is the version it would end.
    `taken` fit it too, and would fall under one that comes before.
    """
    rows = Ticket.objects.visible_to(agent).filter(opened_at__gte=at - SINCE, merged_into=None)
    tickets = list(
        rows.select_related("topic", "customer__organisation").order_by("-opened_at")[:LOOKED_AT]
    )
    others = [one for one in SlaPolicy.objects.in_force(at) if one != replaces]
    tried = sorted([*others, policy], key=lambda one: (one.position, one.pk or 0))
    fitting, taken = [], 0
    for ticket in tickets:
        facts = facts_of(ticket, tried)
        if first_fit(tried, facts) is policy:
            fitting.append(ticket.pk)
        elif fits(policy, facts):
            taken += 1
    counts = _outcomes(policy, fitting, at=at)
    kinds = [_counted(kind, counts) for kind in TargetKind.values if policy.aim(kind)]
    return Preview(len(tickets), len(fitting), taken, kinds)


def _outcomes(
    policy: SlaPolicy, ticket_ids: list[int], *, at: datetime
) -> Counter[tuple[str, str]]:
    """Count targets by kind and outcome; a running one that is late already as overdue."""
    counts: Counter[tuple[str, str]] = Counter()
    clock, clocks = Clock.of_workspace(), Clock.by_name()
    for moments in moments_of(ticket_ids).values():
        history = replay(moments)
        for one in judge(history, clock, lambda _: policy, clocks=clocks) if history else ():
            is_late = one.outcome == PENDING and one.due_at is not None and one.due_at < at
            counts[one.asked.kind, "overdue" if is_late else one.outcome] += 1
    return counts


def _counted(kind: str, counts: Counter[tuple[str, str]]) -> Attainment:
    return Attainment(
        kind=kind,
        met=counts[kind, MET],
        breached=counts[kind, BREACHED],
        cancelled=counts[kind, CANCELLED],
        running=counts[kind, PENDING],
        overdue=counts[kind, "overdue"],
    )

"""SLA attainment (METRICS 5.2): targets met of those met or breached, with a Wilson interval.

Counted by when a target ended. Running targets are not in it; a running one that is overdue can
only be breached, and is said apart, like turns that needed no reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from customers.cx.spreads import wilson
from tickets.metrics.models import Target
from tickets.models import TargetKind

Outcome = Target.Outcome


@dataclass(frozen=True)
class Attainment:
    """How targets of one kind ended, and how many still run or are overdue."""

    kind: str
    met: int
    breached: int
    cancelled: int
    running: int
    overdue: int

    @property
    def n(self) -> int:
        return self.met + self.breached

    @property
    def percent(self) -> int | None:
        """Whole per cent, from five ended targets on; below, the counts say it."""
        return round(100 * self.met / self.n) if self.n >= 5 else None  # noqa: PLR2004

    @property
    def interval(self) -> tuple[int, int] | None:
        """The 95 % interval in whole per cent, where a percentage is said."""
        if self.percent is None:
            return None
        low, high = wilson(self.met, self.n)
        return round(100 * low), round(100 * high)


def attainment(targets: QuerySet[Target], *, since: datetime, at: datetime) -> list[Attainment]:
    """Return how targets of each kind ended in [since, at), and what runs at `at`."""
    ended = Q(ended_at__gte=since, ended_at__lt=at)
    rows = targets.values("kind").annotate(
        met=Count("pk", filter=ended & Q(outcome=Outcome.MET)),
        breached=Count("pk", filter=ended & Q(outcome=Outcome.BREACHED)),
        cancelled=Count("pk", filter=ended & Q(outcome=Outcome.CANCELLED)),
        overdue=Count("pk", filter=Q(outcome=Outcome.PENDING, due_at__lt=at)),
        running=Count("pk", filter=Q(outcome=Outcome.PENDING)),
    )
    found: dict[str, dict[str, Any]] = {row["kind"]: dict(row) for row in rows}
    return [_of(kind, found.get(kind, {})) for kind in TargetKind.values]


def _of(kind: str, row: dict[str, Any]) -> Attainment:
    overdue = row.get("overdue", 0)
    return Attainment(
        kind=kind,
        met=row.get("met", 0),
        breached=row.get("breached", 0),
        cancelled=row.get("cancelled", 0),
        running=row.get("running", 0) - overdue,
        overdue=overdue,
    )

"""How often the lines of each rule are shown, and how often what proves them is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Sum

from tickets.briefing.items import BriefingItem
from tickets.briefing.models import RuleUse

# Lines that lead nowhere in the strip cannot be opened, and are judged by nobody's clicks.
NOT_OPENED = frozenset({"identity", "guard"})
DEAD_FROM, DEAD_SHARE = 200, 0.01

_ADD = """
INSERT INTO briefing_ruleuse (rule, day, shown, opened)
SELECT rule, %s, shown, opened FROM unnest(%s::text[], %s::int[], %s::int[]) u(rule, shown, opened)
ORDER BY rule
ON CONFLICT (rule, day) DO UPDATE
SET shown = briefing_ruleuse.shown + EXCLUDED.shown,
    opened = briefing_ruleuse.opened + EXCLUDED.opened
"""


@dataclass(frozen=True)
class Used:
    """A rule with how often its lines were shown, and what proves them opened."""

    rule: str
    shown: int
    opened: int

    @property
    def is_dead(self) -> bool:
        """Shown more than 200 times, and opened less than once in a hundred: to be removed."""
        return self.shown > DEAD_FROM and self.opened < DEAD_SHARE * self.shown


def note_shown(items: Iterable[BriefingItem], *, at: datetime) -> None:
    """Count lines that came before an agent's eyes, for the rules that made them."""
    lines = (item for item in items if item.sources and item.slot not in NOT_OPENED)
    _add(Counter(item.rule for item in lines), {}, at=at)


def note_opened(rule: str, *, at: datetime) -> None:
    """Count that an agent opened what proves a line of a rule."""
    _add({}, {rule: 1}, at=at)


def rules_used(first: date, last: date) -> list[Used]:
    """Return the rules whose lines were shown on these days (UTC), by name."""
    rows = RuleUse.objects.filter(day__range=(first, last)).values("rule").order_by("rule")
    summed = rows.annotate(n=Sum("shown"), m=Sum("opened"))
    return [Used(row["rule"], row["n"], row["m"]) for row in summed]


def _add(shown: Mapping[str, int], opened: Mapping[str, int], *, at: datetime) -> None:
    """One statement in the order of the rules, so that nobody waits in a circle."""
    rules = sorted({*shown, *opened})
    if rules:
        numbers = [[some.get(rule, 0) for rule in rules] for some in (shown, opened)]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [at.date(), rules, *numbers])

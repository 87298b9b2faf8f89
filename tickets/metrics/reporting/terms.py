"""What definitions are written with: terms of facts, as SQL, and the words of their dates."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tickets.metrics.reporting.metric import Term


def number(name: str) -> str:
    return f"(f.data->>'{name}')::float"


def of_solving(value: str, business: str = "") -> tuple[Term, ...]:
    """What is no time is the same by either clock."""
    return (Term(kinds=("time_to_solve",), value=value, business=business or value),)


def time(*kinds: str, where: str = "true") -> tuple[Term, ...]:
    return (Term(kinds=kinds, value="f.value", business=number("business"), where=where),)


def hits(kind: str) -> tuple[Term, ...]:
    return (Term(kinds=(kind,), total="f.value"),)


def repeats(window: timedelta) -> tuple[Term, ...]:
    within = f"(f.value <= {window.total_seconds():.0f})::int"
    repeat = Term(kinds=("repeat",), n="0", total=within, where=f"{within} = 1")
    return (Term(kinds=("contact",)), repeat)


def scores(kind: str) -> tuple[Term, ...]:
    return (Term(kinds=(kind,), value="f.value"),)


def answers(name: str, wanted: str) -> tuple[Term, ...]:
    hit = f"(f.data->>'{name}' = '{wanted}')::int"
    return (Term(kinds=("rating", "ces", "nps"), total=hit, where=f"f.data ? '{name}'"),)


def matches(tiers: str) -> tuple[Term, ...]:
    return (Term(kinds=("match",), total="f.value", where=f"f.data->>'tier' IN ({tiers})"),)


def order_that_is(beginning: str) -> tuple[Term, ...]:
    return (Term(kinds=("order",), where=f"f.data ? '{beginning}'"),)


REPLIED = _("by when we replied")
SOLVED = _("by when it was solved")
ANSWERED = _("by when the customer answered")
TURNED = _("by when the customer turned to us")
ENDED = _("by when the target ended")
ORDERED = _("by when they ordered")
DECIDED = _("by when an agent decided")

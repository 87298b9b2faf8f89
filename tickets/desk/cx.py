"""The CX summary as the profile shows it: stored numbers as cells that open their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from customers.cx.cells import cells
from customers.cx.changes import beside
from customers.cx.cohorts import cohort_words
from customers.cx.display import Cell
from customers.cx.health_display import Health, health_of
from customers.cx.models import CXSummary
from customers.cx.queries import (
    BLOCKS,
    REASONS,
    SWITCHED,
    USUAL_WINDOW,
    WINDOWS,
    Subject,
    numbers_of,
    rows_behind,
)
from customers.cx.seen import SHORT
from customers.cx.value import orders_of, value_of
from customers.models import Order
from helpdesk.accounts.models import Agent
from tickets.desk.cx_words import (
    ChangeWords,
    HistoryWords,
    change_words,
    history_words,
    reason_words,
    row_of_fact,
    row_of_order,
    value_cell,
)

VALUE = "value"
WINDOW_WORDS = {
    "30d": _lazy("30 days"),
    "90d": _lazy("90 days"),
    "12m": _lazy("12 months"),
    "all": _lazy("all time"),
}


@dataclass(frozen=True)
class CXBlock:
    """The summary of a customer or an organisation, ready to print.

    `since` is what `changes` are counted from: the agent's last look, where `has_looked`.
    """

    health: Health
    cells: list[Cell]
    computed_at: datetime
    window: str
    windows: list[tuple[str, Any]]
    changes: list[ChangeWords]
    history: list[HistoryWords]
    since: datetime
    has_looked: bool
    untimed: int
    compared_with: str


def window_in(asked: str) -> str:
    """Return the window an address asks for; the usual one for anything else."""
    return asked if asked in WINDOWS else USUAL_WINDOW


def cx_block(
    subject: Subject,
    *,
    agent: Agent,
    at: datetime,
    window: str = USUAL_WINDOW,
    looked_at: datetime | None = None,
    orders: Sequence[Order] | None = None,
) -> CXBlock | None:
    """Return the stored summary for showing, or None when there is nothing yet.

    Reads `subject.cx_summary`, which the caller has fetched along. `looked_at` is when this agent
    was here before; `orders` are all of theirs, where the caller has them. One query, one more for
    another window than the usual one, and one for orders that are not given.
    """
    summary: CXSummary | None = getattr(subject, "cx_summary", None)
    if summary is None or "contacts" not in summary.data:
        return None
    data, since = numbers_of(subject, summary, window=window), looked_at or at - SHORT
    around = beside(subject, summary, since=since, agent=agent, at=at)
    shown = cells(data, at=at, usual=around.usual, window=window)
    if value := value_of(subject, at=at, orders=orders):
        shown.append(value_cell(value))
    return CXBlock(
        health=health_of(data),
        cells=shown,
        computed_at=summary.computed_at,
        window=window,
        windows=list(WINDOW_WORDS.items()),
        changes=change_words(around.changes),
        history=history_words(around.history),
        since=since,
        has_looked=looked_at is not None,
        untimed=data["untimed"],
        compared_with=cohort_words(summary.cohort) if around.usual else "",
    )


def cx_rows_of(
    subject: Subject, *, block: str, agent: Agent, at: datetime, window: str = USUAL_WINDOW
) -> dict[str, Any]:
    """Return the rows behind one number that this agent may see, newest first, for its page.

    As of when the number was computed, in the window it was counted in.
    """
    summary: CXSummary | None = getattr(subject, "cx_summary", None)
    at = summary.computed_at if summary else at
    if block == VALUE:
        orders = [row_of_order(order) for order in orders_of(subject, at=at)]
        return {"title": _("Orders"), "rows": orders, "hidden": 0}
    if block not in BLOCKS and block not in REASONS:
        raise Http404
    behind = rows_behind(subject, block, window=window, agent=agent, at=at)
    rows = [row_of_fact(fact) for fact in behind.facts]
    context: dict[str, Any] = {"rows": rows, "hidden": behind.hidden, "is_cut": behind.is_cut}
    if block in REASONS:
        return context | {"title": reason_words(block, len(rows) + behind.hidden)}
    shown: list[Cell] = []
    if summary and "contacts" in summary.data:
        data = numbers_of(subject, summary, window=window)
        shown = cells(data, at=at, window=window)
    cell = next((cell for cell in shown if cell.key == block), None)
    return context | {
        "title": cell.label if cell else block.replace("_", " "),
        "said": cell.text if cell else "",
        "window": WINDOW_WORDS[window] if block in SWITCHED else "",
    }

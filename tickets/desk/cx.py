"""The CX summary as the profile shows it: stored numbers as cells that open their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404

from customers.cx.baseline import usual
from customers.cx.display import Cell, cells
from customers.cx.health_display import Health, health_of
from customers.cx.models import CXSummary
from customers.cx.queries import BLOCKS, rows_behind
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Agent
from helpdesk.templatetags.desk import duration

SECONDS = frozenset({"first_response", "next_response", "time_to_solve"})


@dataclass(frozen=True)
class CXBlock:
    """The summary of a customer or an organisation, ready to print."""

    health: Health
    cells: list[Cell]
    computed_at: datetime


def cx_block(subject: Customer | Organisation, *, at: datetime) -> CXBlock | None:
    """Return the stored summary for showing, or None when there is nothing yet.

    Reads `subject.cx_summary`, which the caller has fetched along.
    """
    summary: CXSummary | None = getattr(subject, "cx_summary", None)
    if summary is None or "contacts" not in summary.data:
        return None
    return CXBlock(
        health_of(summary.data), cells(summary.data, at=at, usual=usual()), summary.computed_at
    )


def cx_rows_of(
    subject: Customer | Organisation, *, block: str, agent: Agent, at: datetime
) -> dict[str, Any]:
    """Return the rows behind one number that this agent may see, newest first, for its page."""
    if block not in BLOCKS:
        raise Http404
    behind = rows_behind(subject, block, agent=agent, at=at)
    summary: CXSummary | None = getattr(subject, "cx_summary", None)
    shown = cells(summary.data, at=at) if summary and "contacts" in summary.data else []
    title = next((cell.label for cell in shown if cell.key == block), block.replace("_", " "))
    rows = [(fact, _value(fact.kind, fact.value)) for fact in behind.facts]
    return {"title": title, "rows": rows, "hidden": behind.hidden, "is_cut": behind.is_cut}


def _value(kind: str, value: float | None) -> str:
    if value is None:
        return ""
    return duration(value) if kind in SECONDS else f"{value:g}"

"""What the profile's numbers are, and the rows each of them opens to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customers.cx.models import CXFact, CXSummary
from customers.cx.summary import SHORT, YEAR
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Agent

SHOWN_ROWS = 200
FOREVER = None

# Which facts a block counts, and over which window.
BLOCKS: dict[str, tuple[tuple[str, ...], timedelta | None]] = {
    "contacts": (("contact",), SHORT),
    "tickets": (("contact", "time_to_solve"), SHORT),
    "first_reply": (("first_response",), YEAR),
    "next_reply": (("next_response",), YEAR),
    "time_to_solve": (("time_to_solve", "open"), YEAR),
    "waiting": (("time_to_solve",), YEAR),
    "first_contact": (("first_contact",), YEAR),
    "one_touch": (("one_touch",), YEAR),
    "reopens": (("reopened",), YEAR),
    "transfers": (("transfer",), YEAR),
    "promises": (("promise",), YEAR),
    "ratings": (("rating", "ces", "nps"), FOREVER),
}


@dataclass(frozen=True)
class Behind:
    """The facts behind a number, newest first, and how many of them this agent may not see."""

    facts: list[CXFact]
    hidden: int
    is_cut: bool


def summary_of(subject: Customer | Organisation) -> CXSummary | None:
    """Return the stored summary of a customer or an organisation."""
    return CXSummary.objects.filter(**_about(subject, "")).first()


def rows_behind(
    subject: Customer | Organisation,
    block: str,
    *,
    window: timedelta | None = None,
    agent: Agent,
    at: datetime,
) -> Behind:
    """Return the facts a block's number is made of, with their ticket numbers.

    `window` replaces the block's own. Raises KeyError for a block there is not.
    """
    kinds, usual_window = BLOCKS[block]
    facts = CXFact.objects.filter(kind__in=kinds, **_about(subject, "customer__"))
    if reach := window or usual_window:
        in_reach = facts.filter(at__gt=at - reach)
        facts = in_reach | facts.filter(kind="open") if "open" in kinds else in_reach
    if block != "promises":
        facts = facts.filter(at__lte=at)
    seen = facts.visible_to(agent)
    rows = list(seen.select_related("customer").order_by("-at", "-id")[: SHOWN_ROWS + 1])
    hidden = facts.count() - seen.count()
    return Behind(rows[:SHOWN_ROWS], hidden, is_cut=len(rows) > SHOWN_ROWS)


def _about(subject: Customer | Organisation, path: str) -> dict[str, Any]:
    if isinstance(subject, Customer):
        return {"customer": subject}
    return {f"{path}organisation": subject}

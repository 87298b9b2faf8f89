"""The CX summary as the profile shows it: from stored numbers to cells that open their rows."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.cx.models import CXFact, CXSummary
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Agent

ROWS = 200

# Which facts a block's number is made of, and what the block is called.
BLOCKS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "contacts": (_("Contacts"), ("contact",)),
    "first_reply": (_("First reply"), ("first_response",)),
    "time_to_solve": (_("Time to solve"), ("time_to_solve",)),
    "solved": (_("Solved"), ("solved",)),
    "first_contact": (_("Solved first time"), ("first_contact",)),
    "reopens": (_("Reopened"), ("reopened",)),
    "transfers": (_("Handed over"), ("transfer",)),
    "promises": (_("Promises"), ("promise_due", "promise_kept", "promise_late", "promise_broken")),
    "ratings": (_("Ratings"), ("rating",)),
}


def cx_block(customer: Customer) -> dict[str, Any] | None:
    """Return what the summary block shows for a customer, or None when there is nothing yet."""
    return _shown(getattr(customer, "cx_summary", None))


def organisation_cx_block(organisation: Organisation) -> dict[str, Any] | None:
    """Return what the summary block shows for all people of an organisation."""
    return _shown(getattr(organisation, "cx_summary", None))


def _shown(summary: CXSummary | None) -> dict[str, Any] | None:
    return summary.data if summary and summary.data else None


def cx_rows_of(subject: Customer | Organisation, *, block: str, agent: Agent) -> dict[str, Any]:
    """Return the rows behind one number that this agent may see, newest first, for its page."""
    if block not in BLOCKS:
        raise Http404
    title, kinds = BLOCKS[block]
    facts = CXFact.objects.filter(kind__in=kinds)
    if isinstance(subject, Customer):
        facts = facts.filter(customer=subject)
    else:
        facts = facts.filter(customer__organisation=subject)
    rows = facts.visible_to(agent).select_related("customer").order_by("-at", "-pk")
    return {"title": title, "rows": list(rows[:ROWS])}

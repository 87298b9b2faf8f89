"""The customer's other tickets as plain lines: never matched, never hidden by a rule."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Touchpoint
from helpdesk.accounts.models import Agent, Rights
from helpdesk.lib.compiled import Compiled
from tickets.briefing.items import LastContact
from tickets.models import Category, Ticket

# As many stand beside the ticket; the others, as far as anybody reads, open below them.
SHOWN, OPENED = 7, 60
_FIELDS = (
    "number", "opened_at", "channel", "subject", "status__name", "category", "assignee__name",
    "assignee__email", "reopened_count", "replies_count",
)  # fmt: skip


def last_contacts(ticket: Ticket, *, agent: Agent, limit: int) -> list[LastContact]:
    """Return the customer's other tickets, newest first, later ones marked; one query."""
    rows = _contacts(
        agent.rights, limit, agent=agent.pk, ticket=ticket.pk, customer=ticket.customer_id
    )
    return [
        LastContact(
            number=row["number"],
            at=row["opened_at"],
            channel=row["channel"],
            subject=row["subject"],
            status=row["status__name"],
            category=row["category"],
            owner=row["assignee__name"] or row["assignee__email"] or "",
            outcome=_outcome(row["category"], row["reopened_count"], row["replies_count"]),
            rating=int(row["score"]) if (row["score"] or "").isdecimal() else None,
            comment=row["comment"] or "",
            is_later=row["opened_at"] > ticket.opened_at,
        )
        for row in rows
    ]


@Compiled
def _contacts(
    rights: Rights, limit: int, *, agent: int, ticket: int, customer: int
) -> QuerySet[Any, Any]:
    rated = Touchpoint.objects.filter(
        kind=Touchpoint.Kind.RATING, ticket_number=OuterRef("number")
    ).order_by("-at")
    contacts: QuerySet[Any, Any] = (
        Ticket.objects.visible_to(Agent.of_rights(rights, pk=agent))
        .filter(customer=customer)
        .exclude(pk=ticket)
        .annotate(
            score=Subquery(rated.values("title")[:1]), comment=Subquery(rated.values("text")[:1])
        )
        .order_by("-opened_at", "-id")
        .values(*_FIELDS, "score", "comment")
    )
    return contacts[:limit]


def _outcome(category: str, reopened: int, replies: int) -> str:
    if category not in {Category.SOLVED, Category.CLOSED}:
        return _("still open")
    if reopened:
        return ngettext("came back once", "came back %(n)s times", reopened) % {"n": reopened}
    return _("ended without a reply") if not replies else ""

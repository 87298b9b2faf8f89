"""The customer's other tickets as plain lines: never matched, never hidden by a rule."""

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Touchpoint
from helpdesk.accounts.models import Agent
from tickets.briefing.items import LastContact
from tickets.models import Category, Ticket

SHOWN = 60


def last_contacts(ticket: Ticket, *, agent: Agent) -> list[LastContact]:
    """Return the customer's other tickets, the newest SHOWN, later ones marked; one query."""
    rated = Touchpoint.objects.filter(
        kind=Touchpoint.Kind.RATING, ticket_number=OuterRef("number")
    ).order_by("-at")
    rows = (
        Ticket.objects.visible_to(agent)
        .filter(customer=ticket.customer_id)
        .exclude(pk=ticket.pk)
        .select_related("status", "assignee")
        .annotate(
            score=Subquery(rated.values("title")[:1]), comment=Subquery(rated.values("text")[:1])
        )
        .order_by("-opened_at", "-id")[:SHOWN]
    )
    return [
        LastContact(
            number=row.number,
            at=row.opened_at,
            channel=row.channel,
            subject=row.subject,
            status=row.status.name,
            category=row.category,
            owner=str(row.assignee) if row.assignee else "",
            outcome=_outcome(row.category, row.reopened_count, row.replies_count),
            rating=int(row.score) if row.score and row.score.isdecimal() else None,
            comment=row.comment or "",
            is_later=row.opened_at > ticket.opened_at,
        )
        for row in rows
    ]


def _outcome(category: str, reopened: int, replies: int) -> str:
    if category not in {Category.SOLVED, Category.CLOSED}:
        return _("still open")
    if reopened:
        return ngettext("came back once", "came back %(n)s times", reopened) % {"n": reopened}
    return _("ended without a reply") if not replies else ""

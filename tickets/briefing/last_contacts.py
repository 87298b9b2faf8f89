"""The customer's other tickets as plain lines: never matched, never hidden by a rule."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Touchpoint
from tickets.briefing.gathering import Gathered
from tickets.briefing.items import LastContact
from tickets.models import Category


def last_contacts(seen: Gathered) -> Iterator[LastContact]:
    """The plain list of the customer's other tickets: never matched, never hidden by a rule."""
    ratings = {m.ticket_number: m for m in seen.moments if m.kind == Touchpoint.Kind.RATING}
    for ticket in seen.tickets:
        rating = ratings.get(ticket.number)
        yield LastContact(
            number=ticket.number,
            at=ticket.opened_at,
            channel=ticket.channel,
            subject=ticket.subject,
            status=ticket.status.name,
            category=ticket.category,
            owner=str(ticket.assignee) if ticket.assignee else "",
            outcome=_outcome(ticket.category, ticket.reopened_count, ticket.replies_count),
            rating=int(rating.title) if rating and rating.title.isdecimal() else None,
            comment="",
            is_later=ticket.opened_at > seen.ticket.opened_at,
        )


def _outcome(category: str, reopened: int, replies: int) -> str:
    if category not in {Category.SOLVED, Category.CLOSED}:
        return _("still open")
    if reopened:
        return ngettext("came back once", "came back %(n)s times", reopened) % {"n": reopened}
    return _("ended without a reply") if not replies else ""

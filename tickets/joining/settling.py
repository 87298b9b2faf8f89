"""Bring counts and numbers in line after whole stretches of a life have moved."""

from collections.abc import Iterable
from datetime import datetime

from customers.cx.models import CXSummary
from customers.cx.refreshing import refresh_summaries
from customers.models import Customer, Touchpoint
from customers.operations import contacts_since, recount_customers
from tickets.briefing.keeping import mark_unbriefed
from tickets.joining.changing import Changed, change
from tickets.metrics.resolving import resolve_tickets
from tickets.metrics.settling import mark_unsettled
from tickets.models import Ticket
from tickets.operations.intake import CONTACT_WINDOW

# More tickets than these are settled by the worker, some seconds later.
SETTLED_AT_ONCE = 200


def settle(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Count customers anew and derive the numbers of their tickets; their briefings are made anew.

    Who was merged into somebody else has no numbers. The caller holds the locks.
    """
    people = sorted(set(customer_ids))
    recount_customers(*people)
    tickets = Ticket.objects.filter(customer__in=people)
    ids = list(tickets.order_by("pk").values_list("pk", flat=True))
    if len(ids) > SETTLED_AT_ONCE:
        for ticket_id in ids:
            mark_unsettled(ticket_id, at=at)
    else:
        resolve_tickets(ids, at=at)
    standing = Customer.objects.standing().filter(pk__in=people)
    refresh_summaries(standing.values_list("pk", flat=True), at=at)
    for ticket_id in tickets.unfinished().values_list("pk", flat=True):
        mark_unbriefed(ticket_id, at=at)
    CXSummary.objects.filter(customer__in=people).exclude(customer__in=standing).delete()


def renumber_contacts(tickets: Iterable[Ticket], changed: Changed) -> None:
    """Say anew which contact each ticket is ("3rd contact"), now that its customer's differ."""
    for ticket in tickets:
        contacts = Touchpoint.objects.filter(ticket_number=ticket.number, is_contact=True)
        last = contacts.order_by("-at").values_list("at", flat=True).first()
        if last is None:
            continue
        recent = contacts_since(ticket.customer_id, since=last - CONTACT_WINDOW, until=last)
        change(ticket, changed, contact_number=max(1, len(recent)))

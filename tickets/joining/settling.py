"""Bring counts and numbers in line after whole stretches of a life have moved."""

from collections.abc import Iterable
from datetime import datetime

from customers.cx.models import CXSummary
from customers.cx.refreshing import refresh_summaries
from customers.models import Customer
from customers.operations import recount_customers
from tickets.briefing.keeping import mark_unbriefed
from tickets.issues.grouping import regroup_customer
from tickets.metrics.resolving import resolve_tickets
from tickets.metrics.settling import mark_unsettled
from tickets.models import Ticket

# More tickets than these are settled by the worker, some seconds later.
SETTLED_AT_ONCE = 200


def settle(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Count customers anew, derive the numbers and issues of their tickets.

    Their briefings are made anew soon. Who was merged into somebody else has no numbers. The
    caller holds the locks.
    """
    people = sorted(set(customer_ids))
    recount_customers(*people)
    for customer_id in people:
        regroup_customer(customer_id, at=at)
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

"""Tell the CX summary which tickets are about one issue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from customers.cx.facts import NewFact, keep_facts
from customers.cx.models import CXFact
from tickets.issues.models import IssueTicket

KIND = "issue"


def keep_issue_facts(customer_ids: Iterable[int], *, write: bool = True) -> int:
    """Make the facts of which ticket belongs to which issue as issues are; return how many
    differed. An issue is named by its lowest ticket number, which outlives its row; a ticket that
    was merged into another has no facts, and is told of no more.

    The caller holds the locks of the customers.
    """
    ids = list(customer_ids)
    members = IssueTicket.objects.filter(issue__customer__in=ids, ticket__merged_into=None)
    tickets: dict[tuple[int, int], list[tuple[int, datetime]]] = defaultdict(list)
    for customer_id, issue_id, number, opened_at in members.values_list(
        "issue__customer_id", "issue_id", "ticket__number", "ticket__opened_at"
    ):
        tickets[customer_id, issue_id].append((number, opened_at))
    facts = [
        NewFact(
            customer_id=customer_id,
            kind=KIND,
            ref=str(number),
            at=opened_at,
            value=float(min(found)[0]),
            ticket_number=number,
        )
        for (customer_id, _issue), found in tickets.items()
        if len(found) > 1
        for number, opened_at in found
    ]
    # A ticket that was another customer's until now may still be told of as theirs.
    theirs = Q(customer__in=ids) | Q(ticket_number__in=[fact.ticket_number for fact in facts])
    return keep_facts(CXFact.objects.filter(theirs, kind=KIND), facts, write=write)

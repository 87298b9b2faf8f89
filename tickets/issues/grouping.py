"""Keep a customer's issues as their tickets say, and count the contacts of each open ticket."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from customers.models import Customer, Touchpoint
from helpdesk.lib.actors import Actor
from tickets.issues.frequencies import newest_snapshot
from tickets.issues.knowing import decisions_on, tickets_known
from tickets.issues.linking import Decisions, Known, firm_edges, issues_among
from tickets.issues.models import Issue, IssueTicket
from tickets.issues.standing import standing_of
from tickets.models import Ticket


@transaction.atomic
def regroup_customer(customer_id: int) -> list[Issue]:
    """Derive a customer's issues from their tickets and what agents said; return them.

    Only issues of two tickets and more are kept. One that goes on keeps its row and the name an
    agent gave it. Repeating it changes nothing.
    """
    lock_tickets_of(customer_id)
    Customer.objects.lock(customer_id)
    tickets = tickets_known(Ticket.objects.filter(customer=customer_id), snapshot=newest_snapshot())
    decisions = decisions_on([ticket.id for ticket in tickets])
    groups = [g for g in issues_among(tickets, firm_edges(tickets, decisions)) if len(g) > 1]
    issues = _keep(customer_id, groups)
    _count_contacts(customer_id, tickets, decisions)
    return issues


def lock_tickets_of(customer_id: int, *besides: int) -> None:
    """Lock a customer's unfinished tickets, and those named, in the order of their ids: before the
    customer, as every operation does.
    """
    rows = Ticket.objects.filter(Q(customer=customer_id, is_finished=False) | Q(pk__in=besides))
    list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))


@transaction.atomic
def name_issue(issue: Issue, *, label: str, by: Actor, at: datetime) -> Issue:
    """Give an issue a name of its own; without one it is called as its oldest ticket is."""
    issue.label = label.strip()[:300] or issue.label
    issue.is_named = bool(label.strip())
    issue.save(update_fields=["label", "is_named"])
    return issue


def _keep(customer_id: int, groups: Sequence[Sequence[Known]]) -> list[Issue]:
    known = {
        row.ticket_id: row.issue
        for row in IssueTicket.objects.filter(issue__customer=customer_id).select_related("issue")
    }
    if {frozenset(t.id for t in group) for group in groups} == _members(known):
        return list(dict.fromkeys(known.values()))
    kept: list[Issue] = []
    for group in groups:
        before = [known[t.id] for t in group if t.id in known and known[t.id] not in kept]
        # Where two become one, the name that an agent gave either stays.
        issue = min(before, key=lambda i: not i.is_named, default=Issue(customer_id=customer_id))
        if not issue.is_named:
            issue.label = group[0].subject
        issue.save()
        kept.append(issue)
    # A ticket that was another customer's until now may still be in an issue of theirs.
    theirs = Q(issue__customer=customer_id) | Q(ticket__in=[t.id for g in groups for t in g])
    IssueTicket.objects.filter(theirs).delete()
    IssueTicket.objects.bulk_create(
        IssueTicket(ticket_id=ticket.id, issue=issue)
        for issue, group in zip(kept, groups, strict=True)
        for ticket in group
    )
    Issue.objects.filter(customer=customer_id).exclude(pk__in=[i.pk for i in kept]).delete()
    return kept


def _members(known: dict[int, Issue]) -> set[frozenset[int]]:
    by_issue: dict[int, set[int]] = {}
    for ticket_id, issue in known.items():
        by_issue.setdefault(issue.pk, set()).add(ticket_id)
    return {frozenset(ticket_ids) for ticket_ids in by_issue.values()}


def _count_contacts(customer_id: int, tickets: Sequence[Known], decisions: Decisions) -> None:
    """Write on each open ticket the how-manieth contact about its issue it is."""
    for ticket in tickets:
        if ticket.ended_at is not None:
            continue
        standing = standing_of(ticket, tickets, decisions)
        contacts = contacts_about(customer_id, standing.tickets, of=ticket)
        Ticket.objects.filter(pk=ticket.id).update(
            contact_number=max(1, contacts), is_contact_sure=standing.is_sure
        )


def contacts_about(customer_id: int, tickets: Iterable[Known], *, of: Known) -> int:
    """Return how many contacts about these tickets there were until the newest on `of`."""
    contacts = Touchpoint.objects.filter(
        customer=customer_id,
        is_contact=True,
        ticket_number__in=[ticket.number for ticket in tickets],
    )
    last = contacts.filter(ticket_number=of.number).order_by("-at").values("at")[:1]
    return contacts.filter(at__lte=last).count()

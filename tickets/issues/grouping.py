"""Keep a customer's issues as their tickets say, and count the contacts of each open ticket."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from customers.cx.refreshing import refresh_summaries
from customers.models import Customer, Touchpoint
from helpdesk.lib.actors import Actor
from tickets.issues.facts import keep_issue_facts
from tickets.issues.frequencies import newest_snapshot
from tickets.issues.knowing import decisions_on, tickets_known
from tickets.issues.linking import (
    CERTAIN,
    POSSIBLE,
    STRONG,
    Decisions,
    Known,
    firm_edges,
    issues_among,
    possible_links,
)
from tickets.issues.models import Issue, IssueName, IssueTicket
from tickets.issues.standing import standing_of
from tickets.models import Ticket


@transaction.atomic
def regroup_customer(customer_id: int, *, at: datetime) -> list[Issue]:
    """Derive a customer's issues from their tickets and what agents said; return them.

    Only issues of two tickets and more are kept. One that goes on keeps its row and the name an
    agent gave it; of two that become one, the older name is shown. Repeating it changes nothing.
    The CX summary counts issues, and is brought up to date with them.
    """
    locked = lock_tickets_of(customer_id)
    Customer.objects.lock(customer_id)
    tickets = tickets_known(Ticket.objects.filter(customer=customer_id), snapshot=newest_snapshot())
    decisions = decisions_on([ticket.id for ticket in tickets])
    groups = [g for g in issues_among(tickets, firm_edges(tickets, decisions)) if len(g) > 1]
    issues = _keep(customer_id, groups)
    if keep_issue_facts([customer_id]):
        refresh_summaries([customer_id], at=at)
    _count_contacts(customer_id, tickets, decisions, locked)
    return issues


def lock_tickets_of(customer_id: int, *besides: int) -> set[int]:
    """Lock a customer's unfinished tickets, and those named, in the order of their ids: before the
    customer, as every operation does. Returns their ids.
    """
    rows = Ticket.objects.filter(Q(customer=customer_id, is_finished=False) | Q(pk__in=besides))
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return set(locked.values_list("pk", flat=True))


def tier_by_rules(one: Ticket, other: Ticket) -> str:
    """Return how sure the rules are that two tickets of a customer are one issue, with what agents
    said of other pairs: certain, strong (also by way of others), possible, or "" for no link.
    """
    rows = Ticket.objects.filter(customer=one.customer_id)
    known = {ticket.id: ticket for ticket in tickets_known(rows, snapshot=newest_snapshot())}
    if not {one.pk, other.pk} <= known.keys():
        return ""
    said = decisions_on(list(known)).said
    pair = (min(one.pk, other.pk), max(one.pk, other.pk))
    others = Decisions(said={key: value for key, value in said.items() if key != pair})
    tickets = list(known.values())
    edges = firm_edges(tickets, others)
    direct = {edge.tier for edge in edges if {edge.one, edge.other} == {*pair}}
    if direct:
        return CERTAIN if CERTAIN in direct else STRONG
    if any({*pair} <= {ticket.id for ticket in group} for group in issues_among(tickets, edges)):
        return STRONG
    younger, older = sorted((known[pk] for pk in pair), key=lambda t: (t.opened_at, t.id))[::-1]
    return POSSIBLE if possible_links(younger, [older], others) else ""


@transaction.atomic
def name_issue(issue: Issue, *, label: str, by: Actor, at: datetime) -> Issue:
    """Give an issue a name of its own; without one it is called as its oldest ticket is."""
    name = label.strip()[:300]
    members = list(issue.members.values_list("ticket_id", flat=True))
    IssueName.objects.filter(ticket__in=members).delete()
    if name:
        IssueName.objects.bulk_create(
            IssueName(ticket_id=ticket_id, label=name, at=at) for ticket_id in members
        )
    else:
        oldest = Ticket.objects.filter(pk__in=members).order_by("opened_at", "pk")
        issue.label = oldest.values_list("subject", flat=True).first() or issue.label
    issue.label, issue.is_named = name or issue.label, bool(name)
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
    used: set[tuple[str, datetime]] = set()
    for group in groups:
        before = [known[t.id] for t in group if t.id in known and known[t.id] not in kept]
        issue = before[0] if before else Issue(customer_id=customer_id)
        # Of a named issue that fell apart, the part with its oldest ticket keeps the name.
        name = next((t.named for t in group if t.named and t.named not in used), None)
        issue.label, issue.is_named = name[0] if name else group[0].subject, name is not None
        if name:
            used.add(name)
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


def _count_contacts(
    customer_id: int, tickets: Sequence[Known], decisions: Decisions, locked: set[int]
) -> None:
    """Write on each open ticket the how-manieth contact about its issue it is.

    One that was opened since the others were locked is left to its own turn, which is noted: who
    holds it may wait for the customer.
    """
    for ticket in tickets:
        if ticket.ended_at is not None or ticket.id not in locked:
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

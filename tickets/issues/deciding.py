from datetime import datetime

from django.db import transaction

from helpdesk.lib.actors import Actor
from tickets.errors import NotTheSameCustomer
from tickets.events import record_event
from tickets.issues.grouping import lock_tickets_of, regroup_customer, tier_by_rules
from tickets.issues.models import LinkDecision
from tickets.models import Ticket, TicketEvent


@transaction.atomic
def decide_link(
    ticket: Ticket, *, other: Ticket, is_same: bool, by: Actor, at: datetime
) -> LinkDecision:
    """Say that two tickets of one customer are about the same issue, or are not.

    It overrides every rule, for ever; saying the opposite later replaces it. Recorded on both
    tickets. Raises NotTheSameCustomer.
    """
    first, second = _locked(ticket, other)
    if first.customer_id != second.customer_id or first.pk == second.pk:
        raise NotTheSameCustomer(number=str(other.number))
    decision, created = LinkDecision.objects.get_or_create(
        first=first,
        second=second,
        defaults={
            "is_same": is_same,
            "tier": tier_by_rules(first, second),
            "agent_id": by.agent_id,
            "at": at,
        },
    )
    if not created and decision.is_same == is_same:
        return decision
    decision.is_same, decision.agent_id, decision.at = is_same, by.agent_id, at
    decision.save(update_fields=["is_same", "agent", "at"])
    kind = TicketEvent.Kind.LINKED if is_same else TicketEvent.Kind.UNLINKED
    for one, another in ((first, second), (second, first)):
        record_event(one, kind, new={"ticket": another.number}, by=by, at=at)
        one.save(update_fields=["last_event_id", "updated_at"])
    regroup_customer(first.customer_id, at=at)
    return decision


@transaction.atomic
def withdraw_decision(ticket: Ticket, *, other: Ticket, by: Actor, at: datetime) -> None:
    """Take back what was said of two tickets: the rules decide again. Without one, nothing."""
    first, second = _locked(ticket, other)
    deleted, _rows = LinkDecision.objects.filter(first=first, second=second).delete()
    if not deleted:
        return
    for one, another in ((first, second), (second, first)):
        new = {"ticket": another.number, "withdrawn": True}
        record_event(one, TicketEvent.Kind.UNLINKED, new=new, by=by, at=at)
        one.save(update_fields=["last_event_id", "updated_at"])
    regroup_customer(first.customer_id, at=at)


def _locked(ticket: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Both tickets, locked together with those whose contacts are counted anew."""
    lock_tickets_of(ticket.customer_id, ticket.pk, other.pk)
    low, high = sorted((ticket.pk, other.pk))
    return Ticket.objects.lock(low), Ticket.objects.lock(high)

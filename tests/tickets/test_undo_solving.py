from datetime import timedelta

from customers.cx.models import CXFact
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.metrics.models import Resolution
from tickets.metrics.resolving import resolve_cycles
from tickets.models import Ticket
from tickets.operations import solve_ticket, undo_solving

NOON = MONDAY_9AM + timedelta(hours=3)
MOMENTS_LATER = NOON + timedelta(seconds=8)


def test_undoing_brings_back_status_and_clock(ticket: Ticket, ana: Agent) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=NOON)

    undone = undo_solving(ticket, by=Actor.agent(ana.pk), at=MOMENTS_LATER)

    assert (undone.category, undone.solved_at, undone.reopened_count) == ("new", None, 0)
    assert undone.reply_due_at == ticket.reply_due_at
    assert undone.waiting_since == MONDAY_9AM


def test_what_was_undone_is_in_no_number_and_not_on_the_timeline(
    ticket: Ticket, ana: Agent
) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=NOON)
    resolve_cycles(ticket.pk, at=NOON)
    assert Resolution.objects.filter(ticket=ticket).exists()

    undo_solving(ticket, by=Actor.agent(ana.pk), at=MOMENTS_LATER)
    resolve_cycles(ticket.pk, at=MOMENTS_LATER)

    assert not Resolution.objects.filter(ticket=ticket).exists()
    assert not CXFact.objects.filter(kind__in=("solved", "reopened")).exists()
    kinds = ticket.customer.touchpoints.values_list("kind", flat=True)
    assert set(kinds) == {"message"}
    assert ticket.customer.years.get().touchpoints == 1


def test_the_audit_log_keeps_both(ticket: Ticket, ana: Agent) -> None:
    solve_ticket(ticket, by=Actor.agent(ana.pk), at=NOON)
    undo_solving(ticket, by=Actor.agent(ana.pk), at=MOMENTS_LATER)

    solved, undone = ticket.events.order_by("id")[1:]
    assert (solved.kind, undone.kind) == ("solved", "reopened")
    assert undone.new["undoes"] == solved.pk

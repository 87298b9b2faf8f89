"""Keep Resolutions, CX facts and summaries as the events say. Idempotent, and one code path for
one ticket and for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.cx.facts import OF_CUSTOMER, NewFact, keep_facts
from customers.cx.models import CXFact
from customers.cx.refreshing import refresh_summaries
from customers.models import Customer
from helpdesk.lib.rows import Row, keep_rows
from tickets.metrics.beside import BESIDE, keep_beside
from tickets.metrics.clock import Clock
from tickets.metrics.counting import uncounted
from tickets.metrics.deciding import decide
from tickets.metrics.deriving import NUMBERS, facts, resolutions
from tickets.metrics.models import Resolution
from tickets.metrics.reading import moments_of
from tickets.metrics.repeating import keep_repeats
from tickets.metrics.replay import History, replay
from tickets.metrics.target_keeping import keep_targets
from tickets.models import Ticket

# Facts that others write: of customers, of rows beside events, of windows, of other contacts.
_NOT_OF_EVENTS = (*OF_CUSTOMER, *BESIDE, "first_contact", "repeat", "issue")


@dataclass(frozen=True)
class Differences:
    """How many stored rows were not what the events say."""

    resolutions: int = 0
    facts: int = 0
    targets: int = 0

    def __add__(self, other: Differences) -> Differences:
        return Differences(
            self.resolutions + other.resolutions,
            self.facts + other.facts,
            self.targets + other.targets,
        )

    @property
    def total(self) -> int:
        return self.resolutions + self.facts + self.targets


@transaction.atomic
def resolve_cycles(ticket_id: int, *, at: datetime) -> Differences:
    """Derive all numbers of one ticket from its events, and its customer's summary with them.

    Costs this ticket's events and what this customer's windows reach. Importers call it once a
    ticket is in, since history sets off nothing.
    """
    differences = resolve_tickets([ticket_id], at=at)
    customers = Ticket.objects.filter(pk=ticket_id).values_list("customer_id", flat=True)
    refresh_summaries(customers, at=at)
    return differences


@transaction.atomic
def resolve_tickets(
    ticket_ids: Sequence[int], *, at: datetime, clock: Clock | None = None, write: bool = True
) -> Differences:
    """Derive the numbers of a batch of tickets; with `write` off only count what differs.

    Locks tickets before customers, as every operation does, each in the order of their ids.
    """
    rows = Ticket.objects.filter(pk__in=ticket_ids).order_by("pk")
    tickets = list(rows.select_for_update(of=("self",), no_key=True) if write else rows)
    customer_ids = sorted({ticket.customer_id for ticket in tickets})
    if write:
        list(
            Customer.objects.filter(pk__in=customer_ids)
            .order_by("pk")
            .select_for_update(of=("self",), no_key=True)
            .values_list("pk")
        )
    left_out = uncounted(ticket_ids)
    differences = _derive(tickets, clock or Clock.of_workspace(), left_out, write=write)
    beside = keep_beside(tickets, left_out=left_out, at=at, write=write)
    decided = decide(tickets, left_out=left_out, at=at, write=write)
    repeats = keep_repeats(tickets, write=write)
    return differences + Differences(decided.resolutions, decided.facts + beside + repeats)


def _derive(
    tickets: Sequence[Ticket], clock: Clock, left_out: set[int], *, write: bool
) -> Differences:
    moments = moments_of([ticket.pk for ticket in tickets])
    numbers: list[Row] = []
    new_facts: list[NewFact] = []
    histories: dict[int, History] = {}
    for ticket in tickets:
        history = replay(moments[ticket.pk])
        if history is not None:
            histories[ticket.pk] = history
            numbers += resolutions(ticket, history, clock)
            new_facts += facts(ticket, history, clock)
    targets, target_facts = keep_targets(tickets, histories, clock, write=write)
    new_facts += target_facts
    numbers_out = {ticket.number for ticket in tickets if ticket.pk in left_out}
    new_facts = [fact for fact in new_facts if fact.ticket_number not in numbers_out]
    stored = CXFact.objects.filter(ticket_number__in=[ticket.number for ticket in tickets])
    return Differences(
        resolutions=_keep_resolutions(tickets, numbers, write=write),
        facts=keep_facts(stored.exclude(kind__in=_NOT_OF_EVENTS), new_facts, write=write),
        targets=targets,
    )


def _keep_resolutions(tickets: Sequence[Ticket], numbers: Sequence[Row], *, write: bool) -> int:
    stored = Resolution.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
    return keep_rows(stored, numbers, key=("ticket_id", "cycle"), fields=NUMBERS, write=write)

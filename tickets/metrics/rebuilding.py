"""Recompute every number from events, in batches, and say what was not as they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.cx.facts import keep_customer_facts
from customers.cx.models import CXFact, CXSummary
from customers.cx.refreshing import (
    drifted_organisations,
    drifted_summaries,
    refresh_customers,
    refresh_organisations,
)
from customers.models import Customer, Organisation
from tickets.issues.facts import keep_issue_facts
from tickets.metrics.clock import Clock
from tickets.metrics.models import RolledDay
from tickets.metrics.reporting.rolling import roll_up_due, rolled_differs
from tickets.metrics.resolving import resolve_tickets
from tickets.models import Ticket, TicketEvent

BATCH = 200
# An organisation has the facts of all its people.
POOLED = 20


@dataclass(frozen=True)
class Rebuilt:
    """What was gone through, and how many rows of each kind differed from their source."""

    tickets: int = 0
    customers: int = 0
    resolutions: int = 0
    facts: int = 0
    summaries: int = 0
    targets: int = 0
    days: int = 0

    @property
    def total(self) -> int:
        return self.resolutions + self.facts + self.summaries + self.targets + self.days


def _silent(_: Rebuilt) -> None:
    pass


def rebuild(
    *,
    at: datetime,
    write: bool = True,
    number: int | None = None,
    settled_before: datetime | None = None,
    report: Callable[[Rebuilt], None] = _silent,
) -> Rebuilt:
    """Derive all numbers again, or those of one ticket; with `write` off only compare.

    Holds a batch in memory at a time and calls `report` after each. `settled_before` leaves out
    tickets with a younger event, whose numbers may be on their way.
    """
    tickets = Ticket.objects.all() if number is None else Ticket.objects.filter(number=number)
    if settled_before is not None:
        events = TicketEvent.objects.filter(ticket=OuterRef("pk"), recorded_at__gte=settled_before)
        tickets = tickets.filter(~Exists(events))
    customers, organisations = Customer.objects.all(), Organisation.objects.all()
    if number is not None or settled_before is not None:
        customers = customers.filter(pk__in=tickets.values("customer"))
    if settled_before is not None:
        customers = customers.exclude(cx_summary__stale_at__lte=at)  # an order, a moment ago
    if number is not None:
        organisations = organisations.filter(pk__in=customers.values("organisation"))
    done = _tickets(tickets, at=at, write=write, report=report)
    done = _customers(customers, done, at=at, write=write, report=report)
    done = _organisations(organisations, done, at=at, write=write)
    return _days(done, at=at, write=write) if number is None else done


def _days(done: Rebuilt, *, at: datetime, write: bool) -> Rebuilt:
    """Compare the numbers of rolled-up days with their facts; then, to write, bring all in line."""
    differing = rolled_differs(at=at)
    if write:
        if differing:
            RolledDay.objects.all().delete()
        while roll_up_due(at=at):
            pass
    return replace(done, days=differing)


def _tickets(
    tickets: QuerySet[Ticket], *, at: datetime, write: bool, report: Callable[[Rebuilt], None]
) -> Rebuilt:
    """Go through tickets customer by customer, as each bears on the customer's others."""
    done, last, clock = Rebuilt(), (0, 0), Clock.of_workspace()
    beginning = tickets.order_by("customer", "pk").values_list("customer", "pk")
    while batch := list(beginning.filter(_after(last))[:BATCH]):
        last = batch[-1]
        found = resolve_tickets([pk for _, pk in batch], at=at, clock=clock, write=write)
        done = replace(
            done,
            tickets=done.tickets + len(batch),
            resolutions=done.resolutions + found.resolutions,
            facts=done.facts + found.facts,
            targets=done.targets + found.targets,
        )
        report(done)
    return done


def _after(last: tuple[int, int]) -> Q:
    customer, pk = last
    return Q(customer__gte=customer) & ~Q(customer=customer, pk__lte=pk)


def _customers(
    customers: QuerySet[Customer],
    done: Rebuilt,
    *,
    at: datetime,
    write: bool,
    report: Callable[[Rebuilt], None],
) -> Rebuilt:
    for batch in _batches(customers):
        facts, summaries = _settle(batch, at=at, write=write)
        done = replace(
            done,
            customers=done.customers + len(batch),
            facts=done.facts + facts,
            summaries=done.summaries + summaries,
        )
        report(done)
    return done


def _organisations(
    organisations: QuerySet[Organisation], done: Rebuilt, *, at: datetime, write: bool
) -> Rebuilt:
    """Compare the summaries of organisations, each once however many of its people there are."""
    drifted = 0
    for batch in _batches(organisations, POOLED):
        drifted += drifted_organisations(batch, at=at)
        if write:
            with_people = Organisation.objects.filter(pk__in=batch, customers__isnull=False)
            refresh_organisations(with_people.values_list("pk", flat=True), at=at)
    return replace(done, summaries=done.summaries + drifted)


def _batches(rows: QuerySet[Any], size: int = BATCH) -> Iterator[list[int]]:
    ids, last = rows.order_by("pk").values_list("pk", flat=True), 0
    while batch := list(ids.filter(pk__gt=last)[:size]):
        yield batch
        last = batch[-1]


@transaction.atomic
def _settle(customer_ids: list[int], *, at: datetime, write: bool) -> tuple[int, int]:
    """Compare the facts and summaries of customers; then, to write, refresh each summary."""
    if write:
        list(
            Customer.objects.filter(pk__in=customer_ids)
            .order_by("pk")
            .select_for_update(of=("self",), no_key=True)
            .values_list("pk")
        )
    facts = keep_customer_facts(customer_ids, write=False)
    facts += keep_issue_facts(customer_ids, write=write)
    drifted = drifted_summaries(customer_ids) + _without_summary(customer_ids)
    if write:
        refresh_customers(customer_ids, at=at)
    return facts, drifted


def _without_summary(customer_ids: list[int]) -> int:
    known = CXSummary.objects.filter(customer=OuterRef("customer"))
    facts = CXFact.objects.filter(~Exists(known), customer__in=customer_ids)
    return facts.values("customer").distinct().count()

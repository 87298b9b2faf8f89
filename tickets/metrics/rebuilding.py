"""Recompute every number from events, in batches, and say what was not as they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from customers.cx.facts import keep_customer_facts
from customers.cx.models import CXFact, CXSummary
from customers.cx.refreshing import drifted_organisations, drifted_summaries, refresh_summaries
from customers.models import Customer
from tickets.issues.facts import keep_issue_facts
from tickets.metrics.clock import Clock
from tickets.metrics.models import RolledDay
from tickets.metrics.reporting.rolling import roll_up_due, rolled_differs
from tickets.metrics.resolving import resolve_tickets
from tickets.models import Ticket, TicketEvent

BATCH = 200


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
    done = _tickets(tickets, at=at, write=write, report=report)
    customers = Customer.objects.all()
    if number is not None or settled_before is not None:
        customers = customers.filter(pk__in=tickets.values("customer"))
    if number is None:
        done = replace(done, summaries=drifted_organisations(at=at))
    done = _customers(customers, done, at=at, write=write, report=report)
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
    done, last, clock = Rebuilt(), 0, Clock.of_workspace()
    while batch := list(
        tickets.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        last = batch[-1]
        found = resolve_tickets(batch, at=at, clock=clock, write=write)
        done = replace(
            done,
            tickets=done.tickets + len(batch),
            resolutions=done.resolutions + found.resolutions,
            facts=done.facts + found.facts,
            targets=done.targets + found.targets,
        )
        report(done)
    return done


def _customers(
    customers: QuerySet[Customer],
    done: Rebuilt,
    *,
    at: datetime,
    write: bool,
    report: Callable[[Rebuilt], None],
) -> Rebuilt:
    last = 0
    while batch := list(
        customers.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        last = batch[-1]
        facts, summaries = _settle(batch, at=at, write=write)
        done = replace(
            done,
            customers=done.customers + len(batch),
            facts=done.facts + facts,
            summaries=done.summaries + summaries,
        )
        report(done)
    return done


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
        refresh_summaries(customer_ids, at=at)
    return facts, drifted


def _without_summary(customer_ids: list[int]) -> int:
    known = CXSummary.objects.filter(customer=OuterRef("customer"))
    facts = CXFact.objects.filter(~Exists(known), customer__in=customer_ids)
    return facts.values("customer").distinct().count()

"""Keep the stored summaries true: on every change of a fact, and when time alone changes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from customers.cx.facts import keep_customer_facts
from customers.cx.models import CXFact, CXSummary
from customers.cx.summary import LASTING, VERSION, YEAR, Seen, stale_at, summarise
from customers.models import Customer, Organisation

REFRESHED_AT_ONCE = 500
_FIELDS = ("kind", "at", "value", "ticket_number", "data")
_COMPUTED = ("computed_at", "version", "data", "stale_at")


@transaction.atomic
def refresh_summaries(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Bring the CX summaries of customers, and of their organisations, up to date.

    Takes up promises and ratings first; what tickets add is there already (tickets.metrics).
    Costs a fixed number of statements, however many they are.
    """
    asked = Customer.objects.filter(pk__in=list(customer_ids)).order_by("pk")
    locked = asked.select_for_update(of=("self",), no_key=True)
    organisations = dict(locked.values_list("pk", "organisation"))
    keep_customer_facts(organisations)
    _store("customer_id", "customer", organisations, at=at)
    refresh_organisations(filter(None, organisations.values()), at=at)


@transaction.atomic
def refresh_organisations(organisation_ids: Iterable[int], *, at: datetime) -> None:
    """Bring the CX summaries of organisations up to date: the pooled facts of their people."""
    ids = sorted(set(organisation_ids))
    if not ids:
        return
    rows = Organisation.objects.filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
    _store("organisation_id", "customer__organisation", ids, at=at)


def refresh_stale(*, at: datetime, limit: int = REFRESHED_AT_ONCE) -> int:
    """Recompute summaries that time alone has changed; return how many were taken up."""
    stale = CXSummary.objects.filter(stale_at__lte=at).order_by("stale_at")[:limit]
    rows = list(stale.values_list("customer_id", "organisation_id"))
    refresh_summaries([customer for customer, _organisation in rows if customer], at=at)
    refresh_organisations([organisation for _customer, organisation in rows if organisation], at=at)
    return len(rows)


def drifted_summaries(customer_ids: Iterable[int]) -> list[int]:
    """Return the customers whose stored summary is not what their facts say as of its time."""
    summaries = CXSummary.objects.filter(customer__in=list(customer_ids))
    return [
        customer_id
        for summary in summaries
        if (customer_id := summary.customer_id) is not None
        and summary.data
        != summarise(
            _facts("customer", [customer_id], summary.computed_at)[customer_id],
            at=summary.computed_at,
        )
    ]


def _store(subject: str, path: str, ids: Iterable[int], *, at: datetime) -> None:
    """Compute and store summaries; `subject` is their column, `path` the way to it from a fact."""
    wanted = list(ids)
    facts = _facts(path, wanted, at)
    summaries = [
        CXSummary(
            **{subject: one},
            computed_at=at,
            version=VERSION,
            data=summarise(facts[one], at=at),
            stale_at=stale_at(facts[one], at=at),
        )
        for one in wanted
    ]
    CXSummary.objects.bulk_create(
        summaries, update_conflicts=True, unique_fields=[subject], update_fields=_COMPUTED
    )


def _facts(path: str, ids: Iterable[int], at: datetime) -> dict[int, list[Seen]]:
    """Read what any window reaches: a year back, what lasts, and promises still to fall due."""
    reached = Q(at__gt=at - YEAR) | Q(kind__in=LASTING) | Q(kind="promise", value=None)
    rows: Any = CXFact.objects.filter(reached, **{f"{path}__in": ids}).order_by("at", "id")
    facts: dict[int, list[Seen]] = defaultdict(list)
    for about, *fact in rows.values_list(path, *_FIELDS).iterator(chunk_size=2000):
        facts[about].append(Seen(*fact))
    return facts

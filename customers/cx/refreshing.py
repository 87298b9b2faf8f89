"""Keep the stored summaries true: on every change of a fact, and when time alone changes them."""

from __future__ import annotations

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
_COMPUTED = ("computed_at", "version", "data", "stale_at")


@transaction.atomic
def refresh_summary(customer_id: int, *, at: datetime) -> CXSummary:
    """Bring the CX summary of a customer, and of their organisation, up to date.

    Takes up promises and ratings first; what tickets add is there already (tickets.metrics).
    """
    customer = Customer.objects.lock(customer_id)
    keep_customer_facts([customer_id])
    summary = _store({"customer_id": customer_id}, Q(customer=customer_id), at=at)
    if customer.organisation_id is not None:
        refresh_organisation(customer.organisation_id, at=at)
    return summary


@transaction.atomic
def refresh_organisation(organisation_id: int, *, at: datetime) -> CXSummary:
    """Bring the CX summary of an organisation up to date: the pooled facts of its people."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation_id)
    about = Q(customer__organisation=organisation_id)
    return _store({"organisation_id": organisation_id}, about, at=at)


def refresh_stale(*, at: datetime, limit: int = REFRESHED_AT_ONCE) -> int:
    """Recompute summaries that time alone has changed; return how many were taken up."""
    stale = CXSummary.objects.filter(stale_at__lte=at).order_by("stale_at")[:limit]
    rows = list(stale.values_list("customer_id", "organisation_id"))
    for customer_id, organisation_id in rows:
        if customer_id is not None:
            refresh_summary(customer_id, at=at)
        else:
            refresh_organisation(organisation_id, at=at)
    return len(rows)


def drifted_summaries(customer_ids: Iterable[int]) -> list[int]:
    """Return the customers whose stored summary is not what their facts say as of its time."""
    summaries = CXSummary.objects.filter(customer__in=list(customer_ids))
    return [
        summary.customer_id
        for summary in summaries
        if summary.customer_id is not None
        and summary.data
        != summarise(
            _facts(Q(customer=summary.customer_id), summary.computed_at), at=summary.computed_at
        )
    ]


def _store(subject: dict[str, Any], about: Q, *, at: datetime) -> CXSummary:
    facts = _facts(about, at)
    summary = CXSummary(
        **subject,
        computed_at=at,
        version=VERSION,
        data=summarise(facts, at=at),
        stale_at=stale_at(facts, at=at),
    )
    stored = CXSummary.objects.bulk_create(
        [summary], update_conflicts=True, unique_fields=[*subject], update_fields=_COMPUTED
    )
    return stored[0]


def _facts(about: Q, at: datetime) -> list[Seen]:
    """Read what any window reaches: a year back, what lasts, and promises still to fall due."""
    reached = Q(at__gt=at - YEAR) | Q(kind__in=LASTING) | Q(kind="promise", value=None)
    rows: Any = CXFact.objects.filter(about).filter(reached).order_by("at", "id")
    fields = ("kind", "at", "value", "ticket_number", "data")
    return [Seen(*row) for row in rows.values_list(*fields).iterator(chunk_size=2000)]

"""Keep the stored summaries true: on every change of a fact, and when time alone changes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from customers.cx.baseline import usual_days_of
from customers.cx.facts import keep_customer_facts
from customers.cx.health import UNKNOWN
from customers.cx.models import CXFact, CXSummary, HealthChange
from customers.cx.seen import Seen, of_kind
from customers.cx.summary import LASTING, REACH, VERSION, stale_at, summarise
from customers.models import Customer, Organisation

REFRESHED_AT_ONCE = 500
_FIELDS = ("kind", "at", "value", "ticket_number", "data", "pk")
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


def drifted_summaries(customer_ids: Iterable[int]) -> int:
    """Return how many customers' stored summaries are not what their facts say as of their time.

    The usual age a summary was held against is taken as it was then.
    """
    summaries = CXSummary.objects.filter(customer__in=list(customer_ids))
    return sum(map(_has_drifted, summaries))


def drifted_organisations(*, at: datetime) -> int:
    """Return of how many organisations the same is true, leaving out what is to be refreshed."""
    summaries = CXSummary.objects.filter(organisation__isnull=False)
    settled = summaries.exclude(stale_at__lte=at)
    return sum(map(_has_drifted, settled.iterator(chunk_size=50)))


def _has_drifted(summary: CXSummary) -> bool:
    path = "customer" if summary.customer_id else "customer__organisation"
    subject, at = summary.customer_id or summary.organisation_id or 0, summary.computed_at
    facts = facts_of(path, [subject], at=at)[subject]
    usual_days = summary.data.get("usual_days")
    return bool(summary.data != summarise(facts, at=at, usual_days=usual_days))


def facts_of(
    path: str, ids: Iterable[int], *, at: datetime, reach: timedelta | None = REACH
) -> dict[int, list[Seen]]:
    """Return facts in order of time by whom they are about; `path` leads there from a fact.

    What any window reaches: `reach` back (None: all), what lasts, and promises still to fall due.
    """
    rows: Any = CXFact.objects.filter(**{f"{path}__in": ids}).order_by("at", "id")
    if reach is not None:
        reached = Q(at__gt=at - reach) | Q(kind__in=LASTING) | Q(kind="promise", value=None)
        rows = rows.filter(reached)
    facts: dict[int, list[Seen]] = defaultdict(list)
    for about, *fact in rows.values_list(path, *_FIELDS).iterator(chunk_size=2000):
        facts[about].append(Seen(*fact))
    return facts


def _store(subject: str, path: str, ids: Iterable[int], *, at: datetime) -> None:
    """Compute and store summaries; `subject` is their column, `path` the way to it from a fact."""
    wanted = list(ids)
    facts = facts_of(path, wanted, at=at)
    stored = CXSummary.objects.filter(**{f"{subject}__in": wanted})
    known = {row[0]: row[1:] for row in stored.values_list(subject, "cohort", "data__health__word")}
    cohorts = {
        one: known[one][0] if one in known else "" for one in wanted if of_kind(facts[one], "open")
    }
    days = usual_days_of(set(cohorts.values())) if cohorts else {}
    summaries = []
    for one in wanted:
        usual_days = days.get(cohorts[one]) if one in cohorts else None
        summaries.append(
            CXSummary(
                **{subject: one},
                computed_at=at,
                version=VERSION,
                data=summarise(facts[one], at=at, usual_days=usual_days),
                stale_at=stale_at(facts[one], at=at, usual_days=usual_days),
            )
        )
    CXSummary.objects.bulk_create(
        summaries, update_conflicts=True, unique_fields=[subject], update_fields=_COMPUTED
    )
    _note_changes(subject, summaries, {one: word for one, (_, word) in known.items()}, at=at)


def _note_changes(
    subject: str, summaries: Iterable[CXSummary], words: dict[int, str], *, at: datetime
) -> None:
    """Keep when a health word became another, and why; `words` are those that stood.

    Whose summary was gone, as after a merge that was undone, goes on from their last word.
    """
    rows = {getattr(summary, subject): summary.data["health"] for summary in summaries}
    if unknown := rows.keys() - words.keys():
        changes = HealthChange.objects.filter(**{f"{subject}__in": unknown})
        last = changes.order_by(subject, "-at", "-id").distinct(subject)
        words = words | dict(last.values_list(subject, "to_word"))
    HealthChange.objects.bulk_create(
        HealthChange(
            **{subject: one},
            at=at,
            from_word=words.get(one) or UNKNOWN,
            to_word=health["word"],
            reasons=health["reasons"],
        )
        for one, health in rows.items()
        if health["word"] != (words.get(one) or UNKNOWN)
    )

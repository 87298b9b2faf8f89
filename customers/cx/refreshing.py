"""Keep the stored summaries true: on every change of a fact, and when time alone changes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable

from customers.cx.baseline import usual_days_of
from customers.cx.facts import keep_customer_facts
from customers.cx.health import UNKNOWN
from customers.cx.models import CXFact, CXSummary, HealthChange
from customers.cx.seen import Seen, of_kind
from customers.cx.summary import LASTING, REACH, VERSION, stale_at, summarise
from customers.models import Customer, Organisation

# So many customers are locked together.
REFRESHED_AT_ONCE = 100
_FIELDS = ("kind", "at", "value", "ticket_number", "data", "pk")
_COMPUTED = ("computed_at", "version", "data", "stale_at")


@transaction.atomic
def refresh_summaries(customer_ids: Iterable[int], *, at: datetime) -> None:
    """Bring the CX summaries of customers, and of their organisations, up to date.

    Costs a fixed number of statements, however many they are.
    """
    refresh_organisations(refresh_customers(customer_ids, at=at), at=at)


def refresh_customers(customer_ids: Iterable[int], *, at: datetime) -> set[int]:
    """Bring the CX summaries of customers up to date; return the organisations still to be.

    Takes up promises and ratings first; what tickets add is there already (tickets.metrics).
    Part of the caller's transaction.
    """
    asked = Customer.objects.filter(pk__in=list(customer_ids)).order_by("pk")
    locked = asked.select_for_update(of=("self",), no_key=True)
    organisations = dict(locked.values_list("pk", "organisation"))
    keep_customer_facts(organisations)
    _store("customer_id", "customer", organisations, at=at)
    return set(filter(None, organisations.values()))


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
    return _drifted(CXSummary.objects.filter(customer__in=list(customer_ids)), "customer")


def drifted_organisations(organisation_ids: Iterable[int], *, at: datetime) -> int:
    """Return of how many organisations the same is true, leaving out what is to be refreshed."""
    summaries = CXSummary.objects.filter(organisation__in=list(organisation_ids))
    return _drifted(summaries.exclude(stale_at__lte=at), "customer__organisation")


def _drifted(summaries: QuerySet[CXSummary], path: str) -> int:
    """Count them; one that was refreshed while it was compared is looked at again."""
    again = summaries.filter(pk__in=_differing(summaries, path))
    return len(_differing(again, path))


def _differing(summaries: QuerySet[CXSummary], path: str) -> list[int]:
    rows = {row.customer_id or row.organisation_id or 0: row for row in summaries}
    since = F(f"{path}__cx_summary__computed_at") - REACH
    facts = _by_subject(path, rows, since=since) if rows else {}
    return [row.pk for subject, row in rows.items() if _has_drifted(row, facts.get(subject, []))]


def _has_drifted(summary: CXSummary, facts: Sequence[Seen]) -> bool:
    usual_days = summary.data.get("usual_days")
    return bool(summary.data != summarise(facts, at=summary.computed_at, usual_days=usual_days))


def facts_of(
    path: str, ids: Iterable[int], *, at: datetime, reach: timedelta | None = REACH
) -> dict[int, list[Seen]]:
    """Return facts in order of time by whom they are about; `path` leads there from a fact.

    What any window reaches: `reach` back (None: all), what lasts, and promises still to fall due.
    """
    return _by_subject(path, ids, since=None if reach is None else at - reach)


def _by_subject(
    path: str, ids: Iterable[int], *, since: datetime | Combinable | None
) -> dict[int, list[Seen]]:
    rows: Any = CXFact.objects.filter(**{f"{path}__in": list(ids)}).order_by("at", "id")
    if since is not None:
        reached = Q(at__gt=since) | Q(kind__in=LASTING) | Q(kind="promise", value=None)
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

"""The rows behind a number: paged by key, as CSV without a limit, and what is still open."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleLessThan
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.cx.models import CXFact
from helpdesk.templatetags.desk import duration
from helpdesk.web import AgentRequest
from tickets import queues
from tickets.desk.insights.access import insights_required
from tickets.desk.insights.asking import Asked
from tickets.desk.queue_rows import rows_of
from tickets.metrics.backlog import still_open
from tickets.metrics.reporting.behind import Added, added_by, rows_behind
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.measuring import measure
from tickets.metrics.reporting.metric import Metric, Shape
from tickets.metrics.reporting.showing import show
from tickets.models import Ticket

PAGE = 50
CHUNK = 2000
# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "metric", "definition_version", "at", "ticket", "customer", "team", "channel",
    "value", "business_seconds", "hit",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A fact as a line: of which ticket (its subject only for who may see it), and its value."""

    fact: CXFact
    subject: str
    value: str


class _Echo:
    """A file that hands back what is written to it, for rows sent one by one."""

    def write(self, value: str) -> str:
        return value


@insights_required
@require_safe
def rows(request: AgentRequest, key: str) -> HttpResponse:
    """Exactly the rows a number counts, newest first; with `hits` those of a share's hits."""
    metric = METRICS.get(key)
    if metric is None:
        raise Http404
    at = timezone.now()
    asked = Asked.of(request, at)
    only_hits = bool(request.GET.get("hits"))
    facts = rows_behind(
        key, asked.period, agent=request.user, at=at, filters=asked.filters, only_hits=only_hits
    )
    before = _read_cursor(request)
    older = facts.filter(TupleLessThan((F("at"), F("pk")), before)) if before else facts
    found = list(older.select_related("customer", "team")[: PAGE + 1])
    shown = found[:PAGE]
    report = measure(
        [key], asked.period, agent=request.user, at=at, filters=asked.filters, clock=asked.clock
    )
    context = {
        "section": "insights",
        "page": "cx",
        "metric": metric,
        "asked": asked,
        "figure": report.whole[key],
        "shown": show(report.whole[key]),
        "rows": _lines(shown, metric, asked, request, at),
        "only_hits": only_hits,
        "is_share": metric.shape == Shape.SHARE,
        "query": asked.query(),
        "here": asked.of_days(asked.period),
        "older": _cursor(shown[-1]) if len(found) > PAGE else "",
    }
    return render(request, "tickets/desk/cx_rows.html", context)


@insights_required
@require_safe
def rows_csv(request: AgentRequest, key: str) -> StreamingHttpResponse:
    """All the rows a number counts, with its definition; however many they are."""
    metric = METRICS.get(key)
    if metric is None:
        raise Http404
    at = timezone.now()
    asked = Asked.of(request, at)
    facts = rows_behind(key, asked.period, agent=request.user, at=at, filters=asked.filters)
    writer = csv.writer(_Echo())
    head = [
        [str(metric.label), str(metric.meaning), str(metric.dated)],
        [asked.period.first.isoformat(), asked.period.last.isoformat(), asked.period.zone],
        list(_COLUMNS),
    ]
    body = _csv_rows(facts.select_related("team").iterator(CHUNK), metric, asked, at)
    lines = (
        writer.writerow([_safe(cell) for cell in row]) for part in (head, body) for row in part
    )
    name = f"{key}-{asked.period.first}-{asked.period.last}.csv"
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@insights_required
@require_safe
def open_tickets(request: AgentRequest) -> HttpResponse:
    """The tickets that are not solved and so in no average, next due first."""
    at = timezone.now()
    asked = Asked.of(request, at)
    tickets = still_open(request.user, asked.filters)
    try:
        page = queues.queue_page(tickets, after=request.GET.get("after", ""))
    except queues.BadCursor:
        messages.warning(request, _("That page is no longer there. This is the first one."))
        page = queues.queue_page(tickets)
    context = {
        "section": "insights",
        "title": _("Still open"),
        "rows": rows_of(page.tickets, view="", at=at),
        "more": asked.query(after=page.after) if page.after else "",
    }
    return render(request, "tickets/desk/now_rows.html", context)


def _lines(
    facts: Sequence[CXFact], metric: Metric, asked: Asked, request: AgentRequest, at: datetime
) -> list[Row]:
    numbers = {fact.ticket_number for fact in facts if fact.ticket_number}
    tickets = Ticket.objects.visible_to(request.user).filter(number__in=numbers)
    subjects = dict(tickets.values_list("number", "subject"))
    added = added_by(metric.key, asked.period, facts, at=at)
    return [
        Row(fact, subjects.get(fact.ticket_number or 0, ""), _value(metric, added.get(fact.pk)))
        for fact in facts
    ]


def _value(metric: Metric, added: Added | None) -> str:
    """What a fact adds, in words; a mere count adds nothing that could be said."""
    if added is None or metric.shape == Shape.COUNT:
        return ""
    if metric.shape == Shape.SHARE:
        return _("yes") if added.total else _("no")
    if metric.shape != Shape.TIME:
        return "" if added.value is None else f"{added.value:g}"
    if added.business is None:
        return duration(added.value)
    words = {"business": duration(added.business), "calendar": duration(added.value)}
    return _("%(business)s working time, %(calendar)s by the calendar") % words


def _csv_rows(
    facts: Iterable[CXFact], metric: Metric, asked: Asked, at: datetime
) -> Iterator[list[str]]:
    chunk: list[CXFact] = []
    for fact in facts:
        chunk.append(fact)
        if len(chunk) == CHUNK:
            yield from _csv_chunk(chunk, metric, asked, at)
            chunk = []
    yield from _csv_chunk(chunk, metric, asked, at)


def _csv_chunk(
    facts: Sequence[CXFact], metric: Metric, asked: Asked, at: datetime
) -> Iterator[list[str]]:
    added = added_by(metric.key, asked.period, facts, at=at)
    for fact in facts:
        one = added.get(fact.pk) or Added()
        yield [
            metric.key,
            str(metric.since),
            fact.at.isoformat(),
            str(fact.ticket_number or ""),
            str(fact.customer_id),
            str(fact.team or ""),
            fact.channel,
            *("" if value is None else f"{value:g}" for value in (one.value, one.business)),
            f"{one.total:g}" if metric.shape == Shape.SHARE else "",
        ]


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; negative numbers stay numbers."""
    is_number = cell.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell.startswith(_FORMULA) and not is_number else cell


def _cursor(fact: CXFact) -> str:
    return f"{fact.at.isoformat()}_{fact.pk}"


def _read_cursor(request: AgentRequest) -> tuple[datetime, int] | None:
    at, _separator, pk = request.GET.get("before", "").partition("_")
    try:
        return datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None

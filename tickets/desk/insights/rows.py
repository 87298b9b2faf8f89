"""The rows behind a number: paged by key, as CSV without a limit, and what is still open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleLessThan
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
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


@dataclass(frozen=True)
class Row:
    """A fact as a line: of which ticket (its subject only for who may see it), and its value."""

    fact: CXFact
    subject: str
    value: str


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
        "hits_label": _hits_label(metric),
        "query": asked.query(),
        "here": asked.of_days(asked.period),
        "question": json.dumps(_question(key, asked)),
        "older": _cursor(shown[-1]) if len(found) > PAGE else "",
    }
    return render(request, "tickets/desk/cx_rows.html", context)


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
        "back": (f"{reverse('desk:cx')}{asked.query()}", _("CX")),
        "more": asked.query(after=page.after) if page.after else "",
    }
    return render(request, "tickets/desk/now_rows.html", context)


def _hits_label(metric: Metric) -> str:
    """What the hits are called where their rows can be had apart."""
    labels = {Shape.SHARE: _("Only yes"), Shape.RATE: _("What is counted for them")}
    return labels.get(metric.shape, "")


def _question(key: str, asked: Asked) -> dict[str, object]:
    """The same question as a report asks it, whose rows can be written to a file."""
    return {
        "metrics": [key],
        "span": "own",
        "first": asked.period.first.isoformat(),
        "last": asked.period.last.isoformat(),
        "by": "",
        "clock": asked.clock,
        **asked.filters.as_query(),
    }


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
    if added is None or metric.shape in {Shape.COUNT, Shape.RATE}:
        return ""
    if metric.shape == Shape.SHARE:
        return _("yes") if added.total else _("no")
    if metric.shape != Shape.TIME:
        return "" if added.value is None else f"{added.value:g}"
    if added.business is None:
        return duration(added.value)
    words = {"business": duration(added.business), "calendar": duration(added.value)}
    return _("%(business)s working time, %(calendar)s by the calendar") % words


def _cursor(fact: CXFact) -> str:
    return f"{fact.at.isoformat()}_{fact.pk}"


def _read_cursor(request: AgentRequest) -> tuple[datetime, int] | None:
    at, _separator, pk = request.GET.get("before", "").partition("_")
    try:
        return datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None

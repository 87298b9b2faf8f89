"""CX: what customers experienced over weeks, each number with its rows and its definition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from helpdesk.lib.plots import LinePlot, Mark, line_plot
from helpdesk.web import AgentRequest
from tickets.desk.insights.access import insights_required
from tickets.desk.insights.asking import PERIODS, Asked, choices
from tickets.desk.insights.cutting import DIMENSIONS, lines_by
from tickets.desk.insights.lines import Line, lines_of, measured
from tickets.desk.insights.series import Series, plot_of
from tickets.metrics.backlog import backlog, still_open
from tickets.metrics.reporting.cutting import Dimension
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.metric import GROUPS, Group, Metric
from tickets.models import SlaPolicy

# Who turned to us how often is read from every contact: a number to ask for, by itself.
SHOWN = [key for key, metric in METRICS.items() if not metric.each_customer]
OUTCOMES = ("not_repeated", "first_contact", "first_reply", "promises", "csat")
# Facts of tickets that are not solved yet have no such number; how many there are is said.
OF_SOLVED = ("first_reply", "time_to_solve")


@insights_required
@require_safe
def cx(request: AgentRequest) -> HttpResponse:
    """Every number of a period, the five outcomes first; at most three changes are flagged."""
    at = timezone.now()
    asked = Asked.of(request, at)
    report = measured(SHOWN, asked, request, at)
    lines = lines_of(report, asked, at)
    open_now = _still_open(request, asked)
    context = {
        "section": "insights",
        "page": "cx",
        "asked": asked,
        "query": asked.query(),
        "periods": PERIODS,
        "choices": choices(request.user, asked),
        "outcomes": [lines[key] for key in OUTCOMES],
        "groups": _grouped(lines),
        "open": open_now,
        "backlog": _backlog(lines, asked, open_now["n"]),
        "at": at,
    }
    return render(request, "tickets/desk/cx.html", context)


@insights_required
@require_safe
def metric(request: AgentRequest, key: str) -> HttpResponse:
    """One metric: its weeks with limits, its definition, and cut `by` a dimension."""
    asked_of = METRICS.get(key)
    if asked_of is None:
        raise Http404
    dimensions = {n: label for n, label in DIMENSIONS.items() if asked_of.may_be_cut_by([n])}
    by = request.GET.get("by", next(iter(dimensions)))
    if by not in dimensions:
        raise Http404
    at = timezone.now()
    asked = Asked.of(request, at)
    lines = lines_of(measured([key], asked, request, at), asked, at)
    series = lines[key].series
    cut = measured([key], asked, request, at, by=Dimension(by))
    context = {
        "section": "insights",
        "page": "cx",
        "metric": asked_of,
        "line": lines[key],
        "plot": plot_of(series, asked, changes=_policy_changes(asked_of, asked)),
        "asked": asked,
        "query": asked.query(),
        "periods": PERIODS,
        "choices": choices(request.user, asked),
        "by": by,
        "dimensions": dimensions,
        "cut": lines_by(cut, key, Dimension(by), asked),
        "open": _still_open(request, asked) if key in OF_SOLVED else None,
        "at": at,
    }
    return render(request, "tickets/desk/cx_metric.html", context)


@insights_required
@require_safe
def definitions(request: AgentRequest) -> HttpResponse:
    """What every number means."""
    groups = [
        (name, [one for one in METRICS.values() if one.group == key])
        for key, name in GROUPS.items()
    ]
    context = {"section": "insights", "page": "definitions", "groups": groups}
    return render(request, "tickets/desk/cx_definitions.html", context)


def _grouped(lines: dict[str, Line]) -> list[tuple[str, list[Line]]]:
    """The metrics that are no outcome, group by group."""
    rest = [line for key, line in lines.items() if key not in OUTCOMES]
    grouped = [
        (str(name), [line for line in rest if line.metric.group == key])
        for key, name in GROUPS.items()
    ]
    return [(name, some) for name, some in grouped if some]


def _still_open(request: AgentRequest, asked: Asked) -> dict[str, Any]:
    """How many tickets are not solved, since when the oldest is open, and where they are listed."""
    tickets = still_open(request.user, asked.filters).order_by()
    found: dict[str, Any] = tickets.aggregate(n=Count("pk"), oldest=Min("opened_at"))
    return found | {"url": f"{reverse('desk:cx-open')}{asked.query()}"}


def _backlog(lines: dict[str, Line], asked: Asked, now: int) -> LinePlot:
    """How many tickets were open at the end of each week."""
    came = _added(lines[key].series for key in ("opened", "reopened"))
    went = _added(lines[key].series for key in ("solved",))
    series = lines["solved"].series
    levels = backlog(now, came, went)
    marks = [
        Mark(label=label, value=level, text=str(level), is_partial=is_partial)
        for (label, is_partial), level in zip(series.labelled(), levels, strict=True)
    ]
    desc = _("Reckoned back from what is open now.")
    return line_plot("backlog", _("Open at the end of the week"), desc, marks)


def _added(some: Iterable[Series]) -> list[int]:
    columns = zip(*([figure.n for _part, figure in one.parts] for one in some), strict=True)
    return [sum(column) for column in columns]


def _policy_changes(metric: Metric, asked: Asked) -> list[tuple[datetime, str]]:
    """When the policies that targets are measured by were changed in the period."""
    if metric.group != Group.TARGETS:
        return []
    begun = SlaPolicy.objects.filter(
        begins_at__gte=asked.period.starts_at, begins_at__lt=asked.period.ends_at, version__gt=1
    )
    return [
        (one.begins_at, _("%(name)s changed") % {"name": one.name})
        for one in begun.order_by("begins_at")
    ]

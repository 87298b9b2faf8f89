"""Reports put together by hand: asked by an address, kept, mailed, printed, written to files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.lib.blobs import open_blob
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, refusal
from tickets.desk.insights.access import insights_required
from tickets.desk.insights.report_forms import ReportForm, SaveForm
from tickets.metrics.reporting.measuring import Figure
from tickets.metrics.reporting.metric import Metric
from tickets.metrics.reporting.showing import Shown, show
from tickets.reports.answering import Row, Table, answer, plain
from tickets.reports.asking import Asked, AskedWrongly
from tickets.reports.models import Export, SavedReport
from tickets.reports.requesting import request_export, stop_export
from tickets.reports.saving import delete_report, save_report

SHOWN = 30
# The number that a cell carries for programs beside its words.
_MAIN = ("median", "percent", "rate", "mean", "score", "n")


@dataclass(frozen=True)
class Cell:
    """A figure of the table: its words, its plain number, and the rows it opens to."""

    metric: Metric
    shown: Shown
    value: float | None
    url: str


@insights_required
@require_safe
def reports(request: AgentRequest) -> HttpResponse:
    """Ask for a report; without a question, the usual one. Below, what was kept and written."""
    form = _form(request)
    asked = form.cleaned_data["asked"] if form.is_valid() else None
    return _page(request, asked, form=form, status=200 if asked else 400)


@insights_required
@require_safe
def report(request: AgentRequest, pk: int) -> HttpResponse:
    """A report that was kept, with the numbers of now."""
    saved = _saved(request, pk)
    asked = Asked.of(saved.asked)
    form = ReportForm(asked.as_fields(), agent=request.user)
    return _page(request, asked, form=form, saved=saved)


@insights_required
@require_POST
def save(request: AgentRequest) -> HttpResponse:
    """Keep a report, or change one that was kept."""
    form = SaveForm(request.POST)
    try:
        asked = _asked(request)
    except DomainError as error:
        return refusal(request, error)
    pk = request.POST.get("report", "")
    known = _saved(request, int(pk)) if pk.isdigit() else None
    if not form.is_valid():
        return _page(request, asked, saved=known, save_form=form, status=400)
    try:
        kept = save_report(
            known, asked=asked, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except AskedWrongly as error:
        form.add_error(None, str(error))
        return _page(request, asked, saved=known, save_form=form, status=400)
    messages.success(request, _("The report is kept."))
    return redirect("desk:report", kept.pk)


@insights_required
@require_POST
def delete(request: AgentRequest, pk: int) -> HttpResponse:
    """Forget a report that was kept."""
    delete_report(_saved(request, pk), by=request.user)
    messages.success(request, _("The report is forgotten. Files written from it stay a week."))
    return redirect("desk:reports")


@insights_required
@require_POST
def export(request: AgentRequest) -> HttpResponse:
    """Have a report, or the rows behind one of its numbers, written to a file."""
    try:
        request_export(
            _asked(request),
            form=request.POST.get("format", ""),
            metric=request.POST.get("metric", ""),
            only_hits=bool(request.POST.get("hits")),
            title=request.POST.get("title", "")[:200],
            by=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        return refusal(request, error)
    return redirect("desk:exports")


@insights_required
@require_safe
def exports(request: AgentRequest) -> HttpResponse:
    """The files somebody asked for, and how far each is."""
    found = list(request.user.exports.order_by("-at", "-pk")[:SHOWN])
    context = {
        "section": "insights",
        "page": "reports",
        "exports": found,
        "is_running": any(not one.is_over for one in found),
    }
    return render(request, "tickets/desk/exports.html", context)


@insights_required
@require_POST
def stop(request: AgentRequest, pk: int) -> HttpResponse:
    """Stop writing a file."""
    stop_export(get_object_or_404(request.user.exports, pk=pk), at=timezone.now())
    return redirect("desk:exports")


@insights_required
@require_safe
def export_file(request: AgentRequest, pk: int) -> HttpResponseBase:
    """A file that was written, while it is kept."""
    found = get_object_or_404(Export.objects.exclude(sha256=""), pk=pk, agent=request.user)
    try:
        blob = open_blob(found.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(blob, as_attachment=True, filename=found.file_name)


def _form(request: AgentRequest) -> ReportForm:
    given: Any = request.GET if "span" in request.GET else Asked().as_fields()
    return ReportForm(given, agent=request.user)


def _asked(request: AgentRequest) -> Asked:
    """The question that a form carries. Raises AskedWrongly; Http404 for what is no question."""
    try:
        return Asked.of(json.loads(request.POST.get("asked", "")))
    except (ValueError, AttributeError, TypeError) as error:
        raise Http404 from error


def _saved(request: AgentRequest, pk: int) -> SavedReport:
    return get_object_or_404(SavedReport.objects.visible_to(request.user), pk=pk)


def _page(
    request: AgentRequest,
    asked: Asked | None,
    *,
    form: ReportForm | None = None,
    saved: SavedReport | None = None,
    save_form: SaveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    is_own = saved is not None and saved.owner_id == request.user.pk
    table = answer(asked, agent=request.user, at=timezone.now()) if asked else None
    form = form or ReportForm(asked.as_fields() if asked else None, agent=request.user)
    context = {
        "section": "insights",
        "page": "reports",
        "form": form,
        "table": table,
        "lines": list(_lines(table)) if table else [],
        "asked": json.dumps(asked.as_fields()) if asked else "",
        "saved": saved,
        "is_own": is_own,
        "save_form": save_form or SaveForm(initial=_kept(saved) if saved and is_own else None),
        "kept": SavedReport.objects.visible_to(request.user).select_related("owner")[:SHOWN],
    }
    return render(request, "tickets/desk/reports.html", context, status=status)


def _kept(saved: SavedReport) -> dict[str, Any]:
    return {
        "name": saved.name,
        "is_shared": saved.is_shared,
        "rhythm": saved.rhythm,
        "recipients": list(saved.recipients.values_list("pk", flat=True)),
    }


def _lines(table: Table) -> Iterator[tuple[Row, list[Cell]]]:
    for row in (*table.rows, table.whole):
        yield row, [_cell(table, row, figure) for figure in row.figures]


def _cell(table: Table, row: Row, figure: Figure) -> Cell:
    numbers = plain(figure)
    value = next((numbers[name] for name in _MAIN if numbers.get(name) is not None), None)
    asked = table.asked.filters.as_query()
    if row.key and row.period == table.period and table.asked.by is not None:
        asked[str(table.asked.by)] = row.key
    elif not row.key and row is not table.whole:
        asked[str(table.asked.by)] = "none"
    days = {"first": row.period.first.isoformat(), "last": row.period.last.isoformat()}
    address = reverse("desk:cx-rows-of", args=[figure.metric.key])
    url = f"{address}?{urlencode(asked | days)}" if figure.n else ""
    return Cell(figure.metric, show(figure), value, url)

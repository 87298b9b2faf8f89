"""Tables of outside events: given, their columns named after a preview, read, and what failed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import partial, wraps
from itertools import islice
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import EventKind
from customers.uploads import operations as change
from customers.uploads.models import Upload
from customers.uploads.table import CARD, NAMES, news_of_row
from customers.uploads.tasks import read_table_of_events
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.lib.text import harmless_cell
from helpdesk.web import AgentRequest, agent_required, wants_fragment

LISTED, PREVIEWED, FAULTS_SHOWN = 50, 5, 100
FIELD_WORDS = {
    "external_id": _("its id there"),
    "at": _("when it happened"),
    "kind": _("kind of event"),
    "title": _("title"),
    "status": _("status"),
    "url": _("web address"),
    "may_cause_contact": _("likely to make them write"),
    "email": _("customer: e-mail address"),
    "phone": _("customer: phone number"),
    "external": _("customer: id elsewhere"),
    "handle": _("customer: handle"),
}
View = Callable[..., HttpResponse]


def may_upload(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Admit agents who may push whole tables of customers' events."""

    @wraps(view)
    def permitted(request: AgentRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.may(Permission.UPLOAD_EVENTS):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(Callable[[HttpRequest], HttpResponse], agent_required(permitted))


class UploadForm(forms.Form):
    """A table, and what is the same for all its rows."""

    table = forms.FileField(
        label=_("Table"),
        help_text=_("CSV with a line of column names, 20 MB at most"),
        error_messages={"required": _("Choose the file."), "empty": _("This file is empty.")},
    )
    source = forms.SlugField(
        label=_("Where it comes from"),
        max_length=40,
        help_text=_("A word for that system, such as shop; the same every time"),
        error_messages={"required": _("Say where it comes from.")},
    )
    kind = forms.ChoiceField(label=_("Kind of event"), required=False)
    meets_new = forms.BooleanField(
        label=_("Create customers nobody knows yet by their address"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = EventKind.objects.values_list("key", "label")
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind of event"),
            required=False,
            choices=[("", _("A column says it")), ("order", _("Order")), *kinds],
        )


@may_upload
def uploads(request: AgentRequest) -> HttpResponse:
    """The tables that were given, and the form for another."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = change.give_upload(
                name=given["table"].name,
                data=given["table"].read(),
                source=given["source"],
                kind=given["kind"],
                meets_new=given["meets_new"],
                by=Actor.agent(request.user.pk),
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error("table", str(error))
        else:
            return redirect("desk:upload", made.pk)
    newest = Upload.objects.select_related("by").order_by("-at")[:LISTED]
    context = {"form": form, "uploads": newest, "section": "customers"}
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/uploads.html", context, status=status)


@require_safe
@may_upload
def upload(request: AgentRequest, pk: int) -> HttpResponse:
    """One table: its columns and first rows before it is read, its progress, and what failed."""
    found = get_object_or_404(Upload, pk=pk)
    name = "_upload_state.html" if wants_fragment(request) else "upload.html"
    return render(request, f"tickets/desk/{name}", _context(found))


@require_POST
@may_upload
def start(request: AgentRequest, pk: int) -> HttpResponse:
    """Take the columns as they are named and begin to read."""
    found = get_object_or_404(Upload, pk=pk)
    columns = change.table_of(found).columns
    mapping = {column: request.POST.get(f"column-{n}", "") for n, column in enumerate(columns)}
    try:
        with transaction.atomic():
            change.start_upload(
                found, mapping=mapping, by=Actor.agent(request.user.pk), at=timezone.now()
            )
            _read_soon(found)
    except DomainError as error:
        found.mapping = mapping
        context = _context(found) | {"error": error}
        return render(request, "tickets/desk/upload.html", context, status=422)
    return redirect("desk:upload", pk)


@require_POST
@may_upload
def stop(request: AgentRequest, pk: int) -> HttpResponse:
    """Stop reading; what was read stays."""
    found = get_object_or_404(Upload, pk=pk)
    change.stop_upload(found, by=Actor.agent(request.user.pk), at=timezone.now())
    return redirect("desk:upload", pk)


@require_POST
@may_upload
def go_on(request: AgentRequest, pk: int) -> HttpResponse:
    """Read on from where it stood; also where a crash left it running."""
    found = get_object_or_404(Upload, pk=pk)
    with transaction.atomic():
        change.go_on_with_upload(found, by=Actor.agent(request.user.pk), at=timezone.now())
        _read_soon(found)
    return redirect("desk:upload", pk)


@require_safe
@may_upload
def faults(request: AgentRequest, pk: int) -> HttpResponse:
    """The rows that were refused and why, as a table to mend them by."""
    found = get_object_or_404(Upload, pk=pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="faults-{found.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(["row", "code", "detail"])
    writer.writerows(
        [row["row"], row["code"], harmless_cell(row["detail"])] for row in found.faults
    )
    return response


def _read_soon(found: Upload) -> None:
    transaction.on_commit(partial(read_table_of_events.delay, upload_id=found.pk))


def _context(found: Upload) -> dict[str, Any]:
    context: dict[str, Any] = {
        "upload": found,
        "faults": found.faults[:FAULTS_SHOWN],
        "section": "customers",
    }
    if found.state != Upload.State.MAPPED:
        return context
    table = change.table_of(found)
    rows = list(islice(table.rows(), PREVIEWED))
    context["columns"] = [
        {
            "name": column,
            "field": found.mapping.get(column, ""),
            "cells": [row[n] if n < len(row) else "" for row in rows],
        }
        for n, column in enumerate(table.columns)
    ]
    context["choices"] = [
        (CARD, _("on its card")),
        ("", _("leave out")),
        *((field, FIELD_WORDS[field]) for field in NAMES),
    ]
    context["preview"] = [_previewed(found, table.columns, row) for row in rows]
    return context


def _previewed(found: Upload, columns: list[str], row: list[str]) -> Any:
    """The row as it would be read, or why it would not."""
    try:
        return news_of_row(columns, row, mapping=found.mapping, kind=found.kind)
    except DomainError as error:
        return {"fault": str(error)}

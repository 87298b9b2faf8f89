"""Working hours: the workspace's own and others that SLA policies count in, with their versions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest
from tickets.channels.webform.reply_time import working_hours
from tickets.desk.calendar_forms import CalendarForm
from tickets.desk.policies import may_manage_policies
from tickets.models import BusinessCalendar
from tickets.operations.calendars import change_hours, make_calendar


@require_safe
@may_manage_policies
def calendars(request: AgentRequest) -> HttpResponse:
    """Each calendar's newest version, the workspace's own first."""
    newest: dict[tuple[bool, str], BusinessCalendar] = {}
    for version in BusinessCalendar.objects.order_by("valid_from"):
        newest[version.is_main, "" if version.is_main else version.name] = version
    rows = [(row, working_hours(row)) for _key, row in sorted(newest.items(), key=_place)]
    context = {"section": "policies", "rows": rows, "now": timezone.now()}
    return render(request, "tickets/desk/calendars.html", context)


def _place(entry: tuple[tuple[bool, str], BusinessCalendar]) -> tuple[bool, str]:
    (is_main, name), _row = entry
    return not is_main, name


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_policies
def new(request: AgentRequest) -> HttpResponse:
    """Add a calendar."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_policies
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Give a calendar other hours from a day to come, starting from one of its versions."""
    return _edit(request, get_object_or_404(BusinessCalendar, pk=pk))


def _edit(request: AgentRequest, calendar: BusinessCalendar | None) -> HttpResponse:
    form = CalendarForm(request.POST or None, request.FILES or None, calendar=calendar)
    error: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _save(form, calendar, by=Actor.agent(request.user.pk))
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:calendars")
    own = "" if calendar is None or calendar.is_main else calendar.name
    versions = BusinessCalendar.objects.called(own).select_related("made_by")
    context = {
        "section": "policies",
        "form": form,
        "calendar": calendar,
        "error": error,
        "versions": versions.order_by("-valid_from") if calendar else [],
    }
    status = 409 if error else 422 if form.errors else 200
    return render(request, "tickets/desk/calendar.html", context, status=status)


def _save(form: CalendarForm, calendar: BusinessCalendar | None, *, by: Actor) -> None:
    fields, now = form.fields_of_calendar(), timezone.now()
    if calendar is None:
        make_calendar(name=form.cleaned_data["name"], by=by, at=now, **fields)
    else:
        change_hours(calendar, valid_from=form.valid_from(), by=by, at=now, **fields)

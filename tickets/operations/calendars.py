"""Working hours: a change is a new version from a day to come, so that no past is rewritten."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from helpdesk.lib.actors import Actor
from helpdesk.lib.calendars import BusinessHours
from tickets.errors import CalendarNameTaken, HoursRewriteHistory
from tickets.models import BusinessCalendar

Hours = dict[str, list[list[str]]]


@transaction.atomic
def make_calendar(
    *, name: str, time_zone: str, hours: Hours, holidays: list[str], by: Actor, at: datetime
) -> BusinessCalendar:
    """Add a calendar that SLA policies may count in. Raises CalendarNameTaken, ValueError."""
    if BusinessCalendar.objects.filter(name=name).exists():
        raise CalendarNameTaken(name=name)
    return _keep(
        BusinessCalendar(name=name, is_main=False, valid_from=at),
        time_zone=time_zone, hours=hours, holidays=holidays, by=by,
    )  # fmt: skip


@transaction.atomic
def change_hours(
    calendar: BusinessCalendar,
    *,
    time_zone: str,
    hours: Hours,
    holidays: list[str],
    valid_from: datetime,
    by: Actor,
    at: datetime,
) -> BusinessCalendar:
    """Let a calendar have other hours from a moment to come; a version that was to begin then is
    replaced. Raises HoursRewriteHistory, ValueError.
    """
    if valid_from <= at:
        raise HoursRewriteHistory
    own = "" if calendar.is_main else calendar.name
    planned = BusinessCalendar.objects.called(own).filter(valid_from=valid_from).first()
    version = planned or BusinessCalendar(
        name=calendar.name, is_main=calendar.is_main, valid_from=valid_from
    )
    return _keep(version, time_zone=time_zone, hours=hours, holidays=holidays, by=by)


def _keep(
    version: BusinessCalendar, *, time_zone: str, hours: Hours, holidays: list[str], by: Actor
) -> BusinessCalendar:
    BusinessHours.from_spans(time_zone, hours, holidays)
    version.time_zone, version.hours, version.holidays = time_zone, hours, sorted(set(holidays))
    version.made_by_id = by.agent_id
    version.save()
    return version

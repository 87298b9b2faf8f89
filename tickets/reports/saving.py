"""Keep reports to look at again, and say when they go out by mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Agent
from tickets.metrics.reporting.periods import workspace_zone
from tickets.reports.asking import Asked, AskedWrongly
from tickets.reports.models import SavedReport

MAILED_AT = time(6)
Rhythm = SavedReport.Rhythm


@transaction.atomic
def save_report(
    report: SavedReport | None,
    *,
    name: str,
    asked: Asked,
    is_shared: bool = False,
    rhythm: str = Rhythm.NEVER,
    recipients: Iterable[Agent] = (),
    by: Agent,
    at: datetime,
) -> SavedReport:
    """Keep a new report, or change one; its mails go out from the next morning that fits on.

    Only its owner changes it. Raises AskedWrongly, PermissionDenied.
    """
    name, to = name.strip(), list(recipients)
    if not name:
        raise AskedWrongly(why=_("Give the report a name."))
    if rhythm != Rhythm.NEVER and not to:
        raise AskedWrongly(why=_("Say who gets the mail."))
    report = _locked(report, by) if report else SavedReport(owner=by, created_at=at)
    taken = SavedReport.objects.filter(owner=by, name=name).exclude(pk=report.pk)
    if taken.exists():
        raise AskedWrongly(why=_("You have a report of this name already; choose another."))
    report.name, report.asked, report.is_shared = name, asked.as_fields(), is_shared
    report.rhythm, report.due_at = rhythm, next_due(rhythm, at=at)
    report.save()
    report.recipients.set(to)
    return report


@transaction.atomic
def delete_report(report: SavedReport, *, by: Agent) -> None:
    """Forget a report. Only its owner does. Raises PermissionDenied."""
    _locked(report, by).delete()


def next_due(rhythm: str, *, at: datetime) -> datetime | None:
    """Return the next morning of this rhythm after a moment, at six on the workspace's clock."""
    if rhythm == Rhythm.NEVER:
        return None
    here = at.astimezone(ZoneInfo(workspace_zone(at)))
    day = here.date() + timedelta(days=here.time() >= MAILED_AT)
    while (rhythm == Rhythm.WEEKLY and day.weekday()) or (rhythm == Rhythm.MONTHLY and day.day > 1):
        day += timedelta(days=1)
    return datetime.combine(day, MAILED_AT, here.tzinfo)


def _locked(report: SavedReport, by: Agent) -> SavedReport:
    locked = SavedReport.objects.select_for_update().get(pk=report.pk)
    if locked.owner_id != by.pk:
        raise PermissionDenied
    return locked

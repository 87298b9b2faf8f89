from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from tickets.reports.exporting import clear_exports, write_export_file
from tickets.reports.mailing import mail_due_reports
from tickets.reports.models import Export

# A file that is not done after so long was lost with its worker, and is begun anew.
LOST_AFTER = timedelta(minutes=30)


@shared_task(ignore_result=True)
def write_export(*, export_id: int, **_: Any) -> None:
    """Write the file of an export, unless it was stopped."""
    going = (Export.State.WAITING, Export.State.RUNNING)
    if export := Export.objects.filter(pk=export_id, state__in=going).first():
        write_export_file(export, at=timezone.now())


@shared_task(ignore_result=True)
def sweep_exports(**_: Any) -> None:
    """Take up files whose task was lost, and clear those nobody fetched in time."""
    now = timezone.now()
    going = (Export.State.WAITING, Export.State.RUNNING)
    lost = Export.objects.filter(state__in=going, at__lt=now - LOST_AFTER)
    for pk in lost.values_list("pk", flat=True):
        write_export.delay(export_id=pk)
    clear_exports(at=now)


@shared_task(ignore_result=True)
def mail_reports(**_: Any) -> None:
    """Mail the saved reports that are due."""
    mail_due_reports(at=timezone.now())

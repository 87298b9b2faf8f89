"""Ask for files of reports, and stop them."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Agent
from tickets.metrics.reporting.definitions import METRICS
from tickets.reports.asking import Asked, AskedWrongly
from tickets.reports.models import Export
from tickets.reports.tasks import write_export

State = Export.State


@transaction.atomic
def request_export(
    asked: Asked,
    *,
    form: str,
    metric: str = "",
    only_hits: bool = False,
    title: str = "",
    by: Agent,
    at: datetime,
) -> Export:
    """Have a report written to a file, or the rows behind one of its numbers.

    It counts what `by` may see when it is written. Raises AskedWrongly.
    """
    if form not in Export.Format.values:
        raise AskedWrongly(why=_("A file is CSV or XLSX."))
    if metric and metric not in METRICS:
        raise AskedWrongly(why=_("There is no metric “%(key)s”.") % {"key": metric})
    export = Export.objects.create(
        agent=by,
        title=title or (str(METRICS[metric].label) if metric else _("Report")),
        asked=asked.as_fields(),
        metric=metric,
        only_hits=only_hits,
        format=form,
        at=at,
    )
    transaction.on_commit(partial(write_export.delay, export_id=export.pk))
    return export


def stop_export(export: Export, *, at: datetime) -> None:
    """Stop writing a file; what is written already is thrown away. Twice is once."""
    going = Export.objects.filter(pk=export.pk, state__in=(State.WAITING, State.RUNNING))
    going.update(state=State.STOPPED, finished_at=at)

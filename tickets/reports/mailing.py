"""Mail saved reports to those who asked for them, each with what they may see."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from tickets.metrics.reporting.metric import Metric
from tickets.metrics.reporting.showing import Shown, show
from tickets.reports.answering import Row, answer
from tickets.reports.asking import Asked
from tickets.reports.models import SavedReport
from tickets.reports.saving import next_due

log = logging.getLogger(__name__)


def mail_due_reports(*, at: datetime) -> int:
    """Mail what is due and note the next time; return how many reports were taken up.

    A report is noted as mailed before its mails leave: it goes out at most once, and a mail server
    that is away costs a mail and not a second copy for the others.
    """
    due = SavedReport.objects.filter(due_at__lte=at).order_by("due_at")
    taken = 0
    for pk in list(due.values_list("pk", flat=True)):
        if (report := _take(pk, at=at)) is not None:
            taken += 1
            _mail(report, at=at)
    return taken


@transaction.atomic
def _take(pk: int, *, at: datetime) -> SavedReport | None:
    rows = SavedReport.objects.select_for_update(skip_locked=True)
    report = rows.filter(pk=pk, due_at__lte=at).first()
    if report is not None:
        report.due_at, report.mailed_at = next_due(report.rhythm, at=at), at
        report.save(update_fields=["due_at", "mailed_at"])
    return report


def _mail(report: SavedReport, *, at: datetime) -> None:
    for agent in report.recipients.filter(is_active=True).order_by("pk"):
        if not agent.may(Permission.SEE_INSIGHTS):
            continue
        try:
            report_mail(report, agent, at=at).send()
        except (SMTPException, OSError):
            log.exception("report %s could not be mailed to agent %s", report.pk, agent.pk)


def report_mail(report: SavedReport, agent: Agent, *, at: datetime) -> EmailMultiAlternatives:
    """Return the mail of a report as one agent gets it: text and HTML that say the same."""
    with translation.override(agent.language or settings.LANGUAGE_CODE):
        table = answer(Asked.of(report.asked), agent=agent, at=at)
        shown = [(row.label, _shown(table.metrics, row)) for row in table.rows]
        context = {
            "report": report,
            "table": table,
            "rows": shown,
            "whole": _shown(table.metrics, table.whole),
            "address": f"{settings.BASE_URL}/desk/insights/reports/{report.pk}",
        }
        mail = EmailMultiAlternatives(
            _("Report: %(name)s") % {"name": report.name},
            render_to_string("reports/mail.txt", context),
            to=[agent.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("reports/mail.html", context), "text/html")
    return mail


def _shown(metrics: Sequence[Metric], row: Row) -> list[tuple[Metric, Shown]]:
    return list(zip(metrics, map(show, row.figures), strict=True))

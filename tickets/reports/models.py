from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Agent


class SavedReportQuerySet(models.QuerySet["SavedReport"]):
    def visible_to(self, agent: Agent) -> SavedReportQuerySet:
        """Own reports, and those that others share; each counts what its reader may see."""
        return self.filter(Q(owner=agent) | Q(is_shared=True))


class SavedReport(models.Model):
    """What somebody wants to look at again, or to be mailed: a question, never its answer.

    `asked` holds the fields of tickets.reports.asking.Asked. The mail goes out once `due_at` has
    come, to each recipient with the numbers of the teams that they may see.
    """

    class Rhythm(models.TextChoices):
        NEVER = "never", _("not by mail")
        DAILY = "daily", _("every morning")
        WEEKLY = "weekly", _("every Monday morning")
        MONTHLY = "monthly", _("on the first of every month")

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(Agent, models.CASCADE, related_name="saved_reports")
    is_shared = models.BooleanField(default=False)
    asked = models.JSONField(default=dict)
    rhythm = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.NEVER)
    recipients = models.ManyToManyField(Agent, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = SavedReportQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(name="report_name_once", fields=("owner", "name")),)
        indexes = (
            models.Index(name="report_due", fields=("due_at",), condition=Q(due_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A file somebody asked for: a report, or every row behind a number, and how far it is.

    `done` of `total` rows. The file is the blob `sha256` until it is cleared.
    """

    KEPT_FOR = timedelta(days=7)

    class Format(models.TextChoices):
        CSV = "csv", _("CSV")
        XLSX = "xlsx", _("XLSX")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="exports")
    title = models.CharField(max_length=200)
    asked = models.JSONField(default=dict)
    # The metric whose rows are wanted, and whether only its hits; empty for the report itself.
    metric = models.CharField(max_length=24, blank=True)
    only_hits = models.BooleanField(default=False)
    format = models.CharField(max_length=4, choices=Format)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(name="export_newest", fields=("agent", "-at")),
            models.Index(name="export_file", fields=("finished_at",), condition=~Q(sha256="")),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.format})"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.STOPPED}

    @property
    def file_name(self) -> str:
        kind = self.metric or "report"
        return f"{kind}-{self.at:%Y-%m-%d}-{self.pk}.{self.format}"

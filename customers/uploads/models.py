from __future__ import annotations

from django.db import models

from helpdesk.accounts.models import Agent


class Upload(models.Model):
    """A table of outside events somebody gave us, and how far it has been read.

    `mapping` says which column each field is read from; `done` is the number of rows read, so
    that what was stopped goes on where it stood. `faults` are dicts of row, code and detail.
    """

    class State(models.TextChoices):
        MAPPED = "mapped", "Waiting for its columns"
        RUNNING = "running"
        STOPPED = "stopped"
        DONE = "done"

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    source = models.SlugField(max_length=40)
    kind = models.SlugField(max_length=40, blank=True)
    meets_new = models.BooleanField(default=False)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.MAPPED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(name="upload_newest", fields=("-at",)),)

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

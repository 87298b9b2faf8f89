from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q

from customers.models import Customer
from helpdesk.accounts.models import Agent


class DataRequest(models.Model):
    """Somebody asked for a person's data, or to erase it: the audit, and how far the work is.

    `done` of `total` steps; an export's zip is the blob `sha256` until it is cleared.
    """

    KEPT_FOR = timedelta(days=7)

    class Kind(models.TextChoices):
        EXPORT = "export"
        ERASE = "erase", "Erasing"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"

    kind = models.CharField(max_length=8, choices=Kind)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="data_requests")
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(name="data_request_newest", fields=("customer", "-at")),
            models.Index(
                name="data_request_file", fields=("finished_at",), condition=~Q(sha256="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

from __future__ import annotations

from django.db import models
from django.db.models import Q

from helpdesk.accounts.models import Agent


class Merge(models.Model):
    """Two customers or two tickets made one, or a ticket made two, with all that undoing needs.

    `source` and `target` are ids of customers, or of tickets. `moved` maps a column
    ("customers.touchpoint.customer") to the ids of the rows that were pointed from source to
    target, and `last` to the newest id there was. `changed` maps a row ("customers.customer:5") to
    its fields' values before and after. `added` holds what else came to be: counts that the target
    got from the source, the event of a status, a participant. Of a person who was erased only that
    it happened is left, and there is no way back.
    """

    class Kind(models.TextChoices):
        CUSTOMERS = "customers", "Customers merged"
        TICKETS = "tickets", "Tickets merged"
        SPLIT = "split", "Ticket split"

    kind = models.CharField(max_length=10, choices=Kind)
    source = models.BigIntegerField()
    target = models.BigIntegerField()
    at = models.DateTimeField()
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")
    moved = models.JSONField(default=dict)
    last = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    added = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")
    is_final = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(name="merge_into", fields=("kind", "target")),
            models.Index(name="merge_from", fields=("kind", "source")),
        )
        constraints = (
            models.UniqueConstraint(
                name="merged_once_at_a_time",
                fields=("kind", "source"),
                condition=Q(undone_at__isnull=True) & ~Q(kind="split"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.source} into {self.target}"

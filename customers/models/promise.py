from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.models.touchpoint import TeamScopedQuerySet
from helpdesk.accounts.models import Agent, Team


class PromiseQuerySet(TeamScopedQuerySet):
    def outstanding(self) -> PromiseQuerySet:
        return self.filter(status=Promise.Status.OPEN)

    def overdue(self, at: datetime) -> PromiseQuerySet:
        return self.outstanding().filter(due_at__lt=at)


class Promise(models.Model):
    """What we said we would do for a customer, and by when."""

    class Status(models.TextChoices):
        OPEN = "open"
        KEPT = "kept"
        KEPT_LATE = "kept_late", "Kept late"
        BROKEN = "broken"
        CANCELLED = "cancelled", "Cancelled by the customer"
        REPLACED = "replaced"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="promises")
    text = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        Agent, models.SET_NULL, null=True, blank=True, related_name="promises"
    )
    # The promise this one took the place of, and how often its date was moved in all.
    replaces = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )
    moves = models.PositiveSmallIntegerField(default=0, db_default=0)
    ticket_number = models.BigIntegerField(null=True, blank=True)
    message_id = models.BigIntegerField(null=True, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="promise_closed_at_matches_status",
                condition=Q(status="open", closed_at__isnull=True)
                | (~Q(status="open") & Q(closed_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(name="promise_of_customer", fields=("customer", "due_at")),
            models.Index(
                name="promise_of_ticket",
                fields=("ticket_number",),
                condition=Q(ticket_number__isnull=False),
            ),
            models.Index(name="promise_due", fields=("due_at",), condition=Q(status="open")),
        )

    def __str__(self) -> str:
        return f"{self.text} by {self.due_at:%Y-%m-%d}"

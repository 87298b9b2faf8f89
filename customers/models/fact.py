from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.models.touchpoint import TeamScopedQuerySet
from helpdesk.accounts.models import Team


class FactQuerySet(TeamScopedQuerySet):
    def known(self, at: datetime) -> FactQuerySet:
        """Facts that have not expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at))


class Fact(models.Model):
    """Something we know about a customer, with where and when we learned it.

    Two different values of one key both stay: the newest is shown first, never instead.
    """

    class Source(models.TextChoices):
        MESSAGE = "message"
        FORM = "form"
        ATTACHMENT = "attachment"
        AGENT = "agent"
        IMPORT = "import"
        API = "api"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="facts")
    key = models.CharField(max_length=60)
    value = models.CharField(max_length=500)
    source = models.CharField(max_length=12, choices=Source)
    ticket_number = models.BigIntegerField(null=True, blank=True)
    message_id = models.BigIntegerField(null=True, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    is_verified = models.BooleanField(default=False)

    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="fact_once", fields=("customer", "key", "value")),
        )
        indexes = (
            models.Index(name="fact_newest", fields=("customer", "-at")),
            models.Index(name="fact_of_order", fields=("value",), condition=Q(key="order_number")),
            models.Index(
                name="fact_of_ticket",
                fields=("ticket_number",),
                condition=Q(ticket_number__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"

    @property
    def label(self) -> str:
        """The key in words."""
        return self.key.replace("_", " ")

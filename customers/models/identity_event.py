from __future__ import annotations

from django.db import models

from customers.models.customer import Customer
from helpdesk.accounts.models import Agent


class IdentityEvent(models.Model):
    """What became of somebody's identities: the ledger, appended to and never changed.

    A database rule keeps it; only `value` may be emptied, when a person is erased. `detail` names
    the merge or the other customer by id, never by name.
    """

    class Kind(models.TextChoices):
        ADDED = "added"
        VERIFIED = "verified"
        SHARED = "shared", "Marked as shared"
        UNSHARED = "unshared", "Marked as one person's"
        MOVED = "moved"
        REMOVED = "removed"
        MERGED = "merged"
        UNMERGED = "unmerged"
        DIFFERENT = "different", "Said to be different people"
        EXPORTED = "exported"
        ERASED = "erased"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="identity_events")
    kind = models.CharField(max_length=10, choices=Kind)
    identity_id = models.BigIntegerField(null=True, blank=True)
    value = models.CharField(max_length=320, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = (models.Index(name="identity_events", fields=("customer", "-at", "-id")),)

    def __str__(self) -> str:
        return f"{self.kind} of customer {self.customer_id} at {self.at:%Y-%m-%d %H:%M}"

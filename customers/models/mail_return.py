from __future__ import annotations

from django.db import models
from django.db.models import Q

from customers.models.identity import Identity


class MailReturn(models.Model):
    """A mail of ours that came back from an address, or that its reader complained about.

    Only what a token of ours proves is kept here: anybody can forge a bounce. `forgiven_at` is
    set when an agent says that the address works again.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "Returned for good"
        SOFT = "soft", "Returned for now"
        COMPLAINT = "complaint", "Complaint"

    identity = models.ForeignKey(Identity, models.CASCADE, related_name="returns")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    status = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    ticket_number = models.BigIntegerField(null=True, blank=True)
    forgiven_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                name="returns_that_count",
                fields=("identity", "at"),
                condition=Q(kind="hard", forgiven_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} from {self.identity_id} at {self.at:%Y-%m-%d}"

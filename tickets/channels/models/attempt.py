from django.db import models

from tickets.models import Delivery


class DeliveryAttempt(models.Model):
    """One try to hand a copy of a message to the outside, and what the outside said."""

    class Outcome(models.TextChoices):
        SENT = "sent"
        RETRY = "retry", "Failed, will be tried again"
        UNKNOWN = "unknown", "Cut off after the last byte, will be tried again"
        FAILED = "failed"

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(name="attempt_newest", fields=("-at", "-id")),)

    def __str__(self) -> str:
        return f"{self.outcome} for delivery {self.delivery_id}"

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tickets.models import Message


class DeliveryAttempt(models.Model):
    """One try to hand a message to the outside, and what the outside said."""

    class Outcome(models.TextChoices):
        SENT = "sent"
        RETRY = "retry", "Failed, will be tried again"
        FAILED = "failed"

    message = models.ForeignKey(Message, models.CASCADE, related_name="delivery_attempts")
    at = models.DateTimeField()
    recipients = ArrayField(models.CharField(max_length=320), default=list)
    outcome = models.CharField(max_length=8, choices=Outcome)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(name="attempt_newest", fields=("-at", "-id")),)

    def __str__(self) -> str:
        return f"{self.outcome} for message {self.message_id}"

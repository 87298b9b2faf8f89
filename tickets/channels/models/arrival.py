from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tickets.channels.models.mailbox import Mailbox
from tickets.models import Message

# The clocks of two machines of ours never differ by more.
AHEAD = timedelta(minutes=15)


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def unread(self) -> ArrivalQuerySet:
        return self.filter(state=Arrival.State.STORED)

    def parked(self) -> ArrivalQuerySet:
        return self.filter(state=Arrival.State.PARKED)

    def put_away(self) -> ArrivalQuerySet:
        """What somebody dropped and may take back; our own echoes are nobody's to take back."""
        return self.filter(state=Arrival.State.IGNORED).exclude(parked_for="")

    def overdue(self, before: datetime) -> ArrivalQuerySet:
        """Stored before a moment and still unread: its task was lost and must be queued again.

        What was stored long after it was stored before the clock was set back.
        """
        ahead = Q(received_at__gt=before + AHEAD)
        return self.unread().filter(Q(received_at__lt=before) | ahead)


class Arrival(models.Model):
    """A raw inbound delivery, kept byte for byte before it is understood, and what became of it."""

    class State(models.TextChoices):
        STORED = "stored", "Stored, not read yet"
        PROCESSED = "processed"
        IGNORED = "ignored"
        PARKED = "parked"

    class Source(models.TextChoices):
        SMTP = "smtp", "SMTP"
        LMTP = "lmtp", "LMTP"
        IMAP = "imap", "IMAP"
        PIPE = "pipe"
        HTTP = "http", "HTTP"
        FORM = "form", "Web form"
        WEBHOOK = "webhook", "Provider's webhook"
        SQS = "sqs", "Amazon SQS"

    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=100)
    source = models.CharField(max_length=8, choices=Source)
    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, blank=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.STORED)
    reason = models.CharField(max_length=300, blank=True)
    # Why it was parked, while it is put away; taken back, it is parked for this again.
    parked_for = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="arrival_once", fields=("channel", "key")),
            models.CheckConstraint(
                name="processed_arrival_was_read",
                condition=~Q(state="processed") | Q(finished_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                name="arrival_unfinished",
                fields=("state", "received_at"),
                condition=Q(state__in=("stored", "parked")),
            ),
            models.Index(
                name="arrival_put_away",
                fields=("-received_at", "-id"),
                condition=Q(state="ignored") & ~Q(parked_for=""),
            ),
            models.Index(name="arrival_newest", fields=("-received_at", "-id")),
        )

    def __str__(self) -> str:
        return f"{self.source} arrival {self.pk}"

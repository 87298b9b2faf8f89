from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from helpdesk.accounts.models import Team
from helpdesk.lib.crypto import EncryptedTextField
from tickets.models import Delivery, Message, Topic


class Mailbox(models.Model):
    """An address customers write to, where its mail comes from, and what becomes of it."""

    class Door(models.TextChoices):
        INTAKE = "intake", "SMTP or LMTP intake, pipe, HTTP"
        IMAP = "imap", "IMAP polling"

    name = models.CharField(max_length=80, unique=True)
    address = models.EmailField(unique=True)
    aliases = ArrayField(models.EmailField(), default=list, blank=True)
    door = models.CharField(max_length=8, choices=Door, default=Door.INTAKE)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    acknowledges = models.BooleanField(default=False)
    imap_host = models.CharField(max_length=200, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_tls = models.BooleanField(default=True)
    imap_user = models.CharField(max_length=200, blank=True)
    imap_secret = EncryptedTextField(blank=True)
    imap_folder = models.CharField(max_length=200, default="INBOX")
    uid_validity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_fetched_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "mailboxes"
        constraints = (
            models.UniqueConstraint(
                name="one_default_mailbox", fields=("is_default",), condition=Q(is_default=True)
            ),
        )

    def __str__(self) -> str:
        return self.address


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def unread(self) -> ArrivalQuerySet:
        return self.filter(state=Arrival.State.STORED)

    def parked(self) -> ArrivalQuerySet:
        return self.filter(state=Arrival.State.PARKED)

    def overdue(self, before: datetime) -> ArrivalQuerySet:
        """Stored before a moment and still unread: its task was lost and must be queued again."""
        return self.unread().filter(received_at__lt=before)


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
            models.Index(name="arrival_newest", fields=("-received_at", "-id")),
        )

    def __str__(self) -> str:
        return f"{self.source} arrival {self.pk}"


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

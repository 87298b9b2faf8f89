from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from customers.models import Customer
from helpdesk.accounts.models import Agent
from tickets.models.ticket import Ticket


class MessageQuerySet(models.QuerySet["Message"]):
    def public(self) -> MessageQuerySet:
        """What the customer can see: everything but notes."""
        return self.exclude(kind=Message.Kind.NOTE)


_Messages = models.Manager.from_queryset(MessageQuerySet)


class SaidMessages(_Messages):
    """Everything but replies that were taken back before they were sent."""

    def get_queryset(self) -> MessageQuerySet:  # type: ignore[override]
        return MessageQuerySet(self.model, using=self._db).filter(withdrawn_at=None)


class Message(models.Model):
    """One thing said on a ticket: by the customer, to them, or among ourselves.

    `text` is the whole of what came or went, `html` its sanitised rich form if there was one.
    `visible_text` and `visible_html` are the writer's own new words, where these are less than
    the whole: without quoted history and signature. `mail_kind` is what kind of machine wrote it,
    empty for a person. `authentication` is what our own border found about the sender, such as
    `dmarc=fail spf=pass`; empty where it says nothing. `delivery` is the worst state of its
    `deliveries`. Never edited, but for `withdrawn_at` when it is taken back unsent.
    """

    class Kind(models.TextChoices):
        INBOUND = "inbound"
        REPLY = "reply"
        NOTE = "note", "Internal note"
        AUTOMATIC = "automatic", "Automatic mail"

    class Delivery(models.TextChoices):
        NONE = "", "Nothing to deliver"
        QUEUED = "queued"
        SENDING = "sending"
        DEFERRED = "deferred", "Failed for now, will be tried again"
        UNKNOWN = "unknown", "Not known whether sent"
        SENT = "sent"
        BOUNCED = "bounced", "Sent and returned"
        FAILED = "failed"

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    channel = models.CharField(max_length=20)
    at = models.DateTimeField()
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    author_address = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    visible_text = models.TextField(blank=True)
    visible_html = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    mail_kind = models.CharField(max_length=16, blank=True)
    authentication = models.CharField(max_length=200, blank=True)
    remote_images = models.PositiveSmallIntegerField(default=0)
    is_automatic = models.BooleanField(default=False)
    is_other_sender = models.BooleanField(default=False)
    external_id = models.CharField(max_length=100, blank=True)
    mail_id = models.CharField(max_length=998, blank=True)
    mail_refs = ArrayField(models.CharField(max_length=998), default=list, blank=True)
    recipients = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    cc = ArrayField(models.CharField(max_length=320), default=list, blank=True)
    claimed_date_at = models.DateTimeField(null=True, blank=True)
    form = models.JSONField(default=dict, blank=True)
    delivery = models.CharField(max_length=8, choices=Delivery, default=Delivery.NONE, blank=True)
    delivery_note = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SaidMessages()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="message_arrives_once",
                fields=("channel", "external_id"),
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="only_outgoing_is_delivered",
                condition=Q(delivery="") | Q(kind__in=("reply", "automatic")),
            ),
        )
        indexes = (
            models.Index(name="message_conversation", fields=("ticket", "at", "id")),
            models.Index(name="message_by_mail_id", fields=("mail_id",), condition=~Q(mail_id="")),
            GinIndex(name="message_by_mail_refs", fields=("mail_refs",)),
            models.Index(
                name="message_undelivered",
                fields=("-at", "-id"),
                condition=~Q(delivery__in=("", "sent")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} on ticket {self.ticket_id}"

    @property
    def is_note(self) -> bool:
        return self.kind == self.Kind.NOTE

    @property
    def own_text(self) -> str:
        """What the writer wrote this time; the whole where nothing could be told apart."""
        return self.visible_text or self.text

    @property
    def is_inbound(self) -> bool:
        return self.kind == self.Kind.INBOUND


class Attachment(models.Model):
    """A file that came or went with a message; its bytes are stored once, under their SHA-256."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(name="attachment_bytes", fields=("sha256",)),)

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What an agent has typed on a ticket but not sent."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=Message.Kind)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="draft_once", fields=("ticket", "agent", "kind")),
        )

    def __str__(self) -> str:
        return f"draft of {self.agent_id} on ticket {self.ticket_id}"

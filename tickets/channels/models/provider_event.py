from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.channels.models.mailbox import Mailbox


class ProviderEvent(models.Model):
    """What a mail provider reported of a mail we sent, once however often it is reported."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        DEFERRED = "deferred", _("Deferred")
        BOUNCED = "bounced", _("Bounced")
        REJECTED = "rejected", _("Refused by the provider")
        COMPLAINED = "complained", _("Marked as spam")
        OTHER = "other", _("Something else")

    provider = models.CharField(max_length=10)
    event_id = models.CharField(max_length=100)
    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    recipient = models.CharField(max_length=320, blank=True)
    mail_id = models.CharField(max_length=998, blank=True)
    detail = models.CharField(max_length=1_000, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="provider_event_once", fields=("provider", "event_id")),
        )
        indexes = (models.Index(name="provider_event_by_mail", fields=("mail_id",)),)

    def __str__(self) -> str:
        return f"{self.provider}: {self.kind}"

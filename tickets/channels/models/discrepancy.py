from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.channels.models.mailbox import Mailbox


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):
    def unmended(self) -> DiscrepancyQuerySet:
        return self.filter(mended_at=None)


class Discrepancy(models.Model):
    """Something that is in one place and should be in the next one as well, and is not.

    Found by comparing a mailbox with the journal, the journal with the messages, and the outbox
    with what was sent. `key` names the one thing it is about, within its kind.
    """

    class Kind(models.TextChoices):
        NOT_KEPT = "not-kept", _("Mail on the server that is not here")
        NOT_READ = "not-read", _("Mail that nobody has read")
        NO_MESSAGE = "no-message", _("Mail whose message is gone")
        NOT_SENT = "not-sent", _("Mail that should have left")
        NO_COPY = "no-copy", _("Answer without a copy to send")

    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=120)
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, null=True, blank=True)
    detail = models.CharField(max_length=300)
    found_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True, blank=True)

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "discrepancies"
        constraints = (
            models.UniqueConstraint(
                name="unmended_once", fields=("kind", "key"), condition=Q(mended_at=None)
            ),
        )
        indexes = (models.Index(name="discrepancy_newest", fields=("-found_at", "-id")),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

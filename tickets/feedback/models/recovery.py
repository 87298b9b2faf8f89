from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Agent
from tickets.feedback.models.invitation import Invitation


class Recovery(models.Model):
    """What we owe somebody who told us it went badly: a call by its owner, and how it ended."""

    class Outcome(models.TextChoices):
        NONE = "", _("To do")
        RECOVERED = "recovered", _("Put right")
        EXPLAINED = "explained", _("Explained, they remain unhappy")
        UNREACHED = "unreached", _("Not reached")
        NEEDLESS = "needless", _("Nothing to do")

    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="recovery")
    owner = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.NONE, blank=True)
    note = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "recoveries"
        constraints = (
            models.CheckConstraint(
                name="recovery_closed_has_outcome",
                condition=Q(outcome="", closed_at__isnull=True)
                | (~Q(outcome="") & Q(closed_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(
                name="recovery_due", fields=("owner", "due_at"), condition=Q(closed_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"recovery of invitation {self.invitation_id}"

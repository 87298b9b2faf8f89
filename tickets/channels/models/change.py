from django.db import models

from helpdesk.accounts.models import Agent


class Change(models.Model):
    """Who changed settings and when, what they were and became; of a secret only that it changed.

    Append-only. Without an agent it was the installation itself.
    """

    at = models.DateTimeField()
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)

    class Meta:
        abstract = True
        ordering = ("-at", "-pk")

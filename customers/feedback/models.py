from __future__ import annotations

from django.db import models

from customers.models import Customer
from customers.models.touchpoint import TeamScopedQuerySet
from helpdesk.accounts.models import Agent, Team


class Rating(models.Model):
    """What a customer thought of how we did, 1 (very bad) to 5 (very good), and their words.

    Credit goes to `agent`, who answered, not to whoever owns the ticket later (METRICS 5.3).
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="ratings")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    ticket_number = models.BigIntegerField(null=True, blank=True)
    external_id = models.CharField(max_length=80, unique=True)

    objects = TeamScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(name="rating_1_to_5", condition=models.Q(score__range=(1, 5))),
        )
        indexes = (models.Index(name="rating_newest", fields=("customer", "-at")),)

    def __str__(self) -> str:
        return f"{self.score} of 5"

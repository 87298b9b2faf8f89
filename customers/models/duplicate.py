from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from customers.models.customer import Customer
from helpdesk.accounts.models import Agent


class Duplicate(models.Model):
    """A suggestion that two customers are one person, with why. It merges nobody by itself.

    `first` is the older record. `reasons` are of customers.operations.duplicates: a list of dicts
    with `code`, `points` (of 100) and what was found. "Different" stands for ever.
    """

    class State(models.TextChoices):
        SUGGESTED = "suggested"
        DIFFERENT = "different", "Different people"
        MERGED = "merged"

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.SUGGESTED)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="duplicate_once", fields=("first", "second")),
            models.CheckConstraint(name="older_first", condition=Q(first__lt=F("second"))),
        )
        indexes = (
            models.Index(
                name="duplicate_open",
                fields=("-score", "-id"),
                condition=Q(state="suggested"),
            ),
        )

    def __str__(self) -> str:
        return f"customers {self.first_id} and {self.second_id}: {self.score}"

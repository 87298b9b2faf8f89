from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """What a status means to metrics and queues; statuses have own names inside these."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAIT_CUSTOMER = "wait_customer", _("Waiting for customer")
    WAIT_OTHER = "wait_other", _("Waiting for others")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")


FINISHED = (Category.SOLVED, Category.CLOSED)
OURS = (Category.NEW, Category.OPEN, Category.WAIT_OTHER)


class TicketStatus(models.Model):
    """A workspace's own name for a stage of work, in one of the fixed categories."""

    name = models.CharField(max_length=60, unique=True)
    category = models.CharField(max_length=14, choices=Category)
    position = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ("position", "pk")
        verbose_name_plural = "ticket statuses"
        constraints = (
            models.UniqueConstraint(
                name="one_default_status_per_category",
                fields=("category",),
                condition=models.Q(is_default=True),
            ),
            models.UniqueConstraint(name="status_and_category", fields=("id", "category")),
        )

    def __str__(self) -> str:
        return self.name

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.models.touchpoint import TeamScopedQuerySet
from helpdesk.accounts.models import Agent, Team


class Rating(models.Model):
    """What a customer thought of how we did, on a named scale, and their words.

    CSAT is 1 (very bad) to 5 (very good), CES 2.0 is 1 (strongly disagree that it was easy) to 7,
    NPS 0 to 10. Scales are never mixed. `solved` and `repeated` are what was answered beside it.
    Credit goes to `agent`, who answered, not to whoever owns the ticket later (METRICS 5.3).
    """

    class Scale(models.TextChoices):
        CSAT = "csat5", _("CSAT, 1 to 5: how did we do?")
        CES = "ces7", _("CES 2.0, 1 to 7: was it easy?")
        NPS = "nps11", _("NPS®, 0 to 10: would you recommend us?")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="ratings")
    scale = models.CharField(
        max_length=8, choices=Scale, default=Scale.CSAT, db_default=Scale.CSAT.value
    )
    score = models.PositiveSmallIntegerField()
    solved = models.CharField(max_length=10, blank=True, default="", db_default="")
    repeated = models.CharField(max_length=5, blank=True, default="", db_default="")
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    ticket_number = models.BigIntegerField(null=True, blank=True)
    external_id = models.CharField(max_length=80, unique=True)

    objects = TeamScopedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="rating_fits_scale",
                condition=Q(scale="csat5", score__range=(1, 5))
                | Q(scale="ces7", score__range=(1, 7))
                | Q(scale="nps11", score__range=(0, 10)),
            ),
        )
        indexes = (models.Index(name="rating_newest", fields=("customer", "-at")),)

    def __str__(self) -> str:
        return f"{self.score} of {self.best}"

    @property
    def best(self) -> int:
        """The highest score of the scale."""
        return BEST[self.scale]


BEST: dict[str, int] = {Rating.Scale.CSAT: 5, Rating.Scale.CES: 7, Rating.Scale.NPS: 10}

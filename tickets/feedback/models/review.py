from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Agent


class ReviewPlace(models.Model):
    """Where somebody may review us in public; offered to everyone alike, whatever they answered."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    url = models.URLField(_("address"), max_length=500)
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class PublicReview(models.Model):
    """A review somebody wrote elsewhere, as it was pasted, uploaded or pushed to us.

    The same `source` and `external_id` again is the same review, in its newest words.
    """

    class Reply(models.TextChoices):
        OPEN = "open", _("Not answered")
        ANSWERED = "answered", _("Answered")
        LEFT = "left", _("Needs no answer")

    source = models.SlugField(_("where"), max_length=40)
    external_id = models.CharField(_("its id there"), max_length=120)
    url = models.URLField(_("address"), max_length=500, blank=True)
    author = models.CharField(_("who"), max_length=120, blank=True)
    score = models.PositiveSmallIntegerField(_("stars of 5"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True)
    at = models.DateTimeField(_("written at"))
    reply_state = models.CharField(max_length=8, choices=Reply, default=Reply.OPEN)
    reply = models.TextField(_("our answer"), blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(name="review_once", fields=("source", "external_id")),
            models.CheckConstraint(
                name="review_1_to_5", condition=Q(score=None) | Q(score__range=(1, 5))
            ),
        )
        indexes = (models.Index(name="review_newest", fields=("-at", "-id")),)

    def __str__(self) -> str:
        return f"{self.author} at {self.source}"

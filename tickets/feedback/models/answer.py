from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.feedback.models import Rating
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from tickets.feedback.models.invitation import Invitation


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, agent: Agent) -> AnswerQuerySet:
        """Answers about tickets of the agent's teams, or of no team yet."""
        seen = Invitation.objects.visible_to(agent)
        return self if agent.may(Permission.SEE_ALL_TEAMS) else self.filter(invitation__in=seen)

    def standing(self) -> AnswerQuerySet:
        """The answers that count: the last of each invitation, without what a machine sent."""
        return self.filter(stands=True)

    def quarantined(self) -> AnswerQuerySet:
        return self.exclude(quarantine="").filter(released_at=None)


class Answer(models.Model):
    """What a customer said, as it was sent; a change within seven days is a row of its own.

    The last one `stands` and is a rating. What looks like a link scanner's is quarantined with
    the reason and counts for nothing until a supervisor releases it. Credit goes to all agents
    who replied in the solve cycle (METRICS 5.3).
    """

    class Solved(models.TextChoices):
        FIRST = "first", _("Yes, the first time I asked")
        LATER = "later", _("Yes, but not the first time")
        NOT_YET = "not_yet", _("Not yet")
        CAME_BACK = "came_back", _("It came back")

    class Repeated(models.TextChoices):
        NO = "no", _("No")
        ONCE = "once", _("Once")
        MORE = "more", _("More than once")

    class Quarantine(models.TextChoices):
        NONE = "", _("Counts")
        SCANNER = "scanner", _("Several links of the mail were opened within seconds")
        SEVERAL = "several", _("Different answers were sent within seconds")

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="answers")
    rating = models.ForeignKey(Rating, models.SET_NULL, null=True, blank=True, related_name="+")
    # The page it was sent from: the same page sent twice is one answer.
    page = models.CharField(max_length=32)
    score = models.PositiveSmallIntegerField()
    solved = models.CharField(max_length=10, choices=Solved, blank=True)
    repeated = models.CharField(max_length=5, choices=Repeated, blank=True)
    reasons = ArrayField(models.SlugField(max_length=40), default=list, blank=True)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()
    stands = models.BooleanField(default=False)
    credited = models.ManyToManyField(Agent, blank=True, related_name="+")
    quarantine = models.CharField(
        max_length=8, choices=Quarantine, default=Quarantine.NONE, blank=True
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="answered_once_a_page", fields=("invitation", "page")),
            models.UniqueConstraint(
                name="one_answer_stands", fields=("invitation",), condition=Q(stands=True)
            ),
        )
        indexes = (
            models.Index(name="answer_newest", fields=("-at", "-id"), condition=Q(stands=True)),
            models.Index(
                name="answer_quarantined",
                fields=("-at", "-id"),
                condition=~Q(quarantine="") & Q(released_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.score} to invitation {self.invitation_id}"

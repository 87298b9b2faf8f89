from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from helpdesk.accounts.models import Agent, IsTeamOf, Team
from helpdesk.accounts.roles import Permission
from tickets.models import Message, Topic


class MacroQuerySet(models.QuerySet["Macro"]):
    def active(self) -> MacroQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, agent: Agent) -> MacroQuerySet:
        """Macros of no team are everybody's; those of a team its members'."""
        if agent.may(Permission.SEE_ALL_TEAMS):
            return self
        if not agent.may(Permission.WORK_TICKETS):
            return self.none()
        return self.filter(Q(team=None) | Q(IsTeamOf(agent)))


class Macro(models.Model):
    """Words used often, in one or more languages, with variables.

    `asks_for` are the keys of facts its text asks the customer for; `tried_step` says what was
    tried when it is sent, in a few words. `purpose` says which next step of a briefing it is for:
    "promise-late", "incident", or the resolution code that it brings about.
    """

    name = models.CharField(max_length=120, unique=True)
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, blank=True, related_name="macros")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="macros")
    asks_for = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    tried_step = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = MacroQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class MacroText(models.Model):
    """What a macro says in one language."""

    macro = models.ForeignKey(Macro, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8)
    text = models.TextField()

    class Meta:
        ordering = ("language",)
        constraints = (
            models.UniqueConstraint(name="macro_text_once", fields=("macro", "language")),
        )

    def __str__(self) -> str:
        return f"{self.macro_id} in {self.language}"


class MacroUse(models.Model):
    """A macro that went into a reply."""

    macro = models.ForeignKey(Macro, models.CASCADE, related_name="uses")
    message = models.ForeignKey(Message, models.CASCADE, related_name="macro_uses")

    class Meta:
        constraints = (models.UniqueConstraint(name="macro_use_once", fields=("macro", "message")),)

    def __str__(self) -> str:
        return f"macro {self.macro_id} in message {self.message_id}"

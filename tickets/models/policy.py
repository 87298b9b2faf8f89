from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Agent
from helpdesk.lib.calendars import BusinessHours


class TargetKind(models.TextChoices):
    FIRST_REPLY = "first_reply", _("First reply")
    NEXT_REPLY = "next_reply", _("Next reply")
    SOLVING = "solving", _("Solving")


class Measure(models.TextChoices):
    BUSINESS = "business", _("working time")
    CALENDAR = "calendar", _("calendar time")


@dataclass(frozen=True)
class Aim:
    """How many seconds something may take, and whether only working time counts."""

    seconds: int
    is_business: bool

    def due_after(self, start: datetime, left: float, hours: BusinessHours | None) -> datetime:
        """Return when `left` seconds of the aim, counted from a moment on, are used up."""
        if self.is_business and hours is not None:
            return hours.due_after(start, left)
        return start + timedelta(seconds=left)


class Notified(models.TextChoices):
    """Who is told of a target; where a ticket has no owner, the leads stand in."""

    OWNER = "owner", _("the owner")
    LEADS = "leads", _("the leads of the team")


@dataclass(frozen=True)
class Step:
    """What a policy has done once when a target is nearly due, or has been missed."""

    notify: tuple[str, ...] = ()
    priority: int | None = None
    team: int | None = None
    agent: int | None = None


class SlaPolicyQuerySet(models.QuerySet["SlaPolicy"]):
    def in_force(self, at: datetime) -> SlaPolicyQuerySet:
        """The versions that held at a moment, in the order they are tried."""
        ended = Q(ends_at=None) | Q(ends_at__gt=at)
        return self.filter(ended, begins_at__lte=at).order_by("position", "pk")


class SlaPolicy(models.Model):
    """By when we mean to answer and to solve the tickets that fit its conditions.

    Each row is one version: a change ends it and begins the next, so that what was measured by it
    can always say by what. `conditions` maps a property (see operations.policies) to the values it
    may have; one that is not named may be anything. Targets are minutes; without one there is
    none. No clock runs in the status categories that `pauses` lists. `escalations` says of a kind
    of target what is done before it is due (`warn_minutes` of its own measure before, `warning`)
    and when it has been missed (`breach`), each a Step as a mapping.
    """

    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)
    conditions = models.JSONField(default=dict, blank=True)
    first_reply_minutes = models.PositiveIntegerField(null=True, blank=True)
    first_reply_measure = models.CharField(max_length=8, choices=Measure, default=Measure.BUSINESS)
    next_reply_minutes = models.PositiveIntegerField(null=True, blank=True)
    next_reply_measure = models.CharField(max_length=8, choices=Measure, default=Measure.BUSINESS)
    solving_minutes = models.PositiveIntegerField(null=True, blank=True)
    solving_measure = models.CharField(max_length=8, choices=Measure, default=Measure.BUSINESS)
    # Whose working hours count: a calendar's name, or "" for the workspace's own.
    calendar_name = models.CharField(max_length=80, blank=True)
    pauses = models.JSONField(default=list, blank=True)
    escalations = models.JSONField(default=dict, blank=True, db_default={})
    made_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = SlaPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        constraints = (
            models.UniqueConstraint(name="policy_version_once", fields=("name", "version")),
            models.UniqueConstraint(
                name="policy_one_in_force", fields=("name",), condition=Q(ends_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    def aim(self, kind: str) -> Aim | None:
        """Return the target of a kind; None where the policy has none."""
        minutes: int | None = getattr(self, f"{kind}_minutes")
        if minutes is None:
            return None
        return Aim(minutes * 60, getattr(self, f"{kind}_measure") == Measure.BUSINESS)

    def warns_before(self, kind: str) -> int | None:
        """Return how many seconds of a target are left when it is warned of; None: never."""
        minutes: int | None = self.escalations.get(kind, {}).get("warn_minutes")
        return None if minutes is None else minutes * 60

    def step(self, kind: str, moment: str) -> Step | None:
        """Return what is done at the "warning" or "breach" of a kind; None where nothing is."""
        given = self.escalations.get(kind, {}).get(moment)
        if given is None:
            return None
        return Step(
            notify=tuple(given.get("notify", ())),
            priority=given.get("priority"),
            team=given.get("team"),
            agent=given.get("agent"),
        )

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from helpdesk.accounts.models import Agent
from helpdesk.lib.calendars import BusinessHours


class BusinessCalendarQuerySet(models.QuerySet["BusinessCalendar"]):
    def called(self, name: str) -> BusinessCalendarQuerySet:
        """The versions of a calendar; of the workspace's own for "" """
        return self.filter(name=name, is_main=False) if name else self.filter(is_main=True)

    def valid_at(self, at: datetime, *, name: str = "") -> BusinessCalendar | None:
        """The version in force at a moment; the oldest one for moments before all of them.

        Of the workspace's own calendar, or of the one of a name.
        """
        versions = self.called(name)
        newest = versions.filter(valid_from__lte=at).order_by("-valid_from").first()
        return newest or versions.order_by("valid_from").first()


class BusinessCalendar(models.Model):
    """When we are at work. A change is a new row.

    `hours` maps ISO weekday ("1" is Monday) to a list of ["HH:MM", "HH:MM"] spans in
    `time_zone`; `holidays` lists ISO dates without work. The workspace's own calendar is the rows
    with `is_main`; SLA policies may count in others, by name.
    """

    name = models.CharField(max_length=80)
    is_main = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64)
    hours = models.JSONField()
    holidays = models.JSONField(default=list, blank=True)
    valid_from = models.DateTimeField()
    made_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = BusinessCalendarQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="calendar_main_from_once", fields=("valid_from",), condition=Q(is_main=True)
            ),
            models.UniqueConstraint(name="calendar_from_once", fields=("name", "valid_from")),
        )

    def __str__(self) -> str:
        return self.name

    def business_hours(self) -> BusinessHours:
        return BusinessHours.from_spans(self.time_zone, self.hours, self.holidays)

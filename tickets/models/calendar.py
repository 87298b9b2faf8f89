from __future__ import annotations

from datetime import datetime

from django.db import models

from helpdesk.lib.calendars import BusinessHours


class BusinessCalendarQuerySet(models.QuerySet["BusinessCalendar"]):
    def valid_at(self, at: datetime) -> BusinessCalendar | None:
        """The calendar in force at a moment; the oldest one for moments before all of them."""
        newest = self.filter(valid_from__lte=at).order_by("-valid_from").first()
        return newest or self.order_by("valid_from").first()


class BusinessCalendar(models.Model):
    """When we are at work. A change is a new row.

    `hours` maps ISO weekday ("1" is Monday) to a list of ["HH:MM", "HH:MM"] spans in
    `time_zone`; `holidays` lists ISO dates without work.
    """

    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64)
    hours = models.JSONField()
    holidays = models.JSONField(default=list, blank=True)
    valid_from = models.DateTimeField(unique=True)

    objects = BusinessCalendarQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def business_hours(self) -> BusinessHours:
        return BusinessHours.from_spans(self.time_zone, self.hours, self.holidays)

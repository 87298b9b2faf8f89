"""Whole days, weeks and months of the workspace's own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings

from tickets.models import BusinessCalendar

DAY, WEEK = timedelta(days=1), timedelta(days=7)
USUAL_WEEKS = 13
MONTHS_A_YEAR = 12


class Step(StrEnum):
    """Into what a period is divided, named as PostgreSQL's date_trunc does."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both in it, by the clocks of a zone."""

    first: date
    last: date
    zone: str

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first, time(), ZoneInfo(self.zone))

    @property
    def ends_at(self) -> datetime:
        """The moment after the last day."""
        return datetime.combine(self.last + DAY, time(), ZoneInfo(self.zone))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """Return the period of the same length just before this one."""
        return Period(self.first - self.days * DAY, self.first - DAY, self.zone)

    def parts(self, step: Step) -> Iterator[Period]:
        """Yield the days, ISO weeks or months of the period; the first and last may be cut."""
        begin = self.first
        while begin <= self.last:
            after = following(begin, step)
            yield Period(begin, min(self.last, after - DAY), self.zone)
            begin = after


def following(day: date, step: Step) -> date:
    """Return the first day after the day, ISO week or month that a day is in."""
    if step == Step.DAY:
        return day + DAY
    if step == Step.WEEK:
        return day + (7 - day.weekday()) * DAY
    return plus_months(day, 1)


def workspace_zone(at: datetime) -> str:
    """Return the time zone of the workspace's business calendar that is valid at a moment."""
    rows = BusinessCalendar.objects.filter(is_main=True, valid_from__lte=at).order_by("-valid_from")
    zone = rows.values_list("time_zone", flat=True).first()
    return zone or settings.TIME_ZONE


def months_until(at: datetime, *, months: int) -> Period:
    """Return the last `months` months with the running one, up to today."""
    zone = workspace_zone(at)
    today = at.astimezone(ZoneInfo(zone)).date()
    return Period(plus_months(today, 1 - months), today, zone)


def plus_months(day: date, months: int) -> date:
    """Return the first day of the month that lies so many after a day's, or before it."""
    count = day.year * MONTHS_A_YEAR + day.month - 1 + months
    return date(count // MONTHS_A_YEAR, count % MONTHS_A_YEAR + 1, 1)


def weeks_until(at: datetime, *, weeks: int = USUAL_WEEKS) -> Period:
    """Return the last `weeks` ISO weeks with the running one, up to today."""
    zone = workspace_zone(at)
    today = at.astimezone(ZoneInfo(zone)).date()
    monday = today - today.weekday() * DAY
    return Period(monday - (weeks - 1) * WEEK, today, zone)

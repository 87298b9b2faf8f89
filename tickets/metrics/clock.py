"""The two clocks of every metric (METRICS 5.0): by the calendar, and in business time."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from helpdesk.lib.calendars import BusinessHours
from tickets.models import BusinessCalendar

# The version of the definitions in this package, kept with every value.
VERSION = 2


@dataclass(frozen=True)
class Length:
    """A span in seconds, by the calendar (`c`) and in business time (`b`)."""

    c: float = 0.0
    b: float = 0.0

    def __add__(self, other: Length) -> Length:
        return Length(self.c + other.c, self.b + other.b)


@dataclass(frozen=True)
class Clock:
    """Measures spans by the business calendar that was valid when they began.

    `calendars` are (valid from, id, hours), oldest first. Without any, business time is 0.
    """

    calendars: tuple[tuple[datetime, int, BusinessHours], ...]

    @classmethod
    def of(cls, calendars: Iterable[BusinessCalendar]) -> Clock:
        rows = sorted(calendars, key=lambda calendar: calendar.valid_from)
        return cls(tuple((row.valid_from, row.pk, row.business_hours()) for row in rows))

    @classmethod
    def of_workspace(cls) -> Clock:
        return cls.of(BusinessCalendar.objects.filter(is_main=True))

    @classmethod
    def by_name(cls) -> dict[str, Clock]:
        """Return the clock of every other calendar of the workspace."""
        rows: dict[str, list[BusinessCalendar]] = defaultdict(list)
        for row in BusinessCalendar.objects.filter(is_main=False):
            rows[row.name].append(row)
        return {name: cls.of(versions) for name, versions in rows.items()}

    def calendar_id(self, at: datetime) -> int | None:
        row = self._valid(at)
        return row[1] if row else None

    def hours(self, at: datetime) -> BusinessHours | None:
        """Return the working hours that were valid at a moment."""
        row = self._valid(at)
        return row[2] if row else None

    def measure(self, start: datetime, end: datetime) -> Length:
        """Return how long it was from start to end; nothing when end is not after start."""
        if end <= start:
            return Length()
        row = self._valid(start)
        business = row[2].seconds_between(start, end) if row else 0.0
        return Length((end - start).total_seconds(), business)

    def _valid(self, at: datetime) -> tuple[datetime, int, BusinessHours] | None:
        if not self.calendars:
            return None
        newer = bisect_right([valid_from for valid_from, _, _ in self.calendars], at)
        return self.calendars[max(0, newer - 1)]

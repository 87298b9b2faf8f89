"""Business time: which seconds count, and when a target falls due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# A calendar with no working hour within this many days is taken to have none at all.
HORIZON_DAYS = 400


@dataclass(frozen=True)
class BusinessHours:
    """Working spans by weekday in one time zone, less holidays. All arithmetic is on instants,
    so that a clock change inside a span counts the seconds that really passed."""

    zone: ZoneInfo
    spans: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: frozenset[date]

    @classmethod
    def from_spans(
        cls, time_zone: str, hours: Mapping[str, Sequence[Sequence[str]]], holidays: Sequence[str]
    ) -> BusinessHours:
        """Build from stored form: {"1": [["09:00", "17:00"]], …} with ISO weekdays, ISO dates."""
        return cls(
            zone=ZoneInfo(time_zone),
            spans={
                int(day): tuple(
                    (time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans
                )
                for day, spans in hours.items()
            },
            holidays=frozenset(date.fromisoformat(day) for day in holidays),
        )

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """Return the business seconds in [start, end]; 0 when end is not after start."""
        total = 0.0
        for opens, closes in self._open_spans(start.astimezone(self.zone).date()):
            if opens >= end:
                break
            total += max(0.0, (min(closes, end) - max(opens, start)).total_seconds())
        return total

    def due_after(self, start: datetime, seconds: float) -> datetime:
        """Return the instant at which `seconds` of business time have passed since `start`.

        A calendar without working hours counts calendar time: a target must fall due some day.
        """
        left = seconds
        for opens, closes in self._open_spans(start.astimezone(self.zone).date()):
            begin = max(opens, start)
            span = (closes - begin).total_seconds()
            if span >= left and span > 0:
                return begin + timedelta(seconds=left)
            left -= max(0.0, span)
        return start + timedelta(seconds=seconds)

    def is_open(self, at: datetime) -> bool:
        return any(
            opens <= at < closes
            for opens, closes in self._spans_on(at.astimezone(self.zone).date())
        )

    def end_of_next_day(self, at: datetime) -> datetime | None:
        """Return when the next working day after the day of `at` ends; None where there is none."""
        today = at.astimezone(self.zone).date()
        days = (self._spans_on(today + timedelta(days=ahead)) for ahead in range(1, HORIZON_DAYS))
        return next((spans[-1][1] for spans in days if spans), None)

    def _open_spans(self, first: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield working spans from a day on, until the calendar shows it has none left."""
        idle_days = 0
        day = first
        while idle_days < HORIZON_DAYS:
            spans = self._spans_on(day)
            idle_days = 0 if spans else idle_days + 1
            yield from spans
            day += timedelta(days=1)

    def _spans_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        if day in self.holidays:
            return ()
        return _instants(day, self.spans.get(day.isoweekday(), ()), self.zone)


# Looking up a time zone's rules costs more than all else here, and days are asked for again.
@lru_cache(maxsize=8192)
def _instants(
    day: date, spans: tuple[tuple[time, time], ...], zone: ZoneInfo
) -> tuple[tuple[datetime, datetime], ...]:
    return tuple(
        (
            datetime.combine(day, start, zone).astimezone(UTC),
            datetime.combine(day, end, zone).astimezone(UTC),
        )
        for start, end in spans
    )

"""Days without work, from a country's public holidays or from a calendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

import holidays
from dateutil.rrule import rrulestr
from icalendar import Calendar

# A file that repeats more often than this in the years asked for is no list of holidays.
MOST = 1000


class UnknownCountry(ValueError):
    """There are no holidays for this country or part of it."""


class NoCalendar(ValueError):
    """The file is no iCalendar file, or not of whole days."""


def holidays_of(place: str, years: range) -> list[date]:
    """Return the public holidays of a country ("GB") or a part of it ("GB-SCT").

    Raises UnknownCountry.
    """
    country, _, part = place.strip().upper().partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError as error:
        raise UnknownCountry(place) from error
    return sorted(found)


def holidays_in(data: bytes, years: range) -> list[date]:
    """Return the whole-day events of an iCalendar file that fall into some years, repeated ones
    too; events with a time of day are left out. Raises NoCalendar.
    """
    try:
        events = Calendar.from_ical(data).walk("VEVENT")
        days = {day for event in events for day in _days(event, years)}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise NoCalendar(str(error)) from error
    return sorted(days)


def _days(event: Any, years: range) -> Iterator[date]:
    start = event["DTSTART"].dt
    if isinstance(start, datetime) or event.get("STATUS") == "CANCELLED":
        return
    end = event["DTEND"].dt if "DTEND" in event else start + timedelta(days=1)
    length = max(1, (end - start).days)
    for first in _starts(event, start, years):
        for day in (first + timedelta(days=index) for index in range(min(length, MOST))):
            if day.year in years:
                yield day


def _starts(event: Any, start: date, years: range) -> Iterator[date]:
    if "RRULE" not in event:
        yield start
        return
    rule = event["RRULE"].to_ical().decode()
    moments = rrulestr(rule, dtstart=datetime(start.year, start.month, start.day), ignoretz=True)  # noqa: DTZ001
    for moment in takewhile(lambda at: at.year < years.stop, islice(moments, MOST)):
        yield moment.date()

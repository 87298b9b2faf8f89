"""What a report asks: kept with saved ones, carried in addresses, understood the same by all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from helpdesk.lib.errors import DomainError
from tickets.metrics.reporting.cells import BUSINESS, CALENDAR
from tickets.metrics.reporting.cutting import Dimension, Filters
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.periods import Period, Step, weeks_until, workspace_zone

MOST_DAYS = 366 * 5
USUAL = ("contacts", "first_reply", "time_to_solve", "first_contact", "csat")


class AskedWrongly(DomainError):
    """A report was asked for that cannot be made; the message says what to change."""

    code = "asked_wrongly"
    message = "%(why)s"


class Span(StrEnum):
    """Which days, seen from today."""

    WEEKS_4 = "4w"
    WEEKS_13 = "13w"
    WEEKS_52 = "52w"
    LAST_WEEK = "last_week"
    LAST_MONTH = "last_month"
    OWN = "own"


_WEEKS = {Span.WEEKS_4: 4, Span.WEEKS_13: 13, Span.WEEKS_52: 52}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The question of a report. `first` and `last` are days, for a span of one's own."""

    metrics: tuple[str, ...] = USUAL
    span: Span = Span.WEEKS_13
    first: date | None = None
    last: date | None = None
    by: Step | Dimension | None = Step.WEEK
    clock: str = BUSINESS
    filters: Filters = field(default_factory=Filters)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Asked:
        """Read the fields of a form, an address or a saved report. Raises AskedWrongly."""
        metrics = tuple(dict.fromkeys(given.get("metrics") or USUAL))
        if unknown := [key for key in metrics if key not in METRICS]:
            raise AskedWrongly(why=_("There is no metric “%(key)s”.") % {"key": unknown[0]})
        clock = given.get("clock") or BUSINESS
        if clock not in {BUSINESS, CALENDAR}:
            raise AskedWrongly(why=_("The clock is business or calendar."))
        try:
            filters = Filters.of(given)
            span = Span(given.get("span") or Span.WEEKS_13)
            by = _by(str(given.get("by", Step.WEEK)))
            first, last = _day(given.get("first")), _day(given.get("last"))
        except ValueError as error:
            why = _("This cannot be asked: %(why)s") % {"why": error}
            raise AskedWrongly(why=why) from error
        if span == Span.OWN:
            _check_days(first, last)
        return cls(
            metrics=metrics, span=span, first=first, last=last, by=by, clock=clock, filters=filters
        )

    def as_fields(self) -> dict[str, Any]:
        """Return what `of` reads again; the metrics are a list."""
        days = {"first": self.first, "last": self.last} if self.span == Span.OWN else {}
        return {
            "metrics": list(self.metrics),
            "span": str(self.span),
            "by": str(self.by or ""),
            "clock": self.clock,
            **{name: day.isoformat() for name, day in days.items() if day},
            **self.filters.as_query(),
        }

    def period(self, at: datetime) -> Period:
        """Return the days that are meant, seen from a moment."""
        if self.span in _WEEKS:
            return weeks_until(at, weeks=_WEEKS[self.span])
        zone = workspace_zone(at)
        today = at.astimezone(ZoneInfo(zone)).date()
        if self.span == Span.LAST_WEEK:
            monday = today - timedelta(days=today.weekday())
            return Period(monday - timedelta(days=7), monday - timedelta(days=1), zone)
        if self.span == Span.LAST_MONTH:
            last = today.replace(day=1) - timedelta(days=1)
            return Period(last.replace(day=1), last, zone)
        return Period(self.first or today, self.last or today, zone)


def _by(given: str) -> Step | Dimension | None:
    if not given:
        return None
    return Step(given) if given in set(Step) else Dimension(given)


def _day(given: str | None) -> date | None:
    return date.fromisoformat(given) if given else None


def _check_days(first: date | None, last: date | None) -> None:
    if first is None or last is None:
        raise AskedWrongly(why=_("Say the first and the last day."))
    if last < first:
        raise AskedWrongly(why=_("The last day is before the first."))
    if (last - first).days > MOST_DAYS:
        raise AskedWrongly(why=_("A report can span five years at most."))

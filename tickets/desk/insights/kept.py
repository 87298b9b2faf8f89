"""Customers kept: of those who buy, who stays, by month and by when they first bought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.cx.display import show_share
from customers.cx.models import CountingChoices
from helpdesk.lib.plots import LinePlot, Mark, line_plot
from helpdesk.web import AgentRequest
from tickets.desk.insights.access import insights_required
from tickets.desk.insights.asking import Asked, tiers_of
from tickets.metrics.reporting.cutting import Filters
from tickets.metrics.reporting.periods import DAY, Period, Step, months_until, plus_months
from tickets.metrics.retention import Cohort, Month, cohorts_of, months_of, undecided

MONTHS, QUARTERS = 12, 8
MONTHS_A_QUARTER = 3
# Fewer say nothing of a share.
DRAWN_FROM = 5


@dataclass(frozen=True)
class Line:
    """A month as it is printed, with the rows its numbers open to."""

    month: Month
    kept: str
    is_partial: bool
    new_url: str
    back_url: str
    lost_url: str


@dataclass(frozen=True)
class CohortLine:
    """Who first bought in a quarter: how many, and the share still there after each quarter."""

    first: date
    n: int
    shares: list[str]


@insights_required
@require_safe
def kept(request: AgentRequest) -> HttpResponse:
    """The share of customers kept over twelve months, and over eight quarters by first purchase."""
    at, tier = timezone.now(), request.GET.get("tier", "")
    asked = replace(Asked.of(request, at), filters=Filters(tier=tier or None))
    months = list(months_until(at, months=MONTHS).parts(Step.MONTH))
    lines = [_line(month, asked, at) for month in months_of(months, at=at, tier=tier)]
    context = {
        "section": "insights",
        "page": "kept",
        "tier": tier,
        "tiers": tiers_of(),
        "silent_days": CountingChoices.current().silent_days,
        "undecided": undecided(tier=tier),
        "lines": lines,
        "has_any": any(line.month.started or line.month.new for line in lines),
        "plot": _plot(lines),
        "cohorts": [_cohort(one) for one in cohorts_of(_quarters(months[-1]), at=at, tier=tier)],
        "steps": range(1, QUARTERS + 1),
    }
    return render(request, "tickets/desk/kept.html", context)


def _quarters(running: Period) -> list[Period]:
    """The last quarters before the one that the running month is in, oldest first."""
    begin = plus_months(running.first, -((running.first.month - 1) % MONTHS_A_QUARTER))
    starts = [plus_months(begin, -MONTHS_A_QUARTER * back) for back in range(QUARTERS, 0, -1)]
    return [
        Period(first, plus_months(first, MONTHS_A_QUARTER) - DAY, running.zone) for first in starts
    ]


def _line(month: Month, asked: Asked, at: datetime) -> Line:
    return Line(
        month=month,
        kept=show_share(month.kept, month.started, nothing=""),
        is_partial=month.period.ends_at > at,
        new_url=asked.rows_url("new_buyers", month.period),
        back_url=asked.rows_url("buyers_back", month.period),
        lost_url=asked.rows_url("lost_buyers", month.period),
    )


def _plot(lines: list[Line]) -> LinePlot:
    marks = [
        Mark(
            label=format_date(line.month.period.first, "M"),
            value=line.month.kept / line.month.started
            if line.month.started >= DRAWN_FROM
            else None,
            text=line.kept,
            note=_("%(kept)s of %(n)s") % {"kept": line.month.kept, "n": line.month.started},
            is_partial=line.is_partial,
        )
        for line in lines
    ]
    desc = _("Of the customers at the beginning of each month, the share still there at its end.")
    return line_plot("kept", _("Customers kept, by month"), desc, marks)


def _share(month: Month) -> float | None:
    return month.kept / month.started if month.started >= DRAWN_FROM else None


def _cohort(cohort: Cohort) -> CohortLine:
    return CohortLine(
        first=cohort.first,
        n=cohort.kept[0][1],
        shares=[show_share(k, n, nothing="") for k, n in cohort.kept],
    )

"""Drivers of contact: what people turn to us about, how often again, and what it costs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from helpdesk.web import AgentRequest
from tickets.desk.insights.access import insights_required
from tickets.desk.insights.asking import PERIODS, Asked, choices
from tickets.desk.insights.figures import value_of
from tickets.desk.insights.lines import measured
from tickets.metrics.reporting.cutting import Dimension
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.measuring import Figure, Report
from tickets.metrics.reporting.naming import names_of
from tickets.metrics.reporting.showing import Shown, show

COLUMNS: dict[str, LazyText] = {
    "contacts": gettext_lazy("Contacts"),
    "repeat_7": gettext_lazy("Again within 7 days"),
    "replies": gettext_lazy("Replies to solve"),
    "chasers": gettext_lazy("Chasers"),
    "time_to_solve": gettext_lazy("Time to solve"),
    "csat": gettext_lazy("CSAT"),
}
AGAIN = "repeat_7"
BACK_SHOWN = 5


@dataclass(frozen=True)
class Cell:
    """A number of a topic with the way to its rows."""

    shown: Shown
    url: str


@dataclass(frozen=True)
class Driver:
    """A topic, how many came back about it, and its numbers in the order of COLUMNS."""

    name: str
    again: int
    again_url: str
    cells: list[Cell]


@insights_required
@require_safe
def drivers(request: AgentRequest) -> HttpResponse:
    """A line a topic, sorted by how many came back or by any column (`sort`)."""
    at = timezone.now()
    asked = Asked.of(request, at)
    sort = request.GET.get("sort", "")
    if sort and sort not in COLUMNS:
        raise Http404
    report = measured(list(COLUMNS), asked, request, at, by=Dimension.TOPIC)
    rows = _rows(report, asked, sort)
    most = sorted(rows, key=lambda row: -row.again)[:BACK_SHOWN]
    context: dict[str, Any] = {
        "section": "insights",
        "page": "drivers",
        "asked": asked,
        "query": asked.query(),
        "periods": PERIODS,
        "choices": [one for one in choices(request.user, asked) if one.name != "topic"],
        "columns": [
            (key, name, METRICS[key].meaning, asked.query(sort=key))
            for key, name in COLUMNS.items()
        ],
        "sort": sort,
        "rows": rows,
        "back": [row for row in most if row.again],
        "most": max((row.again for row in rows), default=0),
    }
    return render(request, "tickets/desk/drivers.html", context)


def _rows(report: Report, asked: Asked, sort: str) -> list[Driver]:
    keys = {key for column in COLUMNS for key in report.parts[column]}
    names = names_of(Dimension.TOPIC, keys)

    def order(key: str) -> tuple[bool, float]:
        """The largest first, topics without data last."""
        if not sort:
            return False, -report.part(AGAIN, key).hits
        value = value_of(report.part(sort, key))
        return value is None, -(value or 0)

    found = []
    for key in sorted(keys, key=lambda one: (order(one), -report.part("contacts", one).n)):
        of_topic = asked.narrowed(Dimension.TOPIC, key)
        found.append(
            Driver(
                name=names.get(key) or _("no topic"),
                again=report.part(AGAIN, key).hits,
                again_url=of_topic.rows_url(AGAIN, hits="1"),
                cells=[_cell(column, report.part(column, key), of_topic) for column in COLUMNS],
            )
        )
    return found


def _cell(column: str, figure: Figure, asked: Asked) -> Cell:
    return Cell(show(figure), asked.rows_url(column) if figure.n else "")

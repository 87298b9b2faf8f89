"""How a team does, and its people beside what their cases let one expect. Nobody is ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from helpdesk.accounts.models import Agent, Team
from helpdesk.web import AgentRequest
from tickets.desk.insights.access import insights_required, team_in, teams_of
from tickets.desk.insights.asking import PERIODS, Asked, choices
from tickets.desk.insights.lines import measured
from tickets.metrics.reporting.case_mix import case_mix, expected_share, topic_shares
from tickets.metrics.reporting.cutting import Dimension
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.measuring import FEW, Figure, Report
from tickets.metrics.reporting.naming import names_of
from tickets.metrics.reporting.showing import Shown, show

COLUMNS = (
    "solved", "first_reply", "time_to_solve", "replies", "reopen_rate", "first_contact", "csat",
)  # fmt: skip
# Shares that hang on what a case is about, and are shown beside what that lets one expect.
MIXED = ("reopen_rate", "first_contact")
VOLUME = "solved"
TOPICS_SHOWN = 3
# More people than this are a team nobody reads in one table.
PEOPLE = 50


@dataclass(frozen=True)
class Cell:
    """A number with the way to its rows; `expected` of a share in per cent, for the same topics."""

    shown: Shown
    url: str
    expected: int | None = None


@dataclass(frozen=True)
class Row:
    """A team or a person; of a person also what their cases are about."""

    name: str
    cells: list[Cell]
    mix: str = ""


@insights_required
@require_safe
def team(request: AgentRequest) -> HttpResponse:
    """Teams side by side; the people of one team, for its leads and supervisors."""
    at = timezone.now()
    asked = Asked.of(request, at)
    teams = teams_of(request.user)
    chosen = team_in(request, teams) or (teams[0] if len(teams) == 1 else None)
    report = measured(COLUMNS, asked, request, at, by=Dimension.TEAM)
    keys = [str(one.pk) for one in teams]
    context = {
        "section": "insights",
        "page": "team",
        "asked": asked,
        "query": asked.query(),
        "periods": PERIODS,
        "choices": choices(request.user, asked),
        "columns": [METRICS[key] for key in COLUMNS],
        "teams": [
            Row(one.name, _cells(report, key, asked.narrowed(Dimension.TEAM, key)))
            for one, key in zip(teams, keys, strict=True)
            if chosen in {None, one}
        ],
        "team": chosen,
        "people": _people(chosen, asked, request, at) if chosen else [],
    }
    return render(request, "tickets/desk/team.html", context)


def _people(team: Team, asked: Asked, request: AgentRequest, at: datetime) -> list[Row]:
    """Those who worked for the team, by name, beside what the topics of their cases let expect."""
    asked = asked.narrowed(Dimension.TEAM, str(team.pk))
    report = measured(COLUMNS, asked, request, at, by=Dimension.AGENT)
    mix = case_mix([VOLUME, *MIXED], asked.period, agent=request.user, at=at, filters=asked.filters)
    usual = {metric: mix.usual(metric) for metric in MIXED}
    keys = {key for column in COLUMNS for key in report.parts[column] if key}
    known = Agent.objects.filter(pk__in=keys).order_by("name", "pk")[:PEOPLE]
    shares = {
        str(agent.pk): topic_shares(mix.of(str(agent.pk), VOLUME))
        for agent in known
        if report.part(VOLUME, str(agent.pk)).n >= FEW
    }
    names = names_of(
        Dimension.TOPIC, {topic for parts in shares.values() for topic, _part in parts}
    )
    rows = []
    for agent in known:
        key = str(agent.pk)
        expected = {
            metric: expected_share(mix.of(key, metric), usual[metric])
            for metric in MIXED
            if key in shares
        }
        cells = _cells(report, key, asked.narrowed(Dimension.AGENT, key), expected)
        rows.append(Row(str(agent), cells, _say_mix(shares.get(key, ()), names)))
    return rows


def _cells(
    report: Report, key: str, asked: Asked, expected: Mapping[str, float | None] | None = None
) -> list[Cell]:
    return [
        Cell(
            show(figure := report.part(column, key)),
            _url(figure, asked),
            _in_percent((expected or {}).get(column)) if not figure.is_withheld else None,
        )
        for column in COLUMNS
    ]


def _url(figure: Figure, asked: Asked) -> str:
    if not figure.n or figure.is_withheld:
        return ""
    return asked.rows_url(figure.metric.key)


def _in_percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _say_mix(parts: Sequence[tuple[str, float]], names: Mapping[str, str]) -> str:
    said = (
        _("%(topic)s %(share)s %%")
        % {"topic": names.get(key) or _("no topic"), "share": round(100 * part)}
        for key, part in parts[:TOPICS_SHOWN]
    )
    return ", ".join(said)

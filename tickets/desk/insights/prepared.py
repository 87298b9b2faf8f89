"""Were we prepared: whether what we knew was before our eyes, and spared customers anything."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from helpdesk.web import AgentRequest
from tickets.briefing.composing import RULESET
from tickets.briefing.using import rules_used
from tickets.desk.insights.access import insights_required
from tickets.desk.insights.asking import PERIODS, Asked, choices
from tickets.desk.insights.cutting import lines_by
from tickets.desk.insights.lines import lines_of, measured
from tickets.metrics.reporting.cutting import Dimension

SHOWN = ("repeat_asks", "seen_first", "not_repeated", "promises", "match_sure", "match_possible")


@insights_required
@require_safe
def prepared(request: AgentRequest) -> HttpResponse:
    """The numbers of a period with their rows, promises by team, and rules nobody has use for."""
    at = timezone.now()
    asked = Asked.of(request, at)
    lines = lines_of(measured(list(SHOWN), asked, request, at), asked, at)
    by_team = measured(["promises"], asked, request, at, by=Dimension.TEAM)
    rules = rules_used(asked.period.first, asked.period.last)
    context = {
        "section": "insights",
        "page": "prepared",
        "asked": asked,
        "query": asked.query(),
        "periods": PERIODS,
        "choices": choices(request.user, asked),
        "lines": [lines[key] for key in SHOWN],
        "teams": sorted(
            lines_by(by_team, "promises", Dimension.TEAM, asked),
            key=lambda line: line.name.casefold(),
        ),
        "rules": rules,
        "dead": [rule for rule in rules if rule.is_dead],
        "ruleset": RULESET,
    }
    return render(request, "tickets/desk/prepared.html", context)

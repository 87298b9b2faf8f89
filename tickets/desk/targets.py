"""Why a ticket is due when it is: every target, with its policy, hours, beginning and pauses."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from helpdesk.web import AgentRequest, agent_required
from tickets.desk.ticket import find_ticket
from tickets.metrics.models import Target
from tickets.models import Category


@dataclass(frozen=True)
class Because:
    """A target with the seconds it allows and the names of the categories that pause it."""

    target: Target
    allowed: int
    is_business: bool
    pauses: list[str]


@require_safe
@agent_required
def targets(request: AgentRequest, number: int) -> HttpResponse:
    """All targets of a ticket, running ones first."""
    ticket = find_ticket(request.user, number)
    rows = ticket.targets.select_related("policy", "calendar").order_by("started_at", "pk")
    running = [_because(row) for row in rows if row.outcome == Target.Outcome.PENDING]
    ended = [_because(row) for row in rows if row.outcome != Target.Outcome.PENDING]
    lists = [(_("Running"), running), (_("Ended"), ended)]
    context = {"ticket": ticket, "lists": lists, "section": "inbox"}
    return render(request, "tickets/desk/targets.html", context)


def _because(row: Target) -> Because:
    aim = row.policy.aim(row.kind)
    return Because(
        target=row,
        allowed=aim.seconds if aim else 0,
        is_business=aim.is_business if aim else False,
        pauses=[str(Category(value).label) for value in row.policy.pauses],
    )

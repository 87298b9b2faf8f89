"""What an agent does first: what was handed to them, what they promised, what is due next."""

from datetime import datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from helpdesk.web import AgentRequest, agent_required
from tickets import queues
from tickets.desk.queue_rows import rows_of
from tickets.metrics.escalating import alerts_of
from tickets.speech.queries import hand_overs_to, promises_due

SHOWN = 5


@agent_required
@require_safe
def today(request: AgentRequest) -> HttpResponse:
    """Show the few next things of the agent's own day, each with the way to all of its kind."""
    now = timezone.now()
    agent = request.user
    promises = promises_due(agent, until=_end_of_day(now), limit=SHOWN + 1)
    page = queues.page_of_view("mine", agent, size=SHOWN)
    context = {
        "section": "today",
        "now": now,
        "channel": f"agent:{agent.pk}",
        "alerts": alerts_of(agent, limit=SHOWN),
        "handed_over": hand_overs_to(agent, limit=SHOWN),
        "promises": promises[:SHOWN],
        "has_more_promises": len(promises) > SHOWN,
        "rows": rows_of(page.tickets, view="mine", at=now),
        "has_more_rows": bool(page.after),
    }
    return render(request, "tickets/desk/today.html", context)


@agent_required
@require_safe
def alerts(request: AgentRequest) -> HttpResponse:
    """Show what the agent was told of targets, anew."""
    context = {"alerts": alerts_of(request.user, limit=SHOWN)}
    return render(request, "tickets/desk/_alerts.html", context)


def _end_of_day(now: datetime) -> datetime:
    """The coming midnight on the agent's clock."""
    here = timezone.localtime(now)
    return timezone.make_aware(
        datetime.combine(here.date() + timedelta(days=1), time()), here.tzinfo
    )

"""Now: what needs a decision, how much there is of everything, and who is there to do it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import redis
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.live.presence import at_desk
from helpdesk.web import AgentRequest, refusal
from tickets import queues
from tickets.desk.forms import OwnerForm
from tickets.desk.insights.access import insights_required, team_in, teams_of
from tickets.desk.insights.now_shown import (
    GAUGES,
    NO_TEAM,
    People,
    members_of,
    show_decision,
    show_gauge,
    show_team_row,
    show_usual,
)
from tickets.desk.queue_rows import rows_of
from tickets.errors import NotAChoice
from tickets.metrics import now as desk_now
from tickets.metrics.now import DECISIONS, Gauge
from tickets.models import Ticket
from tickets.operations import assign_ticket

WEEKS = 12
PROMISES = 100


@insights_required
@require_safe
def now(request: AgentRequest) -> HttpResponse:
    """The page of now, fetched again every minute; `kiosk` leaves customers' names out."""
    return render(request, "tickets/desk/now.html", _context(request))


def _context(request: AgentRequest) -> dict[str, Any]:
    at = timezone.now()
    agent = request.user
    teams = teams_of(agent)
    team = team_in(request, teams)
    tickets = desk_now.tickets_now(agent, team=team)
    rows = desk_now.teams_now(tickets, at=at)
    here = People(_who_is_here(), desk_now.people(agent, team=None))
    shown = People(here.here, members_of(here.agents, [team] if team else teams))
    found = desk_now.decisions(tickets, at=at)
    incoming = desk_now.incoming(agent, team=team, now=timezone.localtime(at), weeks=WEEKS)
    longest = desk_now.longest_waiting(tickets)
    totals = desk_now.total_of(rows)
    query = _query(request)
    return {
        "section": "insights",
        "page": "now",
        "at": at,
        "teams": teams,
        "team": team,
        "query": query,
        "is_kiosk": bool(request.GET.get("kiosk")),
        "decisions": [show_decision(ticket, here.agents, at) for ticket in found[:DECISIONS]],
        "has_more": len(found) > DECISIONS,
        "gauges": [show_gauge(gauge, totals[gauge], team) for gauge in Gauge],
        "promises": desk_now.overdue_promises(agent, team=team, at=at).count(),
        "longest": longest,
        "longest_wait": at - longest.waiting_since if longest and longest.waiting_since else None,
        "next_due_at": _next_due(tickets, at),
        "rows": [show_team_row(row, shown) for row in rows],
        "people": shown,
        "incoming": incoming,
        "by_hour_words": _("By hour from midnight: %(counts)s")
        % {"counts": ", ".join(map(str, incoming.by_hour))},
        "usual": show_usual(incoming, timezone.localtime(at)),
    }


@insights_required
@require_safe
def rows(request: AgentRequest, gauge: Gauge) -> HttpResponse:
    """Exactly the tickets a gauge counts, in next-due order; `team=none` for those of no team."""
    teams = teams_of(request.user)
    is_teamless = request.GET.get("team") == NO_TEAM
    team = None if is_teamless else team_in(request, teams)
    at = timezone.now()
    tickets = desk_now.tickets_now(request.user, team=team)
    tickets = tickets.filter(desk_now.in_gauge(gauge, at))
    tickets = tickets.filter(team=None) if is_teamless else tickets
    after = request.GET.get("after", "")
    try:
        page = queues.queue_page(tickets, after=after)
    except queues.BadCursor:
        messages.warning(request, _("That page is no longer there. This is the first one."))
        page = queues.queue_page(tickets)
    more = urlencode({"team": request.GET.get("team", ""), "after": page.after})
    context = {
        "section": "insights",
        "title": GAUGES[gauge],
        "team": _("No team") if is_teamless else team,
        "rows": rows_of(page.tickets, view="", at=at),
        "more": f"?{more}" if page.after else "",
        "back": (reverse("desk:now"), _("Now")),
    }
    return render(request, "tickets/desk/now_rows.html", context)


@insights_required
@require_safe
def promises(request: AgentRequest) -> HttpResponse:
    """Exactly the overdue promises that are counted, the longest overdue first."""
    team = team_in(request, teams_of(request.user))
    found = desk_now.overdue_promises(request.user, team=team, at=timezone.now())
    shown = list(found.select_related("customer", "owner").order_by("due_at", "pk")[: PROMISES + 1])
    context = {
        "section": "insights",
        "team": team,
        "promises": shown[:PROMISES],
        "has_more": len(shown) > PROMISES,
    }
    return render(request, "tickets/desk/now_promises.html", context)


@insights_required
@require_POST
def assign(request: AgentRequest, number: int) -> HttpResponse:
    """Give a ticket to somebody from the list of decisions, and show the page again."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    form = OwnerForm(request.POST)
    if not form.is_valid():
        return refusal(request, NotAChoice())
    owner = form.cleaned_data["agent"]
    try:
        assign_ticket(ticket, agent=owner, by=Actor.agent(request.user.pk), at=timezone.now())
    except DomainError as error:
        return refusal(request, error)
    words = {"number": number, "name": owner}
    said = _("#%(number)s is %(name)s's now.") if owner else _("#%(number)s is nobody's now.")
    messages.success(request, said % words)
    return redirect(f"{reverse('desk:now')}{_query(request)}")


def _query(request: AgentRequest) -> str:
    kept = {name: request.GET[name] for name in ("team", "kiosk") if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _who_is_here() -> set[int] | None:
    try:
        return at_desk()
    except (redis.RedisError, OSError):
        return None


def _next_due(tickets: Any, at: datetime) -> datetime | None:
    """When the next reply falls due, for a quiet hour."""
    first: datetime | None = (
        tickets.filter(queue_at__gte=at, reply_due_at__gte=at)
        .order_by("queue_at", "pk")
        .values_list("reply_due_at", flat=True)
        .first()
    )
    return first

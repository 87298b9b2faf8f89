"""Who sees how teams do: leads their own teams, supervisors all; and which team is looked at."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Permission
from helpdesk.lib.text import id_in
from helpdesk.web import AgentRequest, agent_required

P = ParamSpec("P")


def insights_required(
    view: Callable[Concatenate[AgentRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Admit agents who may see insights; others are refused."""

    def guarded(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.may(Permission.SEE_INSIGHTS):
            raise PermissionDenied
        if not request.user.may(Permission.SEE_ALL_TEAMS):
            # Each number that is counted asks for them anew.
            prefetch_related_objects([request.user], "teams")
        return view(request, *args, **kwargs)

    update_wrapper(guarded, view)
    return agent_required(guarded)


def teams_of(agent: Agent) -> list[Team]:
    """The teams somebody may look at, by name."""
    if agent.may(Permission.SEE_ALL_TEAMS):
        return list(Team.objects.order_by("name"))
    return sorted(agent.teams.all(), key=lambda team: team.name)


def team_in(request: AgentRequest, teams: list[Team]) -> Team | None:
    """The team that `?team=` names, or None for all. Raises Http404 for one of others."""
    asked = request.GET.get("team", "")
    if not asked:
        return None
    found = next((team for team in teams if team.pk == id_in(asked)), None)
    if found is None:
        raise Http404
    return found

"""Asking to see what other teams know of a customer, and deciding it."""

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import AccessRequest, Customer
from customers.operations import decide_access, request_access
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.text import clean_line
from helpdesk.web import AgentRequest, agent_required

SHOWN = 100
WAITING, WAITING_SECONDS = "access-requests", 10


@require_POST
@agent_required
def ask(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask a supervisor for access to a customer's whole history."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    reason = clean_line(request.POST.get("reason", ""))
    request_access(customer, agent=request.user, reason=reason, at=timezone.now())
    cache.delete(WAITING)
    messages.success(request, _("Asked. A supervisor decides."))
    return redirect(customer)


@require_safe
@agent_required
def requests(request: AgentRequest) -> HttpResponse:
    """Who asks to see what, for those who may decide."""
    _refuse_others(request.user)
    waiting = AccessRequest.objects.filter(decided_at=None).select_related("agent", "customer")
    context = {"section": "customers", "waiting": list(waiting.order_by("at")[:SHOWN])}
    return render(request, "tickets/desk/access.html", context)


@require_POST
@agent_required
def decide(request: AgentRequest, pk: int) -> HttpResponse:
    """Grant or decline: `grant` is not empty for yes."""
    _refuse_others(request.user)
    asked = get_object_or_404(AccessRequest, pk=pk)
    is_granted = bool(request.POST.get("grant"))
    by = Actor.agent(request.user.pk)
    decide_access(asked, is_granted=is_granted, by=by, at=timezone.now())
    cache.delete(WAITING)
    return redirect("desk:access")


def waiting_for(agent: Agent) -> int:
    """How many requests wait for this agent's word, a few seconds old."""
    if not agent.may(Permission.SEE_ALL_TEAMS):
        return 0
    known = cache.get(WAITING)
    if known is None:
        known = AccessRequest.objects.filter(decided_at=None)[:SHOWN].count()
        cache.set(WAITING, known, WAITING_SECONDS)
    return int(known)


def _refuse_others(agent: Agent) -> None:
    if not agent.may(Permission.SEE_ALL_TEAMS):
        raise PermissionDenied

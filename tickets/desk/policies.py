"""SLA policies: what is asked of whom, how it went, and what a change would do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.accounts.models import Team
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.templatetags.desk import duration
from helpdesk.web import AgentRequest, agent_required
from tickets.desk.policy_forms import PolicyForm
from tickets.metrics.attainment import attainment
from tickets.metrics.models import Target
from tickets.metrics.previewing import preview_policy
from tickets.models import Category, SlaPolicy, TargetKind, Ticket, Topic
from tickets.operations.policies import change_policy, end_policy, make_policy

P = ParamSpec("P")
LATELY = timedelta(days=28)


def may_manage_policies(
    view: Callable[Concatenate[AgentRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Admit those who may change what everybody's work is measured by."""

    def permitted(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.may(Permission.MANAGE_POLICIES):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return agent_required(permitted)


@require_safe
@may_manage_policies
def policies(request: AgentRequest) -> HttpResponse:
    """The policies in force in the order they are tried, and how targets ended lately."""
    now = timezone.now()
    names: dict[str, dict[Any, Any]] = {
        "team": dict(Team.objects.values_list("pk", "name")),
        "topic": dict(Topic.objects.values_list("pk", "name")),
        "priority": dict(Ticket.Priority.choices),
    }
    context = {
        "section": "policies",
        "rows": [
            (policy, _conditions(policy, names), _targets(policy), _pauses(policy), _steps(policy))
            for policy in SlaPolicy.objects.in_force(now)
        ],
        "attainment": _named(attainment(Target.objects.all(), since=now - LATELY, at=now)),
    }
    return render(request, "tickets/desk/policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_policies
def new(request: AgentRequest) -> HttpResponse:
    """Begin a policy."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_policies
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change a policy that is in force; one that is not any more is not found."""
    return _edit(request, get_object_or_404(SlaPolicy, pk=pk, ends_at=None))


@require_POST
@may_manage_policies
def end(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a policy out of force."""
    policy = get_object_or_404(SlaPolicy, pk=pk, ends_at=None)
    end_policy(policy, at=timezone.now())
    messages.success(request, _("“%(name)s” is no longer in force.") % {"name": policy.name})
    return redirect("desk:policies")


def _edit(request: AgentRequest, policy: SlaPolicy | None) -> HttpResponse:
    form = PolicyForm(request.POST or None, policy=policy)
    now, error, preview = timezone.now(), None, None
    by = Actor.agent(request.user.pk)
    if request.method == "POST" and form.is_valid():
        name, fields = form.cleaned_data["name"], form.fields_of_policy()
        if "preview" in request.POST:
            tried = SlaPolicy(name=name, begins_at=now, **fields)
            preview = preview_policy(tried, replaces=policy, agent=request.user, at=now)
        else:
            try:
                if policy:
                    change_policy(policy, by=by, at=now, **fields)
                else:
                    make_policy(name=name, by=by, at=now, **fields)
            except DomainError as refusal:
                error = refusal
            else:
                messages.success(request, _("Saved."))
                return redirect("desk:policies")
    context = {
        "section": "policies",
        "form": form,
        "policy": policy,
        "error": error,
        "preview": preview,
        "previewed": _named(preview.kinds) if preview else [],
        "versions": SlaPolicy.objects.filter(name=policy.name)
        .select_related("made_by")
        .order_by("-version")
        if policy
        else [],
    }
    is_refused = form.errors or any(one.errors for one in form.escalations)
    status = 409 if error else 422 if is_refused else 200
    return render(request, "tickets/desk/policy.html", context, status=status)


def _named(rows: list[Any]) -> list[tuple[str, Any]]:
    return [(str(TargetKind(row.kind).label), row) for row in rows]


def _targets(policy: SlaPolicy) -> list[tuple[str, int, bool]]:
    """The label, seconds and measure of each target."""
    aims = [(kind.label, policy.aim(kind.value)) for kind in TargetKind]
    return [(str(label), aim.seconds, aim.is_business) for label, aim in aims if aim]


def _pauses(policy: SlaPolicy) -> str:
    return ", ".join(str(Category(value).label) for value in policy.pauses)


def _steps(policy: SlaPolicy) -> list[str]:
    """Which targets are warned of, how long before, and of which a breach is escalated."""
    said = []
    for kind in TargetKind:
        before = policy.warns_before(kind.value)
        if before is not None:
            words = _("%(target)s: warned %(span)s before")
            said.append(words % {"target": kind.label, "span": duration(before)})
        elif policy.step(kind.value, "breach"):
            said.append(_("%(target)s: escalated when missed") % {"target": kind.label})
    return said


def _conditions(policy: SlaPolicy, names: dict[str, dict[Any, Any]]) -> list[tuple[str, str]]:
    """Each condition as its label and the names of what it allows."""
    labels = {
        "priority": _("Priority"),
        "channel": _("Channel"),
        "mailbox": _("Mailbox"),
        "team": _("Team"),
        "topic": _("Topic"),
        "tier": _("Customer tier"),
        "organisation_tier": _("Organisation tier"),
    }
    return [
        (labels[name], ", ".join(str(names.get(name, {}).get(one, one)) for one in values))
        for name, values in policy.conditions.items()
    ]

"""What customers answered: the numbers, each answer, what is held back, and who is to be called."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.feedback.models import Rating
from customers.queries import Place
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.compiled import Compiled
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.feedback.agents import rated_agents
from tickets.feedback.answering import release_answer
from tickets.feedback.models import Answer, Reason, Recovery
from tickets.feedback.models.answer import AnswerQuerySet
from tickets.feedback.numbers import answers_seen, feedback_numbers, invitations_seen
from tickets.feedback.recovering import close_recovery, is_low
from tickets.feedback.responders import note_of_bias
from tickets.models import Ticket

PAGE = 50
PERIODS = (30, 90, 365)
WHICH = {
    "all": _("All answers"),
    "calls": _("Calls to make"),
    "mine": _("My calls to make"),
    "called": _("Calls made"),
    "held": _("Held back"),
}


class RecoveryForm(forms.Form):
    """How the call ended, for whoever looks at it later."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"), choices=[one for one in Recovery.Outcome.choices if one[0]]
    )
    note = forms.CharField(label=_("What was said"), required=False, max_length=500)


@agent_required
@require_safe
def feedback(request: AgentRequest) -> HttpResponse:
    """The numbers of a period, and the answers behind them, newest first."""
    now = timezone.now()
    chosen = _chosen(request)
    before = Place.read(request.GET.get("before", ""))
    visible = Answer.objects.visible_to(request.user)
    found = _narrowed(visible, chosen, agent=request.user)
    if before is not None:
        found = found.filter(at__lte=before.at).exclude(at=before.at, pk__gte=before.pk)
    related = found.select_related(
        "invitation__survey", "invitation__customer", "invitation__ticket",
        "invitation__recovery__owner",
    ).prefetch_related("credited")  # fmt: skip
    rows = list(related.order_by("-at", "-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    since, team = now - timedelta(days=int(chosen["days"])), int(chosen["team"] or 0) or None
    counted = answers_seen(request.user, since=since, team=team)
    asked = invitations_seen(request.user, team=team).filter(sent_at__gte=since).delivered()
    context: dict[str, Any] = {
        "section": "feedback",
        "numbers": feedback_numbers(request.user, since=since, team=team),
        "rated": rated_agents(counted, viewer=request.user),
        "bias": note_of_bias(asked),
        "teams": _teams(request.user),
        "rows": [(answer, _about(answer)) for answer in shown],
        "labels": dict(Reason.objects.values_list("key", "label")),
        "older": Place(shown[-1].at, shown[-1].pk) if len(rows) > PAGE else None,
        "chosen": chosen,
        "query": urlencode(chosen),
        "which": WHICH,
        "periods": PERIODS,
        "scales": Rating.Scale.choices,
        "reasons": Reason.objects.all(),
        "may_release": request.user.may(Permission.HANDLE_FEEDBACK),
        "now": now,
    }
    return render(request, "tickets/desk/feedback.html", context)


def _chosen(request: AgentRequest) -> dict[str, str]:
    """What the page was asked for; what is not known is the first of its kind."""
    which, days = request.GET.get("which", ""), request.GET.get("days", "")
    scale, team = request.GET.get("scale", ""), request.GET.get("team", "")
    return {
        "which": which if which in WHICH else "all",
        "days": days if days in map(str, PERIODS) else "90",
        "scale": scale if scale in Rating.Scale.values else "",
        "reason": request.GET.get("reason", "")[:40],
        "team": team if any(team == str(one.pk) for one in _teams(request.user)) else "",
    }


def _teams(agent: Agent) -> list[Team]:
    """The teams whose answers an agent may ask for."""
    return list(Team.objects.all() if agent.may(Permission.SEE_ALL_TEAMS) else agent.teams.all())


def _narrowed(answers: AnswerQuerySet, chosen: dict[str, str], *, agent: Agent) -> AnswerQuerySet:
    which = chosen["which"]
    found = answers.quarantined() if which == "held" else answers.standing()
    is_open = Q(invitation__recovery__isnull=False, invitation__recovery__closed_at=None)
    if which in {"calls", "mine"}:
        found = found.filter(is_open)
    if which == "mine":
        found = found.filter(invitation__recovery__owner=agent)
    if which == "called":
        found = found.filter(invitation__recovery__closed_at__isnull=False)
    if chosen["scale"]:
        found = found.filter(invitation__survey__scale=chosen["scale"])
    if chosen["team"]:
        found = found.filter(invitation__ticket__team=int(chosen["team"]))
    if chosen["reason"]:
        found = found.filter(reasons__contains=[chosen["reason"]])
    return found


def _about(answer: Answer) -> dict[str, Any]:
    invitation = answer.invitation
    return {
        "recovery": getattr(invitation, "recovery", None),
        "ticket": invitation.ticket if invitation.event_id else None,
        "is_low": is_low(answer),
        "of": {"csat5": 5, "ces7": 7, "nps11": 10}[invitation.survey.scale],
    }


def bad_answer(ticket: Ticket) -> Answer | None:
    """The answer about a ticket that somebody is still to be called about, in one query."""
    return next(iter(_owed(ticket=ticket.pk)), None)


@Compiled
def _owed(*, ticket: int) -> AnswerQuerySet:
    owed = Answer.objects.standing().filter(
        invitation__ticket=ticket,
        invitation__event_id__isnull=False,
        invitation__recovery__isnull=False,
        invitation__recovery__closed_at=None,
    )
    return (
        owed.select_related("invitation__survey", "invitation__recovery__owner")
        .annotate(due_at=F("invitation__recovery__due_at"))
        .order_by("-at")[:1]
    )


@agent_required
@require_POST
def release(request: AgentRequest, pk: int) -> HttpResponse:
    """Let an answer that was held back count."""
    if not request.user.may(Permission.HANDLE_FEEDBACK):
        raise PermissionDenied
    answer = get_object_or_404(Answer.objects.visible_to(request.user), pk=pk)
    try:
        release_answer(answer, by=Actor.agent(request.user.pk), at=timezone.now())
    except DomainError as error:
        return refusal(request, error)
    return redirect("desk:feedback")


@agent_required
@require_POST
def close(request: AgentRequest, pk: int) -> HttpResponse:
    """Note how a call ended, and go back to where it was noted."""
    seen = Ticket.objects.visible_to(request.user)
    found = Recovery.objects.filter(invitation__ticket__in=seen).select_related(
        "invitation__ticket"
    )
    recovery = get_object_or_404(found, pk=pk)
    form = RecoveryForm(request.POST)
    if form.is_valid():
        by = Actor.agent(request.user.pk)
        try:
            close_recovery(recovery, **form.cleaned_data, by=by, at=timezone.now())
        except DomainError as error:
            return refusal(request, error)
    if request.POST.get("from") == "ticket":
        return redirect(recovery.invitation.ticket)
    return redirect("desk:feedback")

"""What an agent says and what follows from it: the lint, tracked promises, handing over."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.models import Promise
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.lib.text import clean_text, id_in
from helpdesk.web import AgentRequest, agent_required
from tickets.briefing.briefing import brief
from tickets.briefing.rules.next_step import NO_STEP
from tickets.desk.ticket import done, find_ticket, refused, url_of
from tickets.macros.filling import gaps_in
from tickets.macros.models import Macro
from tickets.models import Ticket
from tickets.speech.handing_over import Telling, acknowledge_hand_over, hand_over, prefilled
from tickets.speech.knowing import facts_on, known_asked, source_words
from tickets.speech.models import HandOver, PromiseSuggestion
from tickets.speech.suggesting import accept_suggestion, decline_suggestion

SHOWN_VALUES = 3


class LintForm(forms.Form):
    """What stands in the composer now."""

    body = forms.CharField(required=False, strip=False, max_length=50_000)
    macros = forms.ModelMultipleChoiceField(Macro.objects.all(), required=False)

    def clean_body(self) -> str:
        return clean_text(self.cleaned_data["body"])


class HandOverForm(forms.Form):
    """To whom, and the four things they must know."""

    agent = forms.ModelChoiceField(
        Agent.objects.filter(is_active=True), label=_("To whom"), required=False,
        empty_label=_("whoever of the team takes it"),
    )  # fmt: skip
    team = forms.ModelChoiceField(
        Team.objects.all(), label=_("To which team"), required=False, empty_label=_("as it is")
    )
    wants = forms.CharField(
        label=_("What they want"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    tried = forms.CharField(
        label=_("What was tried"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_step = forms.CharField(
        label=_("What comes next"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    promised = forms.CharField(
        label=_("What is promised"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def telling(self) -> Telling:
        names = ("wants", "tried", "next_step", "promised")
        return Telling(**{name: clean_text(self.cleaned_data[name]) for name in names})


@agent_required
@require_POST
def lint(request: AgentRequest, number: int) -> HttpResponse:
    """Say what the text asks for that is known, and where a gap is left (a fragment)."""
    ticket = find_ticket(request.user, number)
    form = LintForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    facts = facts_on(ticket.customer_id, agent=request.user, at=timezone.now())
    text = form.cleaned_data["body"]
    asked = known_asked(text, ticket.customer, macros=form.cleaned_data["macros"], facts=facts)
    known = [
        {
            "key": one.key,
            "name": one.name,
            "asked": one.asked,
            "insertion": one.insertion,
            "values": [(fact, source_words(fact)) for fact in one.facts[:SHOWN_VALUES]],
        }
        for one in asked
    ]
    context = {"known": known, "gaps": gaps_in(text)}
    return render(request, "tickets/desk/_lint.html", context)


@agent_required
@require_POST
def track(request: AgentRequest, number: int, pk: int) -> HttpResponse:
    """Track a suggested promise, perhaps in place of an open one (`replaces`)."""
    ticket, suggestion = _suggestion(request, number, pk)
    replaced = None
    if old := id_in(request.POST.get("replaces", "")):
        promises = Promise.objects.visible_to(request.user).filter(customer=ticket.customer_id)
        replaced = get_object_or_404(promises, pk=old)
    by, at = Actor.agent(request.user.pk), timezone.now()
    try:
        accept_suggestion(suggestion, replaces=replaced, by=by, at=at)
    except DomainError as error:
        return refused(request, error)
    return done(request, ticket)


@agent_required
@require_POST
def decline(request: AgentRequest, number: int, pk: int) -> HttpResponse:
    """Say that a sentence is no promise to track."""
    ticket, suggestion = _suggestion(request, number, pk)
    try:
        decline_suggestion(suggestion, by=Actor.agent(request.user.pk), at=timezone.now())
    except DomainError as error:
        return refused(request, error)
    return done(request, ticket)


def _suggestion(request: AgentRequest, number: int, pk: int) -> tuple[Ticket, PromiseSuggestion]:
    ticket = find_ticket(request.user, number)
    return ticket, get_object_or_404(PromiseSuggestion, pk=pk, ticket=ticket)


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: AgentRequest, number: int) -> HttpResponse:
    """Hand the ticket over: to whom, what they want, what was tried, what is next and promised."""
    ticket = find_ticket(request.user, number)
    form = HandOverForm(
        request.POST or None, initial=_known(ticket, request.user) | _chosen(request)
    )
    error: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        to: dict[str, Any] = {"to_agent": form.cleaned_data["agent"]}
        to["to_team"] = form.cleaned_data["team"]
        by, at = Actor.agent(request.user.pk), timezone.now()
        try:
            hand_over(ticket, **to, telling=form.telling(), by=by, at=at)
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, gettext("Handed over."))
            return _leave(request, ticket)
    context = {"section": "inbox", "ticket": ticket, "form": form, "error": error}
    status = 409 if error else 422 if form.errors else 200
    return render(request, "tickets/desk/hand_over.html", context, status=status)


def _known(ticket: Ticket, agent: Agent) -> dict[str, Any]:
    """What is known for a hand-over, with the next step that the briefing suggests."""
    known, briefing = prefilled(ticket, agent=agent), brief(ticket, agent=agent, at=timezone.now())
    next_step = "\n".join(line.text for line in briefing.slot("next") if line.rule != NO_STEP)
    return asdict(known) | {"next_step": next_step}


def _chosen(request: AgentRequest) -> dict[str, str]:
    """To whom, where the link that led here says so."""
    named = {name: request.GET.get(name, "") for name in ("agent", "team")}
    return {name: pk for name, pk in named.items() if id_in(pk)}


def _leave(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    if Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists():
        return redirect(url_of(request, ticket))
    return redirect("desk:queue", "mine")


@agent_required
@require_POST
def acknowledge(request: AgentRequest, number: int, pk: int) -> HttpResponse:
    """Say that a hand-over was read."""
    ticket = find_ticket(request.user, number)
    given = get_object_or_404(HandOver, pk=pk, ticket=ticket)
    acknowledge_hand_over(given, by=Actor.agent(request.user.pk), at=timezone.now())
    return done(request, ticket)

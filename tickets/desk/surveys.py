"""Surveys as supervisors set them: whom we ask what, when, how often, and in which words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.lib.languages import language_name
from helpdesk.web import AgentRequest, agent_required
from tickets.desk.changes import SHOWN, told
from tickets.desk.survey_forms import SurveyForm, WordsForm
from tickets.feedback.models import Survey
from tickets.feedback.own_words import STOP
from tickets.feedback.surveying import change_survey, make_survey, preview_survey, word_survey

P = ParamSpec("P")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")
_FIELDS = {field.name: field for field in Survey._meta.concrete_fields}  # noqa: SLF001


def may_set_surveys(
    view: Callable[Concatenate[AgentRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Admit those who handle what customers say of us."""

    @wraps(view)
    def permitted(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.may(Permission.HANDLE_FEEDBACK):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return agent_required(permitted)


@require_safe
@may_set_surveys
def surveys(request: AgentRequest) -> HttpResponse:
    """All surveys, those that are on first, each with the way to turn it on or off."""
    rows = Survey.objects.order_by("-is_active", "name")
    return render(request, "tickets/desk/surveys.html", {"section": "feedback", "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@may_set_surveys
def new(request: AgentRequest) -> HttpResponse:
    """Begin a survey."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may_set_surveys
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change a survey."""
    return _edit(request, get_object_or_404(Survey, pk=pk))


@require_POST
@may_set_surveys
def switch(request: AgentRequest, pk: int) -> HttpResponse:
    """Turn a survey on or off, as was asked; twice the same changes nothing."""
    survey = get_object_or_404(Survey, pk=pk)
    is_on = request.POST.get("to") == "on"
    by, at = Actor.agent(request.user.pk), timezone.now()
    change_survey(survey, is_active=is_on, by=by, at=at)
    said = _("“%(name)s” is on.") if is_on else _("“%(name)s” is off.")
    messages.success(request, said % {"name": survey.name})
    return redirect("desk:surveys")


@require_http_methods(["GET", "HEAD", "POST"])
@may_set_surveys
def words(request: AgentRequest, pk: int, language: str) -> HttpResponse:
    """The words of a survey in one language: what is read now, and our own."""
    survey = get_object_or_404(Survey, pk=pk)
    if not _LANGUAGE.fullmatch(language):
        raise Http404
    own = survey.words.filter(language=language).first()
    form = WordsForm(request.POST or None, initial=WordsForm.initial_of(own))
    error = None
    if request.method == "POST" and form.is_valid():
        by, at = Actor.agent(request.user.pk), timezone.now()
        try:
            word_survey(survey, language=language, **form.cleaned_data, by=by, at=at)
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:survey-words", pk, language)
    context = {
        "section": "feedback",
        "survey": survey,
        "form": form,
        "error": error,
        "code": language,
        "language_label": language_name(language),
        "shown": preview_survey(survey, language),
    }
    status = 409 if error else 422 if form.errors else 200
    return render(request, "tickets/desk/survey_words.html", context, status=status)


def _edit(request: AgentRequest, survey: Survey | None) -> HttpResponse:
    asked = request.GET.get("language", "").strip().lower()
    if survey and _LANGUAGE.fullmatch(asked):
        return redirect("desk:survey-words", survey.pk, asked)
    form = SurveyForm(request.POST or None, instance=survey)
    # The form's checks write on its row; the operation has to see what is stored.
    stored, error = Survey.objects.filter(pk=survey.pk).first() if survey else None, None
    by, at = Actor.agent(request.user.pk), timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            if stored:
                change_survey(stored, **form.settings(), by=by, at=at)
            else:
                make_survey(scale=form.scale, **form.settings(), by=by, at=at)
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:surveys")
    own = list(stored.words.values_list("language", flat=True)) if stored else []
    changes = stored.changes.select_related("agent")[:SHOWN] if stored else []
    context = {
        "section": "feedback",
        "form": form,
        "survey": stored,
        "error": error,
        "languages": [
            (code, language_name(code), code in own) for code in sorted({"en", *STOP, *own})
        ],
        "changes": told(changes, _FIELDS),
    }
    status = 409 if error else 422 if form.errors else 200
    return render(request, "tickets/desk/survey.html", context, status=status)

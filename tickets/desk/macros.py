"""Macros: the settings page where they are written, and putting one into the composer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.accounts.models import Team
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.lib.languages import language_name
from helpdesk.lib.text import clean_line, clean_text, id_in
from helpdesk.web import AgentRequest, agent_required
from tickets.desk.recipients import chosen_in
from tickets.desk.ticket import find_ticket, workspace
from tickets.macros.filling import VARIABLES, Filled, fill, unknown_variables, values_on
from tickets.macros.models import Macro
from tickets.macros.operations import archive_macro, save_macro
from tickets.models import Ticket, Topic
from tickets.sentences.asking import KEYS
from tickets.speech.knowing import facts_on

P = ParamSpec("P")
LANGUAGES = ("en", "de")
# What the preview shows for each variable.
_EXAMPLES = {
    "customer.name": "Maya Okafor", "first name": "Maya", "agent.name": "Priya Shah",
    "agent.first_name": "Priya", "ticket.number": "1192", "ticket.subject": "Money back",
    "order_number": "A-1042", "amount": "£64.90",
}  # fmt: skip


def may_manage_macros(
    view: Callable[Concatenate[AgentRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Admit those who may change what everybody's replies are made of."""

    def permitted(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.may(Permission.MANAGE_MACROS):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return agent_required(permitted)


class MacroForm(forms.Form):
    """A macro's name and texts, one field a language; every variable must be one we know."""

    name = forms.CharField(label=_("Name"), max_length=120)
    topic = forms.ModelChoiceField(
        Topic.objects.order_by("parent__name", "name"), label=_("Topic"), required=False
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), label=_("Team"), required=False, empty_label=_("every team")
    )
    tried_step = forms.CharField(
        label=_("What was tried when this is sent"),
        help_text=_("A few words for the timeline, such as “refund filed”."),
        max_length=120,
        required=False,
    )
    asks_for = forms.MultipleChoiceField(
        label=_("What it asks the customer for"),
        choices=[(key, key.replace("_", " ")) for key in KEYS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    purpose = forms.CharField(
        label=_("Next step it is for"),
        help_text=_("“promise-late”, “incident” or a resolution code: a briefing then offers it."),
        max_length=60,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code in LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": language_name(code)},
                widget=forms.Textarea(attrs={"rows": 8, "lang": code}),
                required=False,
                max_length=10_000,
            )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], limit=120)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for code in LANGUAGES:
            for name in unknown_variables(cleaned.get(f"text_{code}", ""))[:1]:
                words = _("There is no {%(name)s} here. Use one of those listed.")
                self.add_error(
                    f"text_{code}",
                    forms.ValidationError(words, code="unknown", params={"name": name}),
                )
        return cleaned

    def fields_of_macro(self) -> dict[str, Any]:
        given = self.cleaned_data
        texts = {code: clean_text(given[f"text_{code}"]) for code in LANGUAGES}
        named = ("name", "topic", "team", "tried_step", "purpose", "asks_for")
        return {name: given[name] for name in named} | {"texts": texts}


@require_safe
@may_manage_macros
def macros(request: AgentRequest) -> HttpResponse:
    """All macros, those in use first."""
    rows = Macro.objects.select_related("topic", "team").prefetch_related("texts")
    context = {"rows": rows.order_by("-is_active", "name"), "section": "macros"}
    return render(request, "tickets/desk/macros.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_macros
def new(request: AgentRequest) -> HttpResponse:
    """Write a macro."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_macros
def edit(request: AgentRequest, pk: int) -> HttpResponse:
    """Change a macro, beside what it looks like."""
    return _edit(request, get_object_or_404(Macro, pk=pk))


def _edit(request: AgentRequest, macro: Macro | None) -> HttpResponse:
    texts = {text.language: text.text for text in macro.texts.all()} if macro else {}
    form = MacroForm(request.POST or None, initial=_initial(macro, texts))
    error: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        by, at = Actor.agent(request.user.pk), timezone.now()
        try:
            save_macro(macro, **form.fields_of_macro(), by=by, at=at)
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, gettext("Saved."))
            return redirect("desk:macros")
    context = {
        "form": form,
        "macro": macro,
        "error": error,
        "variables": VARIABLES,
        "previews": [
            (language_name(code), fill(texts[code], _EXAMPLES))
            for code in LANGUAGES
            if texts.get(code)
        ],
        "section": "macros",
    }
    status = 409 if error else 422 if form.errors else 200
    return render(request, "tickets/desk/macro.html", context, status=status)


def _initial(macro: Macro | None, texts: dict[str, str]) -> dict[str, Any]:
    if macro is None:
        return {}
    named = ("name", "topic", "team", "tried_step", "purpose", "asks_for")
    return {name: getattr(macro, name) for name in named} | {
        f"text_{code}": text for code, text in texts.items()
    }


@require_POST
@may_manage_macros
def archive(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a macro out of use, or back into it."""
    macro = get_object_or_404(Macro, pk=pk)
    by, at = Actor.agent(request.user.pk), timezone.now()
    archive_macro(macro, is_active=not macro.is_active, by=by, at=at)
    return redirect("desk:macros")


@agent_required
@require_POST
def insert(request: AgentRequest, number: int) -> HttpResponse:
    """Put a macro's text, filled in, behind what is in the composer; a script gets it as JSON."""
    ticket = find_ticket(request.user, number)
    suggested = request.POST.get("suggested", "")
    chosen = suggested or request.POST.get("macro", "")
    used = [pk for pk in request.POST.getlist("macros") if id_in(pk)]
    composer = {
        "kind": "reply" if suggested else request.POST.get("kind", "reply"),
        "body": clean_text(request.POST.get("body", "")).rstrip(),
        "html": "",
        "chosen": chosen_in(request.POST),
        "macros": used,
    }
    if id_in(chosen) is None:
        return workspace(request, ticket, composer=composer)
    usable = Macro.objects.active().visible_to(request.user).prefetch_related("texts")
    macro = get_object_or_404(usable, pk=int(chosen))
    filled = _filled(macro, ticket, request)
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"id": macro.pk, "text": filled.text, "gaps": filled.gaps})
    composer["body"] = f"{composer['body']}\n\n{filled.text}".strip()
    composer["macros"] = list(dict.fromkeys([*used, str(macro.pk)]))
    return workspace(request, ticket, composer=composer)


def _filled(macro: Macro, ticket: Ticket, request: AgentRequest) -> Filled:
    """The macro in the customer's language, else in ours, else in whichever it has."""
    texts = {text.language: text.text for text in macro.texts.all()}
    wanted = (ticket.customer.language[:2], settings.LANGUAGE_CODE[:2], *sorted(texts))
    text = next(texts[code] for code in wanted if code in texts)
    facts = facts_on(ticket.customer_id, agent=request.user, at=timezone.now())
    return fill(text, values_on(ticket, agent=request.user, facts=facts))

"""Our own words for mails: one page for each kind and language, with a preview."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.lib.actors import Actor
from helpdesk.lib.languages import language_name
from helpdesk.lib.text import clean_line, clean_text
from helpdesk.web import AgentRequest
from tickets.channels.email.template import Template
from tickets.channels.email.templating import (
    DEFAULTS,
    NEEDED,
    VARIABLE,
    VARIABLES,
    template_for,
)
from tickets.channels.mail_words import preview, reset_mail_template, set_mail_template
from tickets.channels.models import MailTemplate, MailTemplateChange
from tickets.desk.changes import SHOWN, told
from tickets.desk.mailboxes import may_manage_mailboxes

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})?")
_FIELDS = {field.name: field for field in MailTemplate._meta.concrete_fields}  # noqa: SLF001
PREVIEW_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
# The reader's theme, as their own mail program would set it.
_THEMES = {"light": "light", "dark": "dark"}


class MailTemplateForm(forms.Form):
    """Subject and text; every variable in them must be one this kind of mail knows."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(
        label=_("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 14})
    )

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind

    def clean_subject(self) -> str:
        return self._known(clean_line(self.cleaned_data["subject"], limit=200))

    def clean_body(self) -> str:
        body = self._known(clean_text(self.cleaned_data["body"]))
        for name in NEEDED.get(self.kind, ()):
            if f"{{{name}}}" not in body:
                raise forms.ValidationError(
                    _("The text needs {%(name)s}: without it, what was written would be missing."),
                    code="missing",
                    params={"name": name},
                )
        return body

    def _known(self, text: str) -> str:
        for name in VARIABLE.findall(text):
            if name not in VARIABLES[self.kind]:
                raise forms.ValidationError(
                    _("There is no {%(name)s} here. Use one of those listed."),
                    code="unknown",
                    params={"name": name},
                )
        return text


@require_safe
@may_manage_mailboxes
def mail_templates(request: AgentRequest) -> HttpResponse:
    """All kinds of mail with the languages we have words in."""
    own = set(MailTemplate.objects.values_list("kind", "language"))
    rows = [
        {
            "kind": kind,
            "label": label,
            "languages": [
                (code, language_name(code), (kind, code) in own)
                for known, code in sorted({*own, *DEFAULTS})
                if known == kind
            ],
        }
        for kind, label in MailTemplate.Kind.choices
    ]
    asked = request.GET.get("language", "").strip().lower()
    if asked and request.GET.get("kind") in VARIABLES:
        if _LANGUAGE.fullmatch(asked):
            return redirect("desk:mail-template", request.GET["kind"], asked)
        messages.error(request, gettext("Enter a language by its code, for example fr or pt-br."))
    context = {"rows": rows, "section": "parked"}
    return render(request, "tickets/desk/mail_templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_mailboxes
def mail_template(request: AgentRequest, kind: str, language: str) -> HttpResponse:
    """Change the words of one kind of mail in one language, beside what they look like."""
    template = _template(kind, language)
    initial = {"subject": template.subject, "body": template.body}
    form = MailTemplateForm(request.POST or None, initial=initial, kind=kind)
    if request.method == "POST" and form.is_valid():
        by, at = Actor.agent(request.user.pk), timezone.now()
        set_mail_template(kind=kind, language=language, **form.cleaned_data, by=by, at=at)
        messages.success(request, gettext("Saved. Mails use these words from now on."))
        return redirect("desk:mail-template", kind, language)
    subject, text, _html = preview(template, language=language)
    context = {
        "form": form,
        "kind": kind,
        "kind_label": MailTemplate.Kind(kind).label,
        "code": language,
        "language_label": language_name(language),
        "variables": VARIABLES[kind],
        "subject": subject,
        "text": text,
        "changes": told(_changes(kind, language), _FIELDS),
        "is_own": MailTemplate.objects.filter(kind=kind, language=language).exists(),
        "section": "parked",
    }
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/mail_template.html", context, status=status)


@require_safe
@may_manage_mailboxes
def preview_page(request: AgentRequest, kind: str, language: str, theme: str) -> HttpResponse:
    """The mail as a program in a light or dark theme shows it, for a sandboxed frame."""
    if theme not in _THEMES:
        raise Http404
    _subject, _text, html = preview(_template(kind, language), language=language)
    html = html.replace('content="light dark"', f'content="{_THEMES[theme]}"')
    response = HttpResponse(html)
    response["Content-Security-Policy"] = PREVIEW_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_POST
@may_manage_mailboxes
def reset(request: AgentRequest, kind: str, language: str) -> HttpResponse:
    """Go back to the words that come with us."""
    _template(kind, language)
    by, at = Actor.agent(request.user.pk), timezone.now()
    reset_mail_template(kind=kind, language=language, by=by, at=at)
    return redirect("desk:mail-templates")


def _changes(kind: str, language: str) -> QuerySet[MailTemplateChange]:
    rows = MailTemplateChange.objects.filter(kind=kind, language=language)
    return rows.select_related("agent")[:SHOWN]


def _template(kind: str, language: str) -> Template:
    if kind not in VARIABLES or not _LANGUAGE.fullmatch(language):
        raise Http404
    return template_for(kind, [language])[0]

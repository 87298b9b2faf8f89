from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.inviting import send_invitation
from helpdesk.accounts.models import Agent, ApiToken, Team
from helpdesk.accounts.tokens import issue_token, revoke_token
from helpdesk.lib.admin import NeverDeleted

admin.site.site_header = admin.site.site_title = gettext_lazy("Beforehand administration")
admin.site.site_url = "/desk/"


class AgentForm(forms.ModelForm):
    """An agent and the teams they are in."""

    teams = forms.ModelMultipleChoiceField(Team.objects.all(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["teams"].initial = self.instance.teams.all()


@admin.register(Agent)
class AgentAdmin(NeverDeleted):
    """Adding an agent invites them: a mail leads to choosing a password."""

    form = AgentForm
    fields = ("email", "name", "role", "teams", "time_zone", "language", "is_active", "is_away")
    list_display = ("name", "email", "role", "is_active", "is_away", "joined_at", "last_login")
    list_filter = ("role", "is_active", "teams")
    search_fields = ("name", "email")
    ordering = ("name",)
    actions = ("invite_again",)

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.email = obj.email.strip().lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        obj.teams.set(form.cleaned_data["teams"])
        if not change:
            transaction.on_commit(partial(self._invite, request, obj))

    @admin.action(description=gettext_lazy("Send the link to set a password"))
    def invite_again(self, request: HttpRequest, queryset: QuerySet[Agent]) -> None:
        for agent in queryset.filter(is_active=True):
            self._invite(request, agent)

    def _invite(self, request: HttpRequest, agent: Agent) -> None:
        if send_invitation(request, agent):
            messages.success(
                request, _("%(name)s gets a mail to set a password.") % {"name": agent}
            )
        else:
            messages.error(request, _("The mail to %(name)s could not be sent.") % {"name": agent})


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    filter_horizontal = ("members",)
    search_fields = ("name",)


@admin.register(ApiToken)
class ApiTokenAdmin(NeverDeleted):
    """Keys of programs: the secret is shown once, when one is made."""

    list_display = (
        "name",
        "prefix",
        "agent",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    list_select_related = ("agent",)
    fields = ("agent", "name", "expires_at")
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:  # noqa: FBT001
        token, secret = issue_token(
            obj.agent, name=obj.name, expires_at=obj.expires_at, at=timezone.now()
        )
        obj.pk = token.pk
        obj.refresh_from_db()
        request.issued_secret = secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        secret = getattr(request, "issued_secret", "")
        context = self.admin_site.each_context(request) | {"token": obj, "secret": secret}
        response = TemplateResponse(request, "admin/token_issued.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.action(description=gettext_lazy("Revoke"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            revoke_token(token, at=timezone.now())
        messages.success(request, _("The chosen keys no longer work."))

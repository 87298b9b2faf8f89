"""An agent's own settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from helpdesk.accounts.models import Agent
from helpdesk.accounts.operations import update_preferences
from helpdesk.web import AgentRequest, agent_required


class MeForm(forms.ModelForm):
    """What an agent may change about themselves."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Agent
        fields = ("name", "time_zone", "language", "theme", "signature", "is_away")
        labels = {
            "name": _("Name"),
            "time_zone": _("Time zone"),
            "theme": _("Colours"),
            "signature": _("Signature"),
            "is_away": _("I am away: do not assign tickets to me"),
        }
        help_texts = {
            "name": _("Customers see it in the mail you send"),
            "time_zone": _("A time zone name, like Europe/Lisbon"),
            "signature": _("Put under what you write to customers"),
        }
        error_messages = {"name": {"required": _("Enter your name.")}}
        widgets = {"signature": forms.Textarea(attrs={"rows": 4})}

    def changes(self) -> dict[str, Any]:
        """Only what differs from before."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def me(request: AgentRequest) -> HttpResponse:
    """Show and change one's own settings."""
    mine = Agent.objects.get(pk=request.user.pk)
    form = MeForm(request.POST or None, instance=mine)
    if request.method == "POST" and form.is_valid():
        update_preferences(request.user, changes=form.changes())
        messages.success(request, gettext("Your settings are saved."))
        return redirect("desk:me")
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/me.html", {"form": form, "section": "me"}, status=status)

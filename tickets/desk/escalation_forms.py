"""What a policy has done when a target is nearly due, or missed, as a form: one a target."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Agent, Team
from tickets.models import Notified, SlaPolicy, TargetKind, Ticket

MOMENTS = {"warning": _("At the warning"), "breach": _("When missed")}
_RAISED = [("", _("leave it"))] + [
    (priority.value, priority.label) for priority in (Ticket.Priority.HIGH, Ticket.Priority.URGENT)
]


class EscalationForm(forms.Form):
    """When a target is warned of, and what is done then and at its breach. Empty: nothing."""

    warn_minutes = forms.IntegerField(
        label=_("Warn so many minutes before it is due"),
        help_text=_("Of the target's own time; empty for no warning."),
        min_value=1,
        max_value=60 * 24 * 365,
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, kind: str, policy: SlaPolicy | None) -> None:
        self.kind = kind
        stored = policy.escalations.get(kind, {}) if policy else {}
        super().__init__(data, prefix=f"{kind}_step", initial=_initial(stored))
        for moment, label in MOMENTS.items():
            self._add_fields(moment, str(label))

    @property
    def title(self) -> str:
        """The target that this is about."""
        return str(TargetKind(self.kind).label)

    @property
    def is_open(self) -> bool:
        """Whether there is something to see: it is filled in, or refused."""
        return bool(self.initial or self.errors)

    def _add_fields(self, moment: str, label: str) -> None:
        self.fields[f"{moment}_notify"] = forms.MultipleChoiceField(
            label=_("%(when)s: tell") % {"when": label},
            choices=Notified.choices,
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields[f"{moment}_priority"] = forms.TypedChoiceField(
            label=_("%(when)s: raise the priority to") % {"when": label},
            choices=_RAISED,
            coerce=int,
            empty_value=None,
            required=False,
        )
        self.fields[f"{moment}_team"] = forms.ModelChoiceField(
            Team.objects.order_by("name"),
            label=_("%(when)s: move to") % {"when": label},
            empty_label=_("leave it"),
            required=False,
        )
        self.fields[f"{moment}_agent"] = forms.ModelChoiceField(
            Agent.objects.filter(is_active=True).order_by("name"),
            label=_("%(when)s: assign to") % {"when": label},
            empty_label=_("leave it"),
            required=False,
        )

    def refuse_without(self, minutes: int | None) -> None:
        """Refuse what is asked of a target that there is not, or of all of its time."""
        warned = self.cleaned_data.get("warn_minutes")
        if minutes is None and self.stored():
            self.add_error("warn_minutes", _("This policy has no such target."))
        elif minutes is not None and warned is not None and warned >= minutes:
            self.add_error("warn_minutes", _("The whole target is not longer than this."))
        elif warned is None and _step(self.cleaned_data, "warning"):
            self.add_error("warn_minutes", _("Say how many minutes before."))

    def stored(self) -> dict[str, Any]:
        """Return it as a policy keeps it; empty where nothing is done."""
        given = self.cleaned_data
        steps = {moment: _step(given, moment) for moment in MOMENTS}
        warned = given.get("warn_minutes")
        if warned is None:
            return {"breach": steps["breach"]} if steps["breach"] else {}
        return {"warn_minutes": warned, **steps}


def _step(given: dict[str, Any], moment: str) -> dict[str, Any]:
    team, agent = given.get(f"{moment}_team"), given.get(f"{moment}_agent")
    step = {
        "notify": sorted(given.get(f"{moment}_notify", ())),
        "priority": given.get(f"{moment}_priority"),
        "team": team.pk if team else None,
        "agent": agent.pk if agent else None,
    }
    return {name: value for name, value in step.items() if value}


def _initial(stored: dict[str, Any]) -> dict[str, Any]:
    initial = {"warn_minutes": stored["warn_minutes"]} if "warn_minutes" in stored else {}
    for moment in MOMENTS:
        for name, value in stored.get(moment, {}).items():
            initial[f"{moment}_{name}"] = value
    return initial

"""An SLA policy as a form: conditions, three targets, pauses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Team
from helpdesk.lib.text import clean_line
from tickets.channels.models import Mailbox
from tickets.desk.escalation_forms import EscalationForm
from tickets.models import BusinessCalendar, Category, Measure, SlaPolicy, TargetKind, Ticket, Topic

MINUTES = 60
LONGEST_HOURS = 24 * 365
_CHANNELS = (
    ("email", _("E-mail")),
    ("form", _("Contact form")),
    ("phone", _("Phone")),
    ("api", _("API")),
)
_LISTS = ("priority", "channel", "mailbox")
_TEXTS = ("tier", "organisation_tier")
_ROWS = ("team", "topic")


class PolicyForm(forms.Form):
    """Whom a policy is for and what it asks; an empty condition fits everybody."""

    name = forms.CharField(label=_("Name"), max_length=80)
    position = forms.IntegerField(
        label=_("Position"),
        help_text=_("Policies are tried from the lowest position; the first that fits counts."),
        min_value=0,
        max_value=30_000,
        initial=100,
    )
    priority = forms.TypedMultipleChoiceField(
        label=_("Only these priorities"),
        choices=Ticket.Priority.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    channel = forms.MultipleChoiceField(
        label=_("Only these channels"),
        choices=_CHANNELS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    team = forms.ModelMultipleChoiceField(
        Team.objects.order_by("name"),
        label=_("Only these teams"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    topic = forms.ModelMultipleChoiceField(
        Topic.objects.order_by("name"),
        label=_("Only these topics"),
        help_text=_("With the topics below them."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    tier = forms.CharField(
        label=_("Only customers of these tiers"),
        help_text=_("Divided by commas."),
        max_length=200,
        required=False,
    )
    organisation_tier = forms.CharField(
        label=_("Only organisations of these tiers"),
        help_text=_("Divided by commas."),
        max_length=200,
        required=False,
    )
    pauses = forms.MultipleChoiceField(
        label=_("No clock runs while the ticket is"),
        choices=[
            (category.value, category.label)
            for category in (Category.WAIT_CUSTOMER, Category.WAIT_OTHER)
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, policy: SlaPolicy | None) -> None:
        super().__init__(data, initial=_initial(policy))
        self.fields["name"].disabled = policy is not None
        chosen = policy.conditions.get("mailbox", []) if policy else []
        self.fields["mailbox"] = forms.MultipleChoiceField(
            label=_("Only what came by these mailboxes"),
            choices=[(address, address) for address in _mailboxes(chosen)],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        for kind in TargetKind:
            self.fields[f"{kind.value}_hours"] = forms.FloatField(
                label=_("%(target)s within hours") % {"target": kind.label},
                help_text=_("Empty for no target; 0.5 is half an hour."),
                min_value=1 / MINUTES,
                max_value=LONGEST_HOURS,
                required=False,
            )
            self.fields[f"{kind.value}_measure"] = forms.ChoiceField(
                label=_("%(target)s: hours are") % {"target": kind.label},
                choices=Measure.choices,
            )
        others = BusinessCalendar.objects.filter(is_main=False).order_by("name")
        names = others.values_list("name", flat=True).distinct()
        self.fields["calendar_name"] = forms.ChoiceField(
            label=_("Working time is that of"),
            choices=[("", _("the workspace")), *((name, name) for name in names)],
            required=False,
        )
        last = ("calendar_name", "pauses")
        self.order_fields([*(name for name in self.fields if name not in last), *last])
        self.escalations = [
            EscalationForm(data, kind=kind, policy=policy) for kind in TargetKind.values
        ]

    def is_valid(self) -> bool:
        """Whether the policy can be, with what it has done at its targets."""
        are_valid = [super().is_valid(), *(one.is_valid() for one in self.escalations)]
        if not all(are_valid):
            return False
        for one in self.escalations:
            one.refuse_without(self._minutes(one.kind))
        return not any(one.errors for one in self.escalations)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], limit=80)

    def fields_of_policy(self) -> dict[str, Any]:
        """Return what the operations take, without the name."""
        given = self.cleaned_data
        targets: dict[str, Any] = {}
        for kind in TargetKind.values:
            targets[f"{kind}_minutes"] = self._minutes(kind)
            targets[f"{kind}_measure"] = given[f"{kind}_measure"]
        return targets | {
            "position": given["position"],
            "conditions": _conditions(given),
            "calendar_name": given["calendar_name"],
            "pauses": sorted(given["pauses"]),
            "escalations": {
                one.kind: stored for one in self.escalations if (stored := one.stored())
            },
        }

    def _minutes(self, kind: str) -> int | None:
        hours: float | None = self.cleaned_data[f"{kind}_hours"]
        return None if hours is None else max(1, round(hours * MINUTES))


def _mailboxes(chosen: list[str]) -> list[str]:
    """The addresses of mailboxes in use, and those the policy has named."""
    used = Mailbox.objects.active().values_list("address", flat=True)
    return sorted({address.lower() for address in (*used, *chosen)})


def _conditions(given: dict[str, Any]) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {name: list(given[name]) for name in _LISTS}
    values |= {name: sorted(row.pk for row in given[name]) for name in _ROWS}
    values |= {
        name: [tier for part in given[name].split(",") if (tier := clean_line(part, limit=60))]
        for name in _TEXTS
    }
    return {name: chosen for name, chosen in values.items() if chosen}


def _initial(policy: SlaPolicy | None) -> dict[str, Any]:
    if policy is None:
        return {"pauses": [Category.WAIT_CUSTOMER.value], "position": 100}
    initial = {"name": policy.name, "position": policy.position, "pauses": policy.pauses}
    initial["calendar_name"] = policy.calendar_name
    for name, values in policy.conditions.items():
        initial[name] = ", ".join(values) if name in _TEXTS else values
    for kind in TargetKind.values:
        minutes = getattr(policy, f"{kind}_minutes")
        initial[f"{kind}_hours"] = None if minutes is None else round(minutes / MINUTES, 2)
        initial[f"{kind}_measure"] = getattr(policy, f"{kind}_measure")
    return initial

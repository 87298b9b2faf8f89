from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Organisation
from helpdesk.accounts.models import Agent
from helpdesk.templatetags.desk import channel_name
from tickets.desk.insights.access import teams_of
from tickets.desk.insights.asking import CHANNELS
from tickets.metrics.reporting.cells import BUSINESS, CALENDAR
from tickets.metrics.reporting.cutting import Dimension
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.metric import GROUPS
from tickets.metrics.reporting.periods import Step
from tickets.models import Topic
from tickets.reports.asking import Asked, AskedWrongly, Span
from tickets.reports.models import SavedReport

FIRMS = 500
_SPANS = [
    (Span.WEEKS_13, _("the last 13 weeks")),
    (Span.WEEKS_4, _("the last 4 weeks")),
    (Span.WEEKS_52, _("the last 52 weeks")),
    (Span.LAST_WEEK, _("last week")),
    (Span.LAST_MONTH, _("last month")),
    (Span.OWN, _("days of my own")),
]
_BY = [
    (Step.DAY, _("by day")),
    (Step.WEEK, _("by week")),
    (Step.MONTH, _("by month")),
    (Dimension.TEAM, _("by team")),
    (Dimension.AGENT, _("by agent")),
    (Dimension.CHANNEL, _("by channel")),
    (Dimension.TOPIC, _("by topic")),
    (Dimension.ORGANISATION, _("by organisation")),
    (Dimension.TIER, _("by tier")),
    ("", _("as one number")),
]
_CLOCKS = [(BUSINESS, _("in business time")), (CALENDAR, _("by the calendar"))]


def _metrics() -> list[tuple[Any, list[tuple[str, Any]]]]:
    return [
        (label, [(key, metric.label) for key, metric in METRICS.items() if metric.group == group])
        for group, label in GROUPS.items()
    ]


class ReportForm(forms.Form):
    """The question of a report, as somebody puts it together; sent by GET, so it is an address."""

    metrics = forms.MultipleChoiceField(
        label=_("Numbers"), choices=_metrics, widget=forms.CheckboxSelectMultiple
    )
    span = forms.ChoiceField(label=_("Of which days"), choices=_SPANS)
    first = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    last = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    by = forms.ChoiceField(label=_("Divided"), choices=_BY, required=False)
    clock = forms.ChoiceField(label=_("Times"), choices=_CLOCKS)
    team = forms.ChoiceField(label=_("Team"), required=False)
    agent = forms.ChoiceField(label=_("Agent"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    tier = forms.CharField(label=_("Tier"), required=False, max_length=60)
    with_imported = forms.BooleanField(label=_("With imported tickets"), required=False)

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = teams_of(agent)
        people = Agent.objects.filter(is_active=True, teams__in=teams).distinct().order_by("name")
        firms = Organisation.objects.order_by("name").values_list("pk", "name")[:FIRMS]
        topics = Topic.objects.order_by("name").values_list("pk", "name")
        self._offer("team", [(team.pk, team.name) for team in teams])
        self._offer("agent", [(one.pk, str(one)) for one in people])
        self._offer("channel", [(name, channel_name(name)) for name in CHANNELS])
        self._offer("topic", list(topics))
        self._offer("organisation", list(firms))

    def _offer(self, name: str, options: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  they are declared above
        known = [(str(key), label) for key, label in options]
        field.choices = [("", _("all")), *known, ("none", _("none"))]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        days = {name: given[name].isoformat() for name in ("first", "last") if given.get(name)}
        fields = {name: value for name, value in given.items() if name not in {"first", "last"}}
        try:
            given["asked"] = Asked.of(fields | days)
        except AskedWrongly as error:
            raise forms.ValidationError(str(error)) from error
        return given


class SaveForm(forms.Form):
    """How a report is kept, and who gets it by mail."""

    name = forms.CharField(label=_("Name"), max_length=120)
    is_shared = forms.BooleanField(label=_("Others may open it too"), required=False)
    rhythm = forms.ChoiceField(label=_("Mail it"), choices=SavedReport.Rhythm.choices)
    recipients = forms.ModelMultipleChoiceField(
        label=_("To"),
        queryset=Agent.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each gets the numbers of the teams that they may see."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = Agent.objects.filter(is_active=True).exclude(role="agent").order_by("name")
        field = self.fields["recipients"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  declared above
        field.queryset = readers

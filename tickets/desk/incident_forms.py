"""What an agent writes down about an incident."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.text import clean_line, clean_text
from tickets.incidents.models import Incident
from tickets.models import Topic

MOST_FIELDS = 10


def _moment(**options: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"]
    return forms.DateTimeField(widget=widget, input_formats=formats, **options)


class IncidentForm(forms.Form):
    """What the problem is, and by what its tickets are found."""

    title = forms.CharField(
        label=_("What is the problem"),
        max_length=200,
        error_messages={"required": _("Give the incident a title.")},
    )
    topic = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=Topic.objects.select_related("parent"),
        help_text=_("Tickets of this topic and those below it can be part of it"),
        error_messages={"required": _("Choose the topic.")},
    )
    known = forms.CharField(
        label=_("What is known"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    cue_words = forms.CharField(
        label=_("Words in such tickets"),
        required=False,
        max_length=1_000,
        help_text=_("Divided by commas; one of them must be in the ticket, or a field below"),
    )
    fields_ = forms.CharField(
        label=_("Fields of such tickets"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, such as payment_method: PayPal"),
    )
    began_at = _moment(label=_("Since"), error_messages={"required": _("Say since when.")})
    ended_at = _moment(label=_("Until"), required=False)
    next_update_at = _moment(label=_("Next update"), required=False)

    @classmethod
    def initial_of(cls, incident: Incident) -> dict[str, Any]:
        """What the form shows of an incident that is changed."""
        lines = [f"{key}: {value}" for key, value in incident.fields.items()]
        return {
            "title": incident.title,
            "topic": incident.topic_id,
            "known": incident.known,
            "cue_words": ", ".join(incident.cue_words),
            "fields_": "\n".join(lines),
            "began_at": incident.began_at,
            "ended_at": incident.ended_at,
            "next_update_at": incident.next_update_at,
        }

    def clean_title(self) -> str:
        return clean_line(self.cleaned_data["title"])

    def clean_known(self) -> str:
        return clean_text(self.cleaned_data["known"])

    def clean_cue_words(self) -> tuple[str, ...]:
        words = clean_line(self.cleaned_data["cue_words"]).split(",")
        return tuple(word.strip() for word in words if word.strip())

    def clean_fields_(self) -> dict[str, str]:
        lines = clean_text(self.cleaned_data["fields_"]).splitlines()
        pairs = [line.partition(":") for line in lines if line.strip()]
        is_whole = all(colon and value.strip() for _key, colon, value in pairs)
        if len(pairs) > MOST_FIELDS or not is_whole:
            raise ValidationError(_("Write each field as name: value, ten at most."))
        return {key.strip(): value.strip() for key, _colon, value in pairs}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("began_at"), cleaned.get("ended_at")
        if begins and ends and ends < begins:
            self.add_error("ended_at", _("The end is before the beginning."))
        return cleaned

    def details(self) -> dict[str, Any]:
        """The incident's details as its operations take them."""
        cleaned = dict(self.cleaned_data)
        cleaned["fields"] = cleaned.pop("fields_")
        return cleaned


class UpdateForm(forms.Form):
    """What has become known, and when there will be more."""

    text = forms.CharField(
        label=_("What has become known"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what has become known.")},
    )
    next_update_at = _moment(label=_("Next update"), required=False)

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])


class LeftOutForm(forms.Form):
    """Why somebody is not counted among the affected; empty to count them."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])

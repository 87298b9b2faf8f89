"""A survey, and its words in one language, as forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.feedback.models import Rating
from helpdesk.lib.text import clean_line, clean_text
from tickets.feedback.errors import NpsOfTicket
from tickets.feedback.models import Survey, SurveyWords
from tickets.feedback.surveying import EDITABLE


class SurveyForm(forms.ModelForm):
    """Whom we ask what and when. The operations refuse what cannot be."""

    class Meta:
        model = Survey
        fields = ("scale", *EDITABLE)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(("name", "scale"))
        if self.instance.pk:
            del self.fields["scale"]

    def validate_unique(self) -> None:
        """Left to the operation, which sees it under lock."""

    def clean(self) -> dict[str, Any]:
        """A relationship is not asked about after a ticket: said at its field."""
        given = super().clean() or {}
        scale = given.get("scale") or self.instance.scale
        if scale == Rating.Scale.NPS and given.get("event") in Survey.OF_TICKETS:
            self.add_error("event", NpsOfTicket.message)
        return given

    @property
    def scale(self) -> str:
        return str(self.cleaned_data.get("scale") or Rating.Scale.CSAT)

    def settings(self) -> dict[str, Any]:
        """Return the EDITABLE fields of a valid form."""
        return {name: self.cleaned_data[name] for name in EDITABLE}


class WordsForm(forms.Form):
    """Our own words; an empty question goes back to those that come with Beforehand."""

    question = forms.CharField(
        label=_("Question"),
        help_text=_("Empty: the words that come with Beforehand."),
        max_length=300,
        required=False,
    )
    labels = forms.CharField(
        label=_("Answers"),
        help_text=_("One a line from the lowest score; empty for those that come with us."),
        widget=forms.Textarea(attrs={"rows": 7}),
        max_length=1000,
        required=False,
    )
    thanks = forms.CharField(label=_("Thanks"), max_length=500, required=False)

    @classmethod
    def initial_of(cls, words: SurveyWords | None) -> dict[str, str]:
        if words is None:
            return {}
        labels = "\n".join(words.labels)
        return {"question": words.question, "labels": labels, "thanks": words.thanks}

    def clean_question(self) -> str:
        return clean_line(self.cleaned_data["question"], limit=300)

    def clean_labels(self) -> list[str]:
        lines = clean_text(self.cleaned_data["labels"]).splitlines()
        return [line for given in lines if (line := clean_line(given, limit=80))]

"""The questions of a survey's page, in the words of its scale."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.text import clean_text
from tickets.feedback.answering import Said
from tickets.feedback.models import Answer, Invitation, Reason
from tickets.feedback.wording import labels_of, question_of, words_in

MOST_WORDS = 4_000


class AnswerForm(forms.Form):
    """The score, what else this survey asks, reasons and a comment; only the score is needed."""

    score = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the answers."),
            "invalid_choice": _("Choose one of the answers."),
        },
    )
    solved = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=Answer.Solved.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    repeated = forms.ChoiceField(
        label=_("Did you have to tell us something you had already told us?"),
        choices=Answer.Repeated.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    reasons = forms.MultipleChoiceField(
        label=_("What is your answer about?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    comment = forms.CharField(
        label=_("Anything to add?"),
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("Shorten what you add to 4,000 characters.")},
    )

    def __init__(self, *args: Any, invitation: Invitation, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        survey = invitation.survey
        words = words_in(survey, language)
        fields: dict[str, Any] = self.fields
        fields["score"].label = question_of(survey.scale, words, language)
        fields["score"].choices = list(labels_of(survey.scale, words, language).items())
        reasons = [
            (row.key, row.label_in(language)) for row in Reason.objects.all() if row.is_active
        ]
        fields["reasons"].choices = reasons
        unasked = {
            "solved": not survey.asks_solved,
            "repeated": not survey.asks_repeated,
            "reasons": not reasons,
        }
        for name in (name for name, is_unasked in unasked.items() if is_unasked):
            del self.fields[name]

    def said(self) -> Said:
        """What was answered, of a valid form."""
        given = self.cleaned_data
        return Said(
            score=given["score"],
            solved=given.get("solved", ""),
            repeated=given.get("repeated", ""),
            reasons=tuple(given.get("reasons", ())),
            comment=clean_text(given["comment"]).strip(),
        )

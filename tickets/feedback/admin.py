from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext as _

from helpdesk.lib.admin import NeverDeleted, OnlyLooked
from tickets.feedback.models import Answer, Invitation, Reason, ReviewPlace, Survey, SurveyWords
from tickets.feedback.wording import scores


class SurveyForm(forms.ModelForm):
    """A relationship is not asked about after a ticket."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("scale") == "nps11" and given.get("event") in Survey.OF_TICKETS:
            self.add_error("event", _("NPS asks about the relationship: not after each ticket."))
        return given


class WordsForm(forms.ModelForm):
    """As many answers as the scale has, or none."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        labels = given.get("labels") or []
        scale = self.instance.survey.scale if self.instance.survey_id else ""
        if labels and scale and len(labels) != len(scores(scale)):
            words = _("This scale has %(n)s answers: give as many, or none.")
            self.add_error("labels", words % {"n": len(scores(scale))})
        return given


class WordsInline(admin.StackedInline):
    model = SurveyWords
    form = WordsForm
    extra = 0


@admin.register(Survey)
class SurveyAdmin(NeverDeleted):
    """Whom we ask what, when and how often. The words of the mail are at the desk."""

    form = SurveyForm
    list_display = ("name", "scale", "event", "delay_hours", "share", "cap_days", "is_active")
    inlines = (WordsInline,)


@admin.register(Reason)
class ReasonAdmin(NeverDeleted):
    list_display = ("label", "key", "position", "is_active")


@admin.register(ReviewPlace)
class ReviewPlaceAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("name", "url", "position", "is_active")


@admin.register(Invitation)
class InvitationAdmin(OnlyLooked):
    """Whom we asked, and whom we left out for which reason."""

    list_display = ("id", "survey", "customer", "ticket", "state", "left_out", "due_at", "sent_at")
    list_select_related = ("survey", "customer", "ticket")
    list_filter = ("state", "left_out", "survey")
    ordering = ("-id",)


@admin.register(Answer)
class AnswerAdmin(OnlyLooked):
    """Every answer as it was sent, those that were changed or count for nothing too."""

    list_display = ("id", "invitation", "score", "solved", "repeated", "at", "stands", "quarantine")
    list_select_related = ("invitation",)
    list_filter = ("stands", "quarantine")
    ordering = ("-id",)

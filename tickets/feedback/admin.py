from django.contrib import admin
from django.db import models

from helpdesk.lib.admin import NeverDeleted, OnlyLooked
from tickets.feedback.models import Answer, Invitation, Reason, ReviewPlace, Survey, SurveyChange


@admin.register(Survey)
class SurveyAdmin(OnlyLooked):
    """Whom we ask what, when and how often. Surveys are set at the desk."""

    list_display = ("name", "scale", "event", "delay_hours", "share", "cap_days", "is_active")


@admin.register(SurveyChange)
class SurveyChangeAdmin(OnlyLooked):
    list_display = ("at", "survey", "agent")
    list_select_related = ("survey", "agent")
    ordering = ("-at", "-id")


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

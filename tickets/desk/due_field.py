"""A field for a moment to come, as people say it."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from tickets.models import BusinessCalendar
from tickets.sentences.due import due_in, office_hours


class DueField(forms.CharField):
    """A moment in the agent's time zone: "Fri 14:00", "tomorrow noon", or an ISO time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=60,
            error_messages={"required": _("Say by when it is promised.")},
            help_text=_("For example: Fri 14:00, tomorrow noon, 15 May, within 3 working days."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **options,
        )

    def clean(self, value: Any) -> Any:
        given: str = super().clean(value)
        due_at = _iso(given) or _said(given)
        if due_at is None:
            raise forms.ValidationError(
                _("“%(given)s” names no day and time to come. Try: Fri 14:00."),
                code="invalid",
                params={"given": given},
            )
        if due_at <= timezone.now():
            raise forms.ValidationError(_("A promise is for a time to come."), code="past")
        return due_at


def _iso(given: str) -> Any:
    try:
        moment = parse_datetime(given)
    except ValueError:
        return None
    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment


def _said(given: str) -> Any:
    now, zone = timezone.now(), ZoneInfo(timezone.get_current_timezone_name())
    calendar = BusinessCalendar.objects.valid_at(now)
    hours = replace(calendar.business_hours(), zone=zone) if calendar else office_hours(zone)
    due = due_in(given, at=now, hours=hours)
    return due.at if due else None

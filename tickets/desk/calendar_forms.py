"""Working hours as a form: a week, days off from three sources, and from when they hold."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import validate_time_zone
from helpdesk.lib.days_off import NoCalendar, UnknownCountry, holidays_in, holidays_of
from helpdesk.lib.text import clean_line
from tickets.models import BusinessCalendar

DAYS = range(1, 8)
FILE_BYTES = 1_000_000
# This year and the next two: further on, holidays are not certain.
YEARS = 3
_SPAN = re.compile(r"(\d{1,2}:\d\d)\s*(?:-|\N{EN DASH})\s*(\d{1,2}:\d\d)")


class CalendarForm(forms.Form):
    """A calendar's next version. The week is text, “09:00-12:30, 13:00-17:00”; empty is off."""

    name = forms.CharField(label=_("Name"), max_length=80)
    time_zone = forms.CharField(
        label=_("Time zone"),
        help_text=_("For example Europe/Lisbon."),
        max_length=64,
        validators=[validate_time_zone],
    )
    holidays = forms.CharField(
        label=_("Days off"),
        help_text=_("One a line, as 2026-12-25."),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        max_length=20_000,
    )
    country = forms.CharField(
        label=_("Add the public holidays of"),
        help_text=_("A country, or a part of one: GB, GB-SCT, DE-BY. This year and the next two."),
        max_length=12,
        required=False,
    )
    file = forms.FileField(
        label=_("Add the days of a calendar file"),
        help_text=_("iCalendar (.ics) with whole days. This year and the next two."),
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None,
        files: MultiValueDict[str, UploadedFile] | None,
        *,
        calendar: BusinessCalendar | None,
    ) -> None:
        super().__init__(data, files, initial=_initial(calendar))
        self.fields["name"].disabled = calendar is not None
        for day in DAYS:
            self.fields[f"day_{day}"] = forms.CharField(
                label=WEEKDAYS[day - 1], max_length=100, required=False
            )
        if calendar is not None:
            self.fields["valid_from"] = forms.DateField(
                label=_("From the beginning of"),
                help_text=_("What was before keeps the hours it had."),
                widget=forms.DateInput(attrs={"type": "date"}),
            )
        off = ("holidays", "country", "file", "valid_from")
        self.order_fields([*(name for name in self.fields if name not in off), *off])

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], limit=80)

    def clean_holidays(self) -> list[str]:
        try:
            days = [date.fromisoformat(word) for word in self.cleaned_data["holidays"].split()]
        except ValueError as error:
            raise forms.ValidationError(_("Write each day as 2026-12-25.")) from error
        return [day.isoformat() for day in days]

    def clean_country(self) -> list[str]:
        place = self.cleaned_data["country"]
        try:
            return [day.isoformat() for day in holidays_of(place, _years())] if place else []
        except UnknownCountry as error:
            raise forms.ValidationError(_("We know no holidays of this place.")) from error

    def clean_file(self) -> list[str]:
        file = self.cleaned_data["file"]
        if file is None:
            return []
        if file.size > FILE_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        try:
            return [day.isoformat() for day in holidays_in(file.read(), _years())]
        except NoCalendar as error:
            raise forms.ValidationError(_("This is no calendar file that can be read.")) from error

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for day in DAYS:
            if (spans := spans_in(cleaned.get(f"day_{day}", ""))) is None:
                words = _("Write hours as 09:00-12:30, 13:00-17:00.")
                self.add_error(f"day_{day}", forms.ValidationError(words))
            else:
                cleaned[f"day_{day}"] = spans
        return cleaned

    def fields_of_calendar(self) -> dict[str, Any]:
        """Return what the operations take, without name and beginning."""
        given = self.cleaned_data
        return {
            "time_zone": given["time_zone"],
            "hours": {str(day): given[f"day_{day}"] for day in DAYS if given[f"day_{day}"]},
            "holidays": [*given["holidays"], *given["country"], *given["file"]],
        }

    def valid_from(self) -> datetime:
        """The first moment of the chosen day where the calendar is."""
        given = self.cleaned_data
        return datetime.combine(given["valid_from"], time.min, ZoneInfo(given["time_zone"]))


def spans_in(text: str) -> list[list[str]] | None:
    """Return spans of a day that follow each other; None where the text is not of that form."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [match for part in parts if (match := _SPAN.fullmatch(part))]
    try:
        spans = [[time.fromisoformat(one.zfill(5)) for one in match.groups()] for match in found]
    except ValueError:
        return None
    moments = [moment for span in spans for moment in span]
    if len(found) != len(parts) or any(a >= b for a, b in pairwise(moments)):
        return None
    return [[f"{moment:%H:%M}" for moment in span] for span in spans]


def _years() -> range:
    year = timezone.now().year
    return range(year, year + YEARS)


def _initial(calendar: BusinessCalendar | None) -> dict[str, Any]:
    if calendar is None:
        return {"time_zone": timezone.get_current_timezone_name()}
    zone = ZoneInfo(calendar.time_zone)
    week = {
        f"day_{day}": ", ".join("-".join(span) for span in calendar.hours.get(str(day), ()))
        for day in DAYS
    }
    return week | {
        "name": calendar.name,
        "time_zone": calendar.time_zone,
        "holidays": "\n".join(calendar.holidays),
        "valid_from": timezone.now().astimezone(zone).date() + timedelta(days=1),
    }

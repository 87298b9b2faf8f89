"""What an agent may write down about a customer."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Identity
from helpdesk.lib.text import clean_line, clean_text

LABELS = {
    "name": _("Name"),
    "how_to_say": _("How to say it"),
    "pronouns": _("Pronouns"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "place": _("Place"),
    "country": _("Country"),
    "tier": _("Tier"),
    "preferred_channel": _("Preferred channel"),
    "customer_since_on": _("Customer since"),
}
HINTS = {
    "how_to_say": _("As you would say it aloud, like MY-ah oh-KAH-for"),
    "language": _("A language code, like en or pt-br"),
    "time_zone": _("A time zone name, like Europe/Lisbon"),
    "country": _("Two letters, like PT"),
    "customer_since_on": _("A date, like 2023-03-31"),
}


class DetailsForm(forms.ModelForm):
    """Who a customer is and how to address them."""

    class Meta:
        model = Customer
        fields = tuple(LABELS)
        labels = LABELS
        help_texts = HINTS
        error_messages = {
            "customer_since_on": {"invalid": _("Enter the date as year-month-day.")},
        }

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"instance": customer})
        self.fields["preferred_channel"] = forms.ChoiceField(
            label=LABELS["preferred_channel"],
            required=False,
            choices=[
                ("", _("Not known")),
                ("email", _("E-mail")),
                ("phone", _("Phone")),
                ("form", _("Contact form")),
                ("chat", _("Chat")),
            ],
        )

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"]).strip()
        if zone and zone not in available_timezones():
            raise ValidationError(
                _("“%(zone)s” is not a time zone name; try Europe/Lisbon."), params={"zone": zone}
            )
        return zone

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).strip().upper()
        if country and (len(country) != len("PT") or not country.isalpha()):
            raise ValidationError(_("Enter the country as two letters, like PT."))
        return country

    def changes(self) -> dict[str, Any]:
        """Only what differs from what we had."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class IdentityForm(forms.Form):
    """Another address of a customer."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (Identity.Kind.EMAIL.value, _("E-mail address")),
            (Identity.Kind.PHONE.value, _("Phone number, with + and country")),
            (Identity.Kind.HANDLE.value, _("Handle")),
            (Identity.Kind.EXTERNAL.value, _("Id elsewhere")),
        ],
    )
    value = forms.CharField(
        label=_("Address or number"),
        max_length=320,
        error_messages={"required": _("Enter the address or number.")},
    )

    def clean_value(self) -> str:
        return clean_line(self.cleaned_data["value"])


class NoteForm(forms.Form):
    """A remark about a customer."""

    text = forms.CharField(
        label=_("Note"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the note.")},
    )
    is_pinned = forms.BooleanField(label=_("Pin it on top of the profile"), required=False)

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])

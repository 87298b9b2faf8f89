"""What an agent may write down about a customer."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Attribute, Customer, Identity
from helpdesk.accounts.models import Agent
from helpdesk.lib.text import clean_line, clean_text
from tickets.desk.person_forms import attribute_fields, attribute_values

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
    "contact_from": _("May be called from"),
    "contact_until": _("May be called until"),
    "account_owner": _("Account owner"),
    "customer_since_on": _("Customer since"),
}
CHANNELS = {
    "email": _("E-mail"),
    "phone": _("Phone"),
    "form": _("Contact form"),
    "chat": _("Chat"),
}
HINTS = {
    "how_to_say": _("As you would say it aloud, like MY-ah oh-KAH-for"),
    "language": _("A language code, like en or pt-br"),
    "time_zone": _("A time zone name, like Europe/Lisbon"),
    "country": _("Two letters, like PT"),
    "contact_from": _("Their own time, like 09:00"),
    "contact_until": _("Their own time, like 17:30"),
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
        before = customer.preferred_channel
        others = [(before, before)] if before and before not in CHANNELS else []
        self.fields["preferred_channel"] = forms.ChoiceField(
            label=LABELS["preferred_channel"],
            required=False,
            choices=[("", _("Not known")), *CHANNELS.items(), *others],
        )
        owners = forms.ModelChoiceField(
            label=LABELS["account_owner"],
            required=False,
            queryset=Agent.objects.filter(Q(is_active=True) | Q(pk=customer.account_owner_id)),
        )
        self.fields["account_owner"] = owners
        self.fields |= attribute_fields(Attribute.Subject.CUSTOMER, customer.attributes)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("contact_from"), cleaned.get("contact_until")
        if (begins is None) != (ends is None):
            self.add_error("contact_until", _("Give both times, or neither."))
        return cleaned

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
        changed = [name for name in self.changed_data if name in LABELS]
        changes = {name: self.cleaned_data[name] for name in changed}
        attributes = attribute_values(self.cleaned_data, self.instance.attributes)
        if attributes != self.instance.attributes:
            changes["attributes"] = attributes
        return changes


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

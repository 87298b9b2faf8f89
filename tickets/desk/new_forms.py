"""Writing to a customer first, and logging what reached us elsewhere."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.errors import NotAnAddress
from customers.models import Customer, Identity, Touchpoint
from customers.operations import normalise
from helpdesk.accounts.models import Agent, Team
from helpdesk.accounts.roles import Permission
from helpdesk.lib.text import clean_line, clean_text
from tickets.operations import ContactKind

MOST_TEXT = 50_000
CLOCK = "%Y-%m-%dT%H:%M"


class _NewContactForm(forms.Form):
    """What every new contact has: a subject, words and a team that will see it."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=300,
        error_messages={"required": _("Enter a subject.")},
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("No team: everybody sees it"),
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = agent.may(Permission.SEE_ALL_TEAMS)
        teams = Team.objects.all() if everyone else agent.teams.all()
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        return clean_line(self.cleaned_data["subject"])


class WriteForm(_NewContactForm):
    """A mail to somebody, known to us or not."""

    to = forms.EmailField(
        label=_("To"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the address to write to."),
            "invalid": _("Enter an e-mail address like name@example.com."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("If we do not know it yet"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Message"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Write the message.")},
    )
    field_order = ("to", "name", "subject", "text", "team")

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])


class LogForm(_NewContactForm):
    """A call, visit or letter, by or to a customer who is found first or noted now."""

    kind = forms.ChoiceField(
        label=_("What was it?"),
        choices=[
            (ContactKind.CALL.value, _("Call")),
            (ContactKind.VISIT.value, _("Visit")),
            (ContactKind.LETTER.value, _("Letter")),
        ],
        initial=ContactKind.CALL.value,
        widget=forms.RadioSelect,
    )
    direction = forms.ChoiceField(
        label=_("Who turned to whom?"),
        choices=[
            (Touchpoint.Direction.INBOUND.value, _("The customer to us")),
            (Touchpoint.Direction.OUTBOUND.value, _("We to the customer")),
        ],
        initial=Touchpoint.Direction.INBOUND.value,
        widget=forms.RadioSelect,
    )
    who = forms.CharField(
        label=_("Who was it?"),
        help_text=_(
            "A name, address or phone number, to find them; a new customer needs an "
            "address, or a phone number with + and country"
        ),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    customer = forms.ModelChoiceField(queryset=Customer.objects.none(), required=False)
    name = forms.CharField(
        label=_("Name"),
        help_text=_("If we do not know it yet"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    happened_at = forms.DateTimeField(
        label=_("When was it?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK),
        input_formats=[CLOCK, "%Y-%m-%d %H:%M"],
        error_messages={
            "required": _("Enter when it was."),
            "invalid": _("Enter day and time, like 2026-03-31 14:30."),
        },
    )
    text = forms.CharField(
        label=_("What was said?"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write down what was said.")},
    )
    was_answered = forms.BooleanField(
        label=_("It was answered on the spot: nobody waits for us"), required=False
    )
    field_order = (
        "who",
        "name",
        "kind",
        "direction",
        "happened_at",
        "subject",
        "text",
        "was_answered",
        "team",
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, agent=agent, **kwargs)
        customers = Customer.objects.visible_to(agent)
        self.fields["customer"].queryset = customers  # type: ignore[attr-defined]

    def clean_happened_at(self) -> datetime:
        at: datetime = self.cleaned_data["happened_at"]
        if at > timezone.now() + timedelta(minutes=1):
            raise ValidationError(_("This is still to come. Enter when it was."))
        return at

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        """Know somebody: chosen among those found, or recognisable by what was entered."""
        given = super().clean() or {}
        if given.get("customer") is None:
            try:
                given["identity"] = identity_in(given.get("who", ""))
            except NotAnAddress:
                self.add_error(
                    "who",
                    _(
                        "Find and choose the customer, or enter an e-mail address or a phone "
                        "number with + and country."
                    ),
                )
        return given


def identity_in(text: str) -> tuple[str, str]:
    """Return the kind and the normalised value of an address or phone. Raises NotAnAddress."""
    kind = Identity.Kind.EMAIL if "@" in text else Identity.Kind.PHONE
    return kind.value, normalise(kind, text)

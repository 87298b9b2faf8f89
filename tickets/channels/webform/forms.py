"""The contact form's questions, and what it says when an answer will not do."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.errors import NotAnAddress
from customers.operations import normalise
from helpdesk.lib.text import clean_line, clean_text
from tickets.models import Topic

MOST_WORDS = 20_000
ANSWERS = ("earlier", "message", "tried", "order_number", "name", "email")


class SeveralFiles(forms.FileInput):
    """A native file input that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Shows the input and what was wrong; files.py looks at the files themselves."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> None:
        return None


class ContactForm(forms.Form):
    """What somebody who needs help tells us. Files are looked at apart in files.py."""

    topic = forms.ModelChoiceField(
        label=_("What is it about?"),
        queryset=Topic.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        blank=True,
        error_messages={
            "required": _("Choose what it is about."),
            "invalid_choice": _("Choose what it is about."),
        },
    )
    earlier = forms.CharField(
        label=_("Is this about an earlier request?"),
        help_text=_("The reference in our mail, like 1180"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    message = forms.CharField(
        label=_("Tell us what happened"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={
            "required": _("Tell us what happened."),
            "max_length": _("Shorten what you tell us to 20,000 characters, or add it as a file."),
        },
    )
    tried = forms.CharField(
        label=_("What have you already tried?"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    order_number = forms.CharField(
        label=_("Order number"),
        help_text=_("It is in your confirmation mail, like A-1042"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    files = FilesField(  # type: ignore[assignment]
        label=_("Add files"),
        help_text=_("Up to 5, 10 MB each"),
        required=False,
        widget=SeveralFiles(attrs={"multiple": True}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("We reply to this address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address like name@example.com."),
        },
    )

    def __init__(self, *args: Any, topics: list[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if topics:
            self.fields["topic"].choices = [(t.pk, t.name) for t in topics]  # type: ignore[attr-defined]
            self.fields["topic"].queryset = Topic.objects.filter(is_public=True)  # type: ignore[attr-defined]
        else:
            del self.fields["topic"]

    def clean_earlier(self) -> str:
        earlier = str(self.cleaned_data["earlier"]).strip().lstrip("#")
        if earlier and not (earlier.isascii() and earlier.isdecimal()):
            raise ValidationError(_("Enter the reference as a number, like 1180, or leave it out."))
        return earlier

    def clean_message(self) -> str:
        message = clean_text(self.cleaned_data["message"])
        if not message.strip():
            raise ValidationError(_("Tell us what happened."))
        return message

    def clean_tried(self) -> str:
        return clean_text(self.cleaned_data["tried"])

    def clean_order_number(self) -> str:
        return clean_line(self.cleaned_data["order_number"])

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        try:
            normalise("email", email)
        except NotAnAddress as error:
            raise ValidationError(_("Enter an e-mail address like name@example.com.")) from error
        return email

    def answers(self) -> dict[str, Any]:
        """Return the form as an arrival keeps it, every value text."""
        given = {name: self.cleaned_data[name] for name in ANSWERS}
        topic = self.cleaned_data.get("topic")
        return given | ({"topic": topic.name, "topic_id": topic.pk} if topic else {})

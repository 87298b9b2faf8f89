"""What agents may send to a ticket, checked before an operation sees it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from customers.models import Touchpoint
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.text import clean_line, clean_text
from tickets.channels.addresses import without_own
from tickets.channels.models import Mailbox
from tickets.desk.due_field import DueField
from tickets.macros.models import Macro
from tickets.models import Category, Message, Ticket, TicketStatus, Topic
from tickets.operations import ContactKind

MAX_FILES = 20
MAX_FILES_SIZE = 25 * 1000 * 1000


class OwnerForm(forms.Form):
    agent = forms.ModelChoiceField(Agent.objects.filter(is_active=True), required=False)


class TeamForm(forms.Form):
    team = forms.ModelChoiceField(Team.objects.all(), required=False)


class StatusForm(forms.Form):
    status = forms.ModelChoiceField(TicketStatus.objects.all())


class TopicForm(forms.Form):
    topic = forms.ModelChoiceField(Topic.objects.all(), required=False)


class PriorityForm(forms.Form):
    priority = forms.TypedChoiceField(choices=Ticket.Priority.choices, coerce=int)


class SubjectForm(forms.Form):
    subject = forms.CharField(max_length=300, required=False)

    def clean_subject(self) -> str:
        return clean_line(self.cleaned_data["subject"], limit=300)


class TagsForm(forms.Form):
    """Labels to put on, separated by commas, and labels to take off."""

    add = forms.CharField(max_length=300, required=False)
    remove = forms.CharField(max_length=50, required=False)

    def clean_add(self) -> tuple[str, ...]:
        return tuple(clean_line(name, limit=50) for name in self.cleaned_data["add"].split(","))

    def clean_remove(self) -> tuple[str, ...]:
        name: str = self.cleaned_data["remove"]
        return (name,) if name else ()


class ContactForm(forms.Form):
    """A call, visit or letter that happened outside of here."""

    kind = forms.ChoiceField(
        label=_("What it was"),
        choices=[
            (ContactKind.CALL.value, _("Call")),
            (ContactKind.VISIT.value, _("Visit")),
            (ContactKind.LETTER.value, _("Letter")),
        ],
    )
    direction = forms.ChoiceField(
        label=_("Who turned to whom"),
        choices=[
            (Touchpoint.Direction.INBOUND.value, _("The customer to us")),
            (Touchpoint.Direction.OUTBOUND.value, _("We to the customer")),
        ],
    )
    text = forms.CharField(
        label=_("What was said"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a sentence what was said.")},
    )
    was_answered = forms.BooleanField(label=_("Answered on the spot"), required=False, initial=True)

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])


class PromiseForm(forms.Form):
    """What is promised, and by when in the agent's own time zone."""

    text = forms.CharField(
        label=_("What we promise"),
        max_length=300,
        error_messages={"required": _("Say what is promised.")},
    )
    due_at = DueField(label=_("By when"))
    owner = forms.ModelChoiceField(
        Agent.objects.filter(is_active=True),
        label=_("Who keeps it"),
        required=False,
        empty_label=_("the owner of the ticket"),
    )

    def __init__(
        self, *args: Any, owners: Iterable[Mapping[str, Any]] = (), **options: Any
    ) -> None:
        """`owners` are the rows to choose from where they are read already, id and name."""
        super().__init__(*args, **options)
        if owners:
            shown = [(row["id"], row["name"] or row["email"]) for row in owners]
            self.fields["owner"].widget.choices = [("", _("the owner of the ticket")), *shown]

    def clean_text(self) -> str:
        return clean_line(self.cleaned_data["text"], limit=300)


class FilesField(forms.FileField):
    """Any number of uploaded files."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=_FilesInput(), **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, Sequence) else [data] if data else []
        kept = [super(FilesField, self).clean(file, initial) for file in files if file]
        if len(kept) > MAX_FILES or sum(file.size or 0 for file in kept) > MAX_FILES_SIZE:
            raise forms.ValidationError(
                _("A message carries at most 20 files and 25 MB in all."), code="too_large"
            )
        return kept


class _FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class AddressesField(forms.Field):
    """E-mail addresses chosen by their checkboxes."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[str, ...]:
        return checked_addresses(value or ())


def checked_addresses(given: Iterable[str]) -> tuple[str, ...]:
    """The addresses, each once. Raises ValidationError naming the first that is none."""
    found = dict.fromkeys(clean_line(address, limit=320) for address in given)
    for address in found:
        try:
            validate_email(address)
        except forms.ValidationError as error:
            raise forms.ValidationError(
                _("“%(address)s” is not an e-mail address."),
                code="invalid",
                params={"address": address},
            ) from error
    return tuple(found)


class DraftForm(forms.Form):
    """What is in the composer: plain words, and the rich form where a script made one."""

    body = forms.CharField(required=False, strip=False)
    html = forms.CharField(required=False, strip=False)
    kind = forms.ChoiceField(
        choices=[(Message.Kind.REPLY.value, "reply"), (Message.Kind.NOTE.value, "note")]
    )

    def clean_body(self) -> str:
        return clean_text(self.cleaned_data["body"])


class ComposerForm(DraftForm):
    """What is sent. `then` is the button pressed, and only one of them is a note's."""

    THEN = {"wait": Category.WAIT_CUSTOMER, "open": Category.OPEN, "solve": Category.SOLVED}
    NOTE = "note"

    then = forms.ChoiceField(choices=[(name, name) for name in (*THEN, NOTE)])
    last_event = forms.IntegerField()
    anyway = forms.IntegerField(required=False)
    files = FilesField(required=False)  # type: ignore[assignment] # forms take fields out
    kept_files = forms.CharField(required=False)
    # Whether the page showed whom the reply goes to: without that, it goes to everybody.
    shows_recipients = forms.BooleanField(required=False)
    to = AddressesField(required=False)
    cc = AddressesField(required=False)
    add_cc = forms.CharField(required=False, max_length=2_000)
    # The macros that went into the text, and why something known is asked for all the same.
    macros = forms.ModelMultipleChoiceField(Macro.objects.all(), required=False)
    ask_reason = forms.CharField(required=False, max_length=200)

    def clean_add_cc(self) -> tuple[str, ...]:
        given = re.split(r"[,;\s]+", self.cleaned_data["add_cc"].strip())
        return checked_addresses(filter(None, given))

    def clean(self) -> dict[str, Any]:
        """Refuse a reply to nobody, and one to ourselves."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        named = [*cleaned.get("to", ()), *cleaned.get("cc", ()), *cleaned.get("add_cc", ())]
        if not cleaned.get("shows_recipients") or cleaned.get("kind") == Message.Kind.NOTE:
            return cleaned
        if not cleaned.get("to") and not self.errors:
            raise forms.ValidationError(_("Choose somebody to send this to."), code="nobody")
        others = {address.lower() for address in without_own(named, boxes=Mailbox.objects.all())}
        for address in named:
            if address.lower() not in others:
                raise forms.ValidationError(
                    _("%(address)s is our own address: a reply to it would come back to us."),
                    code="own",
                    params={"address": address},
                )
        return cleaned

    @property
    def copied(self) -> tuple[str, ...]:
        return (*self.cleaned_data["cc"], *self.cleaned_data["add_cc"])

    @property
    def is_note(self) -> bool:
        return bool(self.cleaned_data["kind"] == Message.Kind.NOTE)

    @property
    def is_as_shown(self) -> bool:
        """Whether the button is one of the mode that was chosen: nothing else may be sent."""
        return self.is_note is bool(self.cleaned_data["then"] == self.NOTE)

    @property
    def seen_event_id(self) -> int:
        shown: int = self.cleaned_data["last_event"]
        return max(shown, self.cleaned_data["anyway"] or 0)

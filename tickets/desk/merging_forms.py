"""What an agent chooses when tickets or people become one or two."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from customers.errors import NotAnAddress
from customers.models import Customer
from customers.operations import identify_customer, normalise
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.text import clean_line
from tickets.models import Message, Ticket


class TargetForm(forms.Form):
    """The ticket to merge into, by its number."""

    into = forms.CharField(
        label=_("Number of the other ticket"),
        max_length=14,
        error_messages={"required": _("Enter the number of the other ticket.")},
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agent = agent
        self.target: Ticket | None = None

    def clean_into(self) -> str:
        digits = re.sub(r"[#\s]", "", self.cleaned_data["into"])
        if digits.isdecimal():
            tickets = Ticket.objects.visible_to(self._agent).select_related("customer", "status")
            self.target = tickets.filter(number=int(digits)).first()
        if self.target is None:
            raise ValidationError(_("There is no ticket of this number that you can see."))
        return digits


class SplitForm(forms.Form):
    """Messages to split off, and the subject of their ticket."""

    message_ids = forms.TypedMultipleChoiceField(
        label=_("Messages"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one message.")},
    )
    subject = forms.CharField(
        label=_("Subject of the new ticket"),
        max_length=300,
        error_messages={"required": _("Enter a subject.")},
    )

    def __init__(self, *args: Any, said: Sequence[Message], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message_ids"].choices = [  # type: ignore[attr-defined]
            (message.pk, f"{_when(message)} {_author(message)}: {_words(message)}")
            for message in said
        ]

    def clean_subject(self) -> str:
        return clean_line(self.cleaned_data["subject"])


def _when(message: Message) -> str:
    """When it was said, on the reader's clock."""
    return date_format(timezone.localtime(message.at), "SHORT_DATETIME_FORMAT")


class WriterForm(forms.Form):
    """Whom a ticket is from: a known customer, or an address."""

    customer = forms.IntegerField(required=False, widget=forms.HiddenInput)
    address = forms.CharField(
        label=_("Their e-mail address"),
        max_length=320,
        required=False,
        help_text=_("Somebody we do not know yet becomes a new customer."),
    )
    name = forms.CharField(label=_("Their name, if it is new"), max_length=200, required=False)

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agent = agent
        self._known: Customer | None = None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("customer"):
            people = Customer.objects.visible_to(self._agent)
            self._known = people.filter(Q(pk=data["customer"])).first()
            if self._known is None:
                raise ValidationError(_("This customer is not there any more."))
        elif not data.get("address"):
            self.add_error("address", _("Enter their address."))
        else:
            try:
                normalise("email", data["address"])
            except NotAnAddress as error:
                self.add_error("address", str(error))
        return data

    def person(self, *, by: Actor, at: datetime) -> Customer:
        """The customer who was chosen, or who has the address."""
        if self._known is not None:
            return self._known
        data = self.cleaned_data
        address, name = data["address"], clean_line(data["name"])
        return identify_customer(kind="email", value=address, name=name, by=by, at=at)


def _author(message: Message) -> str:
    return message.author_name or str(message.agent or message.customer or "")


def _words(message: Message) -> str:
    return " ".join(message.own_text.split())[:80]

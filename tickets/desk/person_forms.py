"""What an agent may write down about a person besides their addresses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.errors import NotAnAddress
from customers.models import Attribute, Consent, Customer, Identity, Organisation
from customers.operations import find_customer
from helpdesk.accounts.models import Agent
from helpdesk.lib.text import clean_line, id_in
from tickets.desk.person_words import FROM, TO

THEIRS = "from"


class RelationForm(forms.Form):
    """Who a customer is to somebody else, said from either side."""

    how = forms.ChoiceField(
        label=_("This customer"),
        choices=[
            *((f"to-{kind}", word) for kind, word in TO.items()),
            *((f"{THEIRS}-{kind}", word) for kind, word in FROM.items() if word != TO[kind]),
        ],
    )
    who = forms.CharField(
        label=_("Whom"),
        max_length=320,
        help_text=_("Their e-mail address, phone number, or the number of their profile"),
        error_messages={"required": _("Say who it is.")},
    )

    def __init__(self, *args: Any, agent: Agent, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "relation", **kwargs})
        self.agent = agent

    def clean_who(self) -> Customer:
        given = clean_line(self.cleaned_data["who"])
        found = self._found(given)
        if found is None:
            raise ValidationError(_("We know nobody by “%(given)s”."), params={"given": given})
        return found

    def _found(self, given: str) -> Customer | None:
        seen = Customer.objects.visible_to(self.agent)
        if pk := id_in(given):
            return seen.filter(pk=pk).first()
        for kind in (Identity.Kind.EMAIL, Identity.Kind.PHONE, Identity.Kind.EXTERNAL):
            try:
                found = find_customer(kind=kind, value=given)
            except NotAnAddress:
                continue
            if found is not None:
                return seen.filter(pk=found.pk).first()
        return None

    def chosen(self) -> tuple[str, bool, Customer]:
        """Return the kind, whether it is the other who is it, and the other."""
        side, _dash, kind = self.cleaned_data["how"].partition("-")
        return kind, side == THEIRS, self.cleaned_data["who"]


class ConsentForm(forms.Form):
    """Something a customer agreed to, and how we know."""

    purpose = forms.ChoiceField(label=_("Agreed to"), choices=Consent.Purpose.choices)
    evidence = forms.CharField(
        label=_("How we know"),
        max_length=200,
        required=False,
        help_text=_("Such as: said so on the phone"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "consent", **kwargs})


class JoinForm(forms.Form):
    """Another organisation somebody belongs to, and as what."""

    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        help_text=_("Its name as we have it, or one of its mail domains"),
        error_messages={"required": _("Say which organisation.")},
    )
    role = forms.CharField(label=_("Role there"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "join", **kwargs})

    def clean_organisation(self) -> Organisation:
        given = clean_line(self.cleaned_data["organisation"])
        by_name = Organisation.objects.filter(name__iexact=given).first()
        found = by_name or Organisation.objects.filter(domains__domain=given.lower()).first()
        if found is None:
            raise ValidationError(
                _("We know no organisation “%(given)s”."), params={"given": given}
            )
        return found

    def clean_role(self) -> str:
        return clean_line(self.cleaned_data["role"])


def attribute_fields(subject: str, values: dict[str, Any]) -> dict[str, forms.Field]:
    """Return a form field for each of the workspace's attributes, named `attribute-<key>`."""
    fields: dict[str, forms.Field] = {}
    for attribute in Attribute.objects.filter(subject=subject):
        field = _field(attribute)
        field.label, field.required = attribute.label, False
        field.initial = values.get(attribute.key)
        fields[f"attribute-{attribute.key}"] = field
    return fields


def _field(attribute: Attribute) -> forms.Field:
    if attribute.kind == Attribute.Kind.NUMBER:
        return forms.FloatField()
    if attribute.kind == Attribute.Kind.DATE:
        return forms.DateField(help_text=_("A date, like 2023-03-31"))
    if attribute.kind == Attribute.Kind.YES_NO:
        return forms.TypedChoiceField(
            choices=[("", _("Not known")), ("True", _("yes")), ("False", _("no"))],
            coerce=lambda given: given == "True",
            empty_value=None,
        )
    if attribute.kind == Attribute.Kind.CHOICE:
        return forms.ChoiceField(
            choices=[("", _("Not known")), *((one, one) for one in attribute.choices)]
        )
    return forms.CharField(max_length=500)


def attribute_values(cleaned: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes as they are stored: those of the form in place of those before."""
    given = {
        name.removeprefix("attribute-"): value
        for name, value in cleaned.items()
        if name.startswith("attribute-")
    }
    plain = {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in given.items()
    }
    kept = {key: value for key, value in before.items() if key not in plain}
    return kept | {key: value for key, value in plain.items() if value not in ("", None)}

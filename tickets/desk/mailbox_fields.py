"""What the forms of a mailbox share: fields that hide, come in lists or are needed by a choice."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.crypto import CannotUnseal
from tickets.channels.models import Mailbox, MailboxSignIn

KEEP = _("Never shown. Leave it empty to keep the one we have.")
FIELDS = {field.name: field for field in Mailbox._meta.concrete_fields}  # noqa: SLF001
# As the history of a mailbox names them.
SETTINGS = FIELDS | {
    f"sign_in.{field.name}": field
    for field in MailboxSignIn._meta.concrete_fields  # noqa: SLF001
}


def secret(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=KEEP,
    )


class AddressesField(forms.CharField):
    """E-mail addresses, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [word.lower() for word in re.split(r"[\s,;]+", value or "") if word]

    def validate(self, value: Any) -> None:
        for address in value:
            validate_email(address)

    def run_validators(self, value: Any) -> None:
        """Each address was validated by itself."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


class PartForm(forms.ModelForm):
    """A part of a mailbox's settings; `changes` is what the operation is given."""

    SECRETS: tuple[str, ...] = ()
    # Asked for only where a choice needs them, and then not as something optional.
    NEEDED: tuple[str, ...] = ()
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set_required(is_required=True)

    def _set_required(self, *, is_required: bool) -> None:
        for name in self.NEEDED:
            self.fields[name].required = is_required

    def _clean_fields(self) -> None:
        self._set_required(is_required=False)  # `need` refuses them where they are needed
        super()._clean_fields()  # type: ignore[misc]
        self._set_required(is_required=True)

    def changes(self) -> dict[str, Any]:
        """What differs from before; an empty secret is one to keep."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name in FIELDS and (name not in self.SECRETS or self.cleaned_data[name])
        }

    def need(self, name: str, text: Any) -> None:
        """Refuse the form where a field is empty that this choice needs."""
        is_kept = name in self.SECRETS and self._is_kept(name)
        if not self.cleaned_data.get(name) and not is_kept and name not in self.errors:
            self.add_error(name, text)

    def _is_kept(self, name: str) -> bool:
        try:
            return bool(self.instance.pk and getattr(self.instance, name))
        except CannotUnseal:
            return False  # what cannot be opened must be entered again

    def _post_clean(self) -> None:
        """Ask the model's validators; the row is left alone, operations change it."""
        for name, value in list(self.cleaned_data.items()):
            field = FIELDS.get(name)
            try:
                if field is not None:
                    field.run_validators(value)
            except ValidationError as error:
                self.add_error(name, error)

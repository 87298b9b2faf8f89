"""Who changed what in settings, in words: for the pages of mailboxes and of mail words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext

from tickets.channels.mailboxes import CHANGED
from tickets.channels.models.change import Change

SHOWN = 20
# Longer words stand one below the other, folded.
SHORT = 80


@dataclass(frozen=True)
class Setting:
    """One setting before and after; both empty where it is a secret."""

    label: str
    old: str
    new: str
    is_secret: bool

    @property
    def is_long(self) -> bool:
        return any(len(text) > SHORT or "\n" in text for text in (self.old, self.new))


@dataclass(frozen=True)
class Told:
    """A change as its page shows it."""

    change: Change
    settings: list[Setting]


def told(changes: Iterable[Change], fields: Mapping[str, Field[Any, Any]]) -> list[Told]:
    """The changes in the words of the model's fields; what is no field goes by its own name."""
    return [
        Told(
            change,
            [
                _setting(fields.get(name), name, change.old.get(name), value)
                for name, value in change.new.items()
            ],
        )
        for change in changes
    ]


def _setting(field: Field[Any, Any] | None, name: str, old: Any, new: Any) -> Setting:
    label = str(field.verbose_name) if field else name
    label = label[:1].upper() + label[1:]
    if CHANGED in (old, new):
        return Setting(label, "", "", is_secret=True)
    return Setting(label, _words(field, old), _words(field, new), is_secret=False)


def _words(field: Field[Any, Any] | None, value: Any) -> str:
    """A value as its form shows it; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)

"""Field values that a merge changes, kept with what they were, so that it can be taken back."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core import serializers
from django.db.models import Model

from tickets.joining.models import Merge

Changed = dict[str, dict[str, list[Any]]]


def change(row: Model, changed: Changed, **values: Any) -> None:
    """Set fields of a row and note in `changed` what they were; what stays equal is not noted."""
    before = _values(row, values)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    after = _values(row, values)
    differing = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if differing:
        noted = changed.setdefault(key_of(row), {})
        for name, (was, now) in differing.items():
            noted[name] = [noted[name][0] if name in noted else was, now]


def change_back(merge: Merge) -> set[tuple[str, str]]:
    """Set what a merge changed to what it was, where nobody has changed it since.

    Where a later merge took over its value, that one goes back to what was before both. Returns
    the rows and fields that are, or will be, as they were.
    """
    back = set()
    later = Merge.objects.filter(undone_at=None, pk__gt=merge.pk).order_by("pk")
    for key, fields in merge.changed.items():
        row = _row(key)
        if row is None:
            continue
        now = _values(row, fields)
        names = []
        for name, (before, after) in fields.items():
            if _hand_on(later.filter(changed__has_key=key), key, name, before=before, after=after):
                back.add((key, name))
            elif now[name] == after:
                _set(row, name, before)
                names.append(name)
        if names:
            row.save(update_fields=names)
        back |= {(key, name) for name in names}
    return back


def _hand_on(later: Any, key: str, name: str, *, before: Any, after: Any) -> bool:
    """Let the next merge that changed the same field remember the value before this one."""
    for one in later:
        noted = one.changed[key].get(name)
        if noted is not None:
            if noted[0] == after:
                noted[0] = before
                one.save(update_fields=["changed"])
            return True
    return False


def key_of(row: Model) -> str:
    """How `Merge.changed` names a row."""
    return f"{row._meta.label_lower}:{row.pk}"  # noqa: SLF001


def _row(key: str) -> Model | None:
    label, _, pk = key.partition(":")
    row: Model | None = apps.get_model(label)._base_manager.filter(pk=pk).first()  # noqa: SLF001
    return row


def _values(row: Model, names: Any) -> dict[str, Any]:
    """Values as JSON holds them, foreign keys as ids."""
    (found,) = serializers.serialize("python", [row], fields=list(names))
    return {name: _plain(found["fields"][name]) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _set(row: Model, name: str, value: Any) -> None:
    field = row._meta.get_field(name)  # noqa: SLF001
    setattr(row, field.attname, field.to_python(value) if value is not None else None)  # type: ignore[union-attr]

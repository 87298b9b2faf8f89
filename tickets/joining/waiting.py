"""Rows that could not go back when a merge was undone: another merge still holds their place."""

from __future__ import annotations

from collections.abc import Iterable

from tickets.joining.following import Column, column
from tickets.joining.models import Merge

WAITING = "waiting"


def note_waiting(merge: Merge, columns: Iterable[Column], path: list[int]) -> None:
    """Remember on an undone merge which of its rows are still with one on the `path`.

    The caller saves it.
    """
    waiting = {}
    for one in columns:
        if not (ids := merge.moved.get(str(one))):
            continue
        away = one.rows.filter(pk__in=ids, **{f"{one.name}__in": path})
        waiting[str(one)] = list(away.values_list("pk", flat=True))
    merge.added[WAITING] = {name: ids for name, ids in waiting.items() if ids}


def bring_back_waiting() -> None:
    """Try again to bring back what waits; part of every undoing, after which there may be room."""
    undone = Merge.objects.exclude(undone_at=None).filter(added__waiting__isnull=False)
    for merge in undone.exclude(added__waiting={}):
        left = {}
        for name, ids in merge.added[WAITING].items():
            one = column(name)
            back = one.point(one.rows.filter(pk__in=ids), to=merge.source)
            left[name] = [pk for pk in ids if pk not in back]
        merge.added[WAITING] = {name: ids for name, ids in left.items() if ids}
        merge.save(update_fields=["added"])

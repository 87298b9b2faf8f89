"""What a ticket's page says of merges and splits, and of who its customer may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tickets.desk.duplicates import reason_words
from tickets.joining.models import Merge
from tickets.joining.tickets import MESSAGES, UNDO_WITHIN
from tickets.models import Ticket


@dataclass(frozen=True, kw_only=True)
class Merged:
    """One merge or split that shaped this ticket, in words."""

    merge: Merge
    words: str
    other: int
    can_undo: bool


@dataclass(frozen=True, kw_only=True)
class SamePerson:
    """Somebody the customer may be, by id, with why; `quoted` is a ticket of theirs."""

    other: int
    name: str
    why: str
    quoted: int | None


def merged_with(ticket: Ticket, *, at: datetime) -> list[Merged]:
    """Return the merges and splits of a ticket that stand, oldest first. Two queries, where any."""
    if not ticket.is_rearranged:
        return []
    about = Q(target=ticket.pk) | Q(source=ticket.pk)
    found = Merge.objects.filter(about, undone_at=None).exclude(kind=Merge.Kind.CUSTOMERS)
    merges = list(found.select_related("agent").order_by("pk"))
    ids = {pk for merge in merges for pk in (merge.source, merge.target)}
    numbers = dict(Ticket.objects.filter(pk__in=ids).values_list("pk", "number"))
    return [_merged(merge, ticket, numbers, at=at) for merge in merges]


def _merged(merge: Merge, ticket: Ticket, numbers: Mapping[int, int], *, at: datetime) -> Merged:
    is_target = merge.target == ticket.pk
    other = numbers[merge.source if is_target else merge.target]
    sentences = {
        (Merge.Kind.TICKETS, True): _("#%(other)s was merged into this ticket"),
        (Merge.Kind.TICKETS, False): _("Merged into #%(other)s"),
        (Merge.Kind.SPLIT, True): _("Split off from #%(other)s"),
        (Merge.Kind.SPLIT, False): _("#%(other)s was split off from this ticket"),
    }
    words = sentences[Merge.Kind(merge.kind), is_target] % {"other": other}
    can_undo = not merge.is_final and at - merge.at <= UNDO_WITHIN
    return Merged(merge=merge, words=words, other=other, can_undo=can_undo)


def origins_of(merges: Iterable[Merged]) -> dict[int, int]:
    """The number of the ticket each message came from by a merge, by the message's id."""
    return {
        message: one.other
        for one in merges
        if one.merge.kind == Merge.Kind.TICKETS
        for message in one.merge.moved.get(MESSAGES, ())
    }


def same_person(rows: Iterable[Mapping[str, Any]], customer_id: int) -> list[SamePerson]:
    """Whom a customer may be, from rows of `Duplicate` with both names."""
    return [
        SamePerson(
            other=row["second"] if row["first"] == customer_id else row["first"],
            name=row["second_name"] if row["first"] == customer_id else row["first_name"],
            why=reason_words(row["reasons"]),
            quoted=next((one["value"] for one in row["reasons"] if one["code"] == "quoted"), None),
        )
        for row in rows
    ]

"""What we know about a person, in words: their relations, attributes, and what they buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.buying import Buying
from customers.cx.display import show_times
from customers.models import Attribute, Relationship

Kind = Relationship.Kind
# From how many purchases on there is a usual time between them at all.
USUAL_FROM = 2

# How a relationship reads on the profile of the one who is it, and of the other.
TO: Mapping[str, str | Promise] = {
    Kind.ASSISTANT: gettext_lazy("assistant of"),
    Kind.SPOUSE: gettext_lazy("spouse or partner of"),
    Kind.PARENT: gettext_lazy("parent or guardian of"),
    Kind.RESELLER: gettext_lazy("sells our things to"),
    Kind.MANAGER: gettext_lazy("manager of"),
    Kind.BILLING: gettext_lazy("pays the bills of"),
    Kind.OTHER: gettext_lazy("belongs together with"),
}
FROM: Mapping[str, str | Promise] = {
    Kind.ASSISTANT: gettext_lazy("has as assistant"),
    Kind.SPOUSE: gettext_lazy("spouse or partner of"),
    Kind.PARENT: gettext_lazy("child or ward of"),
    Kind.RESELLER: gettext_lazy("buys through"),
    Kind.MANAGER: gettext_lazy("reports to"),
    Kind.BILLING: gettext_lazy("has the bills paid by"),
    Kind.OTHER: gettext_lazy("belongs together with"),
}


@dataclass(frozen=True, kw_only=True)
class Related:
    """One relationship as one side's profile shows it."""

    pk: int
    word: str
    person: int
    name: str


def relation_words(person: Any) -> list[Related]:
    """Say whom a customer is related to, and how, from either side."""
    both = ((TO, person.relations_to), (FROM, person.relations_from))
    return [
        Related(pk=row["id"], word=str(words[row["kind"]]), person=row["person"], name=row["name"])
        for words, rows in both
        for row in rows
    ]


def attribute_words(
    kinds: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Return label and value of each of the workspace's attributes that has a value."""
    shown = ((kind, values.get(kind["key"])) for kind in kinds)
    return [
        (kind["label"], _value(kind["kind"], value))
        for kind, value in shown
        if value not in ("", None)
    ]


def _value(kind: str, value: Any) -> str:
    if kind == Attribute.Kind.YES_NO:
        return _("yes") if value else _("no")
    if kind == Attribute.Kind.DATE:
        try:
            return date_format(date.fromisoformat(str(value)), "j M Y")
        except ValueError:
            return str(value)
    return str(value)


@dataclass(frozen=True, kw_only=True)
class BuyingWords:
    """What, when and how often somebody buys, said as far as the data bear it."""

    count: str
    rhythm: str
    last_at: datetime | None
    favourites: tuple[tuple[str, int], ...]
    bought_at: tuple[datetime, ...]


def buying_words(buying: Buying) -> BuyingWords | None:
    """Say it, or None where nothing was ever bought."""
    if not buying.sales:
        return None
    count = ngettext("%(n)s order", "%(n)s orders", buying.sales) % {"n": buying.sales}
    if buying.returns:
        returns = ngettext("%(n)s return", "%(n)s returns", buying.returns) % {"n": buying.returns}
        count = f"{count} · {returns}"
    n = buying.gaps["n"]
    if not n:
        rhythm = _("One purchase: too few to say how often.")
    else:
        times = show_times(buying.gaps, nothing="")
        if n < USUAL_FROM:
            rhythm = _("%(times)s between the two purchases") % {"times": times}
        else:
            rhythm = _("%(times)s between purchases (%(n)s gaps)") % {"times": times, "n": n}
    return BuyingWords(
        count=count,
        rhythm=rhythm,
        last_at=buying.last_at,
        favourites=buying.favourites,
        bought_at=buying.bought_at,
    )

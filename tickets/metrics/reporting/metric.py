"""What a metric is: facts, and how they are summed up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Shape(StrEnum):
    """How the facts of a metric are summed up."""

    COUNT = "count"  # how many
    RATE = "rate"  # hits for each of all, or for each hundred of them
    SHARE = "share"  # hits of all
    TIME = "time"  # median and 90th percentile of seconds, in two clocks
    NUMBER = "number"  # median and 90th percentile of a count
    CSAT = "csat"  # share of 4 and 5 among 1 to 5
    CES = "ces"  # mean of 1 to 7
    NPS = "nps"  # promoters less detractors of 0 to 10


class Group(StrEnum):
    VOLUME = "volume"
    SPEED = "speed"
    QUALITY = "quality"
    TARGETS = "targets"
    PERCEPTION = "perception"
    PROMISES = "promises"
    PREPARED = "prepared"
    BUYING = "buying"


GROUPS: dict[str, _StrPromise] = {
    Group.VOLUME: _("Volume"),
    Group.SPEED: _("Speed"),
    Group.QUALITY: _("Quality of resolution"),
    Group.TARGETS: _("Response targets"),
    Group.PERCEPTION: _("What customers say"),
    Group.PROMISES: _("Promises"),
    Group.PREPARED: _("Were we prepared?"),
    Group.BUYING: _("Customers who buy"),
}


@dataclass(frozen=True, kw_only=True)
class Term:
    """What a fact `f` of these kinds adds, as SQL: to how many, to the hits, to the values.

    `where` leaves facts out. `:at` in any of them is the moment of asking.
    """

    kinds: tuple[str, ...]
    n: str = "1"
    total: str = "0"
    value: str = "NULL"
    business: str = "NULL"
    where: str = "true"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number with its definition. `dated` says by which moment facts fall into a period.

    `unfinished_days` are left out at the end of a period: facts so young may still change.
    With `one_vote` only the last fact of each customer in the period counts (METRICS 5.5), with
    `each_customer` every customer once with all their hits. A rate is said `per` so many.
    Where its facts do not all have every dimension, it is `cut_by` those that they have.
    `since` is the version of the definitions in which this one last changed.
    """

    key: str
    label: _StrPromise
    group: Group
    shape: Shape
    terms: tuple[Term, ...]
    meaning: _StrPromise
    dated: _StrPromise
    unfinished_days: int = 0
    one_vote: bool = False
    each_customer: bool = False
    per: int = 1
    cut_by: tuple[str, ...] = ()
    is_lower_better: bool = False
    since: int = 1

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted({kind for term in self.terms for kind in term.kinds}))

    def may_be_cut_by(self, dimensions: Iterable[str]) -> bool:
        return not self.cut_by or set(dimensions) <= set(self.cut_by)

    @property
    def by_customer(self) -> bool:
        """Whether customers are told apart, which sums of days cannot."""
        return self.one_vote or self.each_customer

    @property
    def has_clocks(self) -> bool:
        return self.shape == Shape.TIME

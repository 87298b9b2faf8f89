"""What a page of numbers is asked for: which weeks, narrowed to what, by which clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise as LazyText
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Organisation
from helpdesk.accounts.models import Agent
from helpdesk.templatetags.desk import channel_name
from helpdesk.web import AgentRequest
from tickets.desk.insights.access import teams_of
from tickets.metrics.reporting.cells import BUSINESS, CALENDAR
from tickets.metrics.reporting.cutting import Dimension, Filters
from tickets.metrics.reporting.periods import Period, Step, months_until, weeks_until
from tickets.models import Topic

PERIODS: dict[str, LazyText] = {
    "13w": _("Last 13 weeks"),
    "4w": _("Last 4 weeks"),
    "12m": _("Last 12 months"),
}
CHANNELS = ("email", "form", "call", "visit", "letter", "api")
TIERS = 50
FIRMS = 200


@dataclass(frozen=True)
class Asked:
    """One question to the reports, as an address says it. `name` is the period's."""

    name: str
    period: Period
    step: Step
    filters: Filters
    clock: str

    @classmethod
    def of(cls, request: AgentRequest, at: datetime) -> Asked:
        """Read the question. Raises Http404 for one that cannot be asked."""
        given = {key: value for key, value in request.GET.items() if isinstance(value, str)}
        name = given.get("period") or "13w"
        if name not in PERIODS:
            raise Http404
        try:
            filters = Filters.of(given)
            period = _dated(_period(name, at), given)
        except ValueError as error:
            raise Http404 from error
        clock = CALENDAR if given.get("clock") == CALENDAR else BUSINESS
        return cls(name, period, Step.MONTH if name == "12m" else Step.WEEK, filters, clock)

    def fields(self) -> dict[str, str]:
        """What the address says of it, without days."""
        kept = self.filters.as_query()
        if self.name != "13w":
            kept["period"] = self.name
        if self.clock != BUSINESS:
            kept["clock"] = self.clock
        return kept

    def query(self, **more: str) -> str:
        """The address's question mark and fields, or nothing."""
        fields = self.fields() | more
        return f"?{urlencode(fields)}" if fields else ""

    def of_days(self, part: Period, **more: str) -> str:
        """The same question about some of its days."""
        return self.query(first=part.first.isoformat(), last=part.last.isoformat(), **more)

    def rows_url(self, metric: str, part: Period | None = None, **more: str) -> str:
        """Where the rows behind a metric are listed, of the whole period or of some of its days."""
        rows = reverse("desk:cx-rows-of", args=[metric])
        return f"{rows}{self.of_days(part or self.period, **more)}"

    def narrowed(self, dimension: str, key: str) -> Asked:
        """The same question about one key of a dimension; of a topic without those below it."""
        only: dict[str, Any] = {dimension: key}
        if dimension == Dimension.TOPIC:
            only["topic_alone"] = True
        return replace(self, filters=replace(self.filters, **only))


def _period(name: str, at: datetime) -> Period:
    if name.endswith("m"):
        return months_until(at, months=int(name.removesuffix("m")))
    return weeks_until(at, weeks=int(name.removesuffix("w")))


def _dated(period: Period, given: Mapping[str, str]) -> Period:
    """The days an address names, or the whole period. Raises ValueError for what is no day."""
    first = date.fromisoformat(given["first"]) if given.get("first") else period.first
    last = date.fromisoformat(given["last"]) if given.get("last") else period.last
    return replace(period, first=first, last=last)


@dataclass(frozen=True)
class Choice:
    """One filter of a page: its field, and what may be chosen."""

    name: str
    label: str
    chosen: str
    options: list[tuple[str, str]]


def choices(agent: Agent, asked: Asked) -> list[Choice]:
    """What a page may be narrowed to, by what there is. Four queries.

    Of organisations the first FIRMS by name; an address may name any other."""
    chosen = asked.filters.as_query()
    topics = Topic.objects.select_related("parent").order_by("parent__name", "position", "name")
    named = [(str(t.pk), f"{t.parent.name}: {t.name}" if t.parent else t.name) for t in topics]
    tiers = [(name, name) for name in tiers_of()]
    firms = [(str(one.pk), one.name) for one in Organisation.objects.order_by("name")[:FIRMS]]
    return [
        Choice("topic", str(_("Topic")), chosen.get("topic", ""), named),
        Choice(
            "channel",
            str(_("Channel")),
            chosen.get("channel", ""),
            [(name, channel_name(name)) for name in CHANNELS],
        ),
        Choice(
            "team",
            str(_("Team")),
            chosen.get("team", ""),
            [(str(team.pk), team.name) for team in teams_of(agent)],
        ),
        Choice("tier", str(_("Tier")), chosen.get("tier", ""), tiers),
        Choice("organisation", str(_("Organisation")), chosen.get("organisation", ""), firms),
    ]


def tiers_of() -> list[str]:
    """The tiers there are, of customers and organisations, by name. One query."""
    tiers = Customer.objects.exclude(tier="").order_by("tier").values("tier")
    of_firms = Organisation.objects.exclude(tier="").values("tier")
    return sorted({row["tier"] for row in tiers.distinct().union(of_firms)[:TIERS]})

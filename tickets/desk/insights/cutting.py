"""A metric by team, agent, channel, topic, organisation or tier: one line a key."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.desk.insights.asking import Asked
from tickets.metrics.reporting.cutting import Dimension
from tickets.metrics.reporting.measuring import Report
from tickets.metrics.reporting.naming import names_of
from tickets.metrics.reporting.showing import Shown, show

DIMENSIONS: dict[str, LazyText] = {
    Dimension.TEAM: gettext_lazy("Team"),
    Dimension.CHANNEL: gettext_lazy("Channel"),
    Dimension.TOPIC: gettext_lazy("Topic"),
    Dimension.AGENT: gettext_lazy("Agent"),
    Dimension.TIER: gettext_lazy("Tier"),
    Dimension.ORGANISATION: gettext_lazy("Organisation"),
}
SHOWN = 100


@dataclass(frozen=True)
class KeyLine:
    """One key of a dimension with its figure; a single agent's few values are not shown."""

    name: str
    shown: Shown | None
    n: int
    rows: str


def lines_by(report: Report, metric: str, dimension: Dimension, asked: Asked) -> list[KeyLine]:
    """The keys of a report: those with most to stand on first, agents by name and unranked.

    One query for their names. Of an agent, below ten values nothing is said.
    """
    figures = report.parts[metric]
    kept = sorted(figures, key=lambda key: -figures[key].n)[:SHOWN]
    names = names_of(dimension, kept)
    lines = [
        KeyLine(
            name=names.get(key) or _("none"),
            shown=None if figures[key].is_withheld else show(figures[key]),
            n=figures[key].n,
            rows=asked.narrowed(dimension, key).rows_url(metric),
        )
        for key in kept
    ]
    if dimension == Dimension.AGENT:
        lines.sort(key=lambda line: line.name.casefold())
    return lines

"""Charts drawn on the server: a line over weeks with its limits, and bars, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join

from helpdesk.lib.plots import LinePlot

register = template.Library()

WHOLE = 100


@register.inclusion_tag("components/line_chart.html")
def line_chart(plot: LinePlot) -> dict[str, Any]:
    """A line over weeks: gaps for weeks without data, limits, changes, and the numbers below."""
    return {"plot": plot}


@register.simple_tag
def bar(value: float | None, most: float) -> str:
    """A bar of `value` against the longest one, `most`; the number stands in text beside it."""
    if not value or not most:
        return ""
    width = max(1, round(WHOLE * value / most))
    return format_html(
        '<svg class="bar" aria-hidden="true"><rect width="{}%" height="100%"/></svg>', width
    )


@register.simple_tag
def bars(values: Sequence[int], title: str) -> str:
    """Upright bars side by side, zero at the ground; `title` says in words what they show."""
    most = max(values, default=0)
    if not most:
        return ""
    step = WHOLE / len(values)
    drawn = format_html_join(
        "",
        '<rect x="{}%" y="{}%" width="{}%" height="{}%"/>',
        (
            (round(i * step, 2), WHOLE - height, round(step * 0.8, 2), height)
            for i, value in enumerate(values)
            for height in [round(WHOLE * value / most)]
        ),
    )
    return format_html('<svg class="bars" role="img"><title>{}</title>{}</svg>', title, drawn)

"""Small pictures drawn on the server: icons, the due bar, dots and sparklines, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import groupby

from django import template
from django.template.defaultfilters import date as format_date
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from helpdesk.templatetags.desk import DAY, HOUR, MINUTE, duration

register = template.Library()

SMALL = 16
ENOUGH_FOR_A_LINE = 12
FEWEST_MARKS = 2


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """An icon of the sprite (names in frontend/icons.json), 16 or 20 pixels.

    `label` is read out where no text stands beside it.
    """
    image = _drawn(name, size)
    if label:
        image += format_html('<span class="visually-hidden">{}</span>', label)
    return image


@lru_cache(maxsize=512)
def _drawn(name: str, size: int) -> SafeString:
    """The same icon is drawn once: lists show hundreds of them."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>',
        " icon-20" if size > SMALL else "",
        f"{static('vendor/icons.svg')}#{name}",
    )


@register.filter
def channel_icon(channel: str) -> str:
    """The name of the icon that stands for a channel."""
    icons = {"email": "mail", "form": "clipboard-list", "call": "phone", "visit": "users"}
    return (icons | {"letter": "file-text", "api": "code"}).get(channel, "message-square")


@register.simple_tag
def due_bar(due_at: datetime | None, from_at: datetime | None = None) -> str:
    """How much of the time to `due_at` is used, in four steps, and the same in words.

    With `from_at` the steps are quarters of the span; without, they mean less than a day, four
    hours, one hour, and overdue.
    """
    if due_at is None:
        return ""
    now = timezone.now()
    left = (due_at - now).total_seconds()
    if from_at and due_at > from_at:
        used = (now - from_at) / (due_at - from_at)
        steps = min(max(int(used * 4) + 1, 1), 4)
    else:
        steps = sum(left < limit for limit in (DAY, 4 * HOUR, HOUR, 0))
    steps = 4 if left < 0 else min(steps, 3)
    tone = "overdue" if left < 0 else "soon" if left < HOUR else "later"
    text = _("overdue %(span)s") if left < 0 else _("%(span)s left")
    if abs(left) < MINUTE:
        text = _("due now")
    return format_html(
        '<span class="due due-{}" title="{}"><svg viewBox="0 0 36 8" aria-hidden="true">{}</svg>'
        "<span>{}</span></span>",
        tone,
        format_date(timezone.localtime(due_at), "D j M, H:i"),
        _squares(steps),
        text % {"span": duration(abs(left))},
    )


@cache
def _squares(filled: int) -> SafeString:
    return format_html_join(
        "",
        '<rect class="{}" x="{}" y="0.5" width="7" height="7"/>',
        (("on" if step < filled else "off", step * 9 + 0.5) for step in range(4)),
    )


@register.simple_tag
def dots(value: int | None, of: int = 5) -> str:
    """A row of dots, `value` of them filled; the caller writes the number beside it."""
    row = format_html_join(
        "",
        '<circle class="{}" cx="{}" cy="5" r="4"/>',
        (("on" if at < (value or 0) else "off", at * 12 + 5) for at in range(of)),
    )
    size = f"0 0 {of * 12 - 2} 10"
    return format_html('<svg class="dots" viewBox="{}" aria-hidden="true">{}</svg>', size, row)


@register.simple_tag
def sparkline(
    values: Sequence[float | None], low: float | None = None, high: float | None = None
) -> str:
    """A line of at least twelve values with an optional band of what is normal; else nothing.

    None is a gap in the line. The last value belongs in text beside it: the picture is hidden
    from screen readers.
    """
    known = [value for value in values if value is not None]
    if len(known) < ENOUGH_FOR_A_LINE:
        return ""
    ends = [*known, *(end for end in (low, high) if end is not None)]
    top, bottom = max(ends), min(ends)
    scale = (top - bottom) or 1

    def y(value: float) -> float:
        return round(18 - (value - bottom) / scale * 16, 1)

    points = [
        None if v is None else (round(at * 78 / (len(values) - 1) + 1, 1), y(v))
        for at, v in enumerate(values)
    ]
    groups = groupby(points, key=lambda point: point is None)
    lines = [[p for p in run if p is not None] for is_gap, run in groups if not is_gap]
    band: str = mark_safe("")
    if low is not None and high is not None:
        band = format_html(
            '<rect class="band" x="0" width="80" y="{}" height="{}"/>', y(high), y(low) - y(high)
        )
    return format_html(
        '<svg class="sparkline" viewBox="0 0 80 20" aria-hidden="true">{}{}'
        '<circle class="last" cx="{}" cy="{}" r="2"/></svg>',
        band,
        format_html_join("", '<polyline points="{}"/>', ((_joined(line),) for line in lines)),
        *lines[-1][-1],
    )


def _joined(line: Sequence[tuple[float, float]]) -> str:
    """The points of a polyline; one alone is drawn as a short stroke."""
    if len(line) == 1:
        line = [line[0], (line[0][0] + 1, line[0][1])]
    return " ".join(f"{x},{y}" for x, y in line)


@register.simple_tag
def moments_plot(moments: Sequence[datetime], until: datetime, title: str) -> str:
    """When something happened, a mark a time on a line from the first time until `until`.

    `title` says in words what the marks show. Fewer than two moments draw nothing.
    """
    if len(moments) < FEWEST_MARKS:
        return ""
    first = min(moments)
    span = (until - first).total_seconds() or 1
    marks = format_html_join(
        "",
        '<line x1="{0}" x2="{0}" y1="4" y2="20"/>',
        ((round((moment - first).total_seconds() / span * 236 + 2, 1),) for moment in moments),
    )
    return format_html(
        '<svg class="moments-plot" viewBox="0 0 240 36" role="img" aria-label="{}">'
        '<title>{}</title><line class="axis" x1="0" x2="240" y1="20.5" y2="20.5"/>{}'
        '<text x="0" y="33">{}</text><text x="240" y="33" text-anchor="end">{}</text></svg>',
        title,
        title,
        marks,
        format_date(timezone.localtime(first), "M Y"),
        _("today"),
    )

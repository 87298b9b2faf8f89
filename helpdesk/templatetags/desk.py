"""What templates of every face need: words for times and sizes, icons, folding of quoted text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.template.defaultfilters import date as format_date
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400
LONG_MESSAGE_LINES = 40


@register.filter
def duration(value: timedelta | float | None) -> str:
    """Say a span (seconds or timedelta) in its two largest units: `1 h 05 m`, `2 d 3 h`."""
    if value is None:
        return ""
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else float(value))
    sign, seconds = ("−" if seconds < 0 else ""), abs(seconds)
    if seconds < MINUTE:
        return sign + _("%(n)s s") % {"n": seconds}
    if seconds < HOUR:
        return sign + _("%(n)s m") % {"n": seconds // MINUTE}
    if seconds < DAY:
        hours, minutes = seconds // HOUR, f"{seconds % HOUR // MINUTE:02}"
        return sign + _("%(h)s h %(m)s m") % {"h": hours, "m": minutes}
    return sign + _("%(d)s d %(h)s h") % {"d": seconds // DAY, "h": seconds % DAY // HOUR}


@register.filter
def reltime(value: datetime | None, now: datetime | None = None) -> str:
    """Say when something was or will be: relative within a day, else the date in local time."""
    if value is None:
        return ""
    now = now or timezone.now()
    seconds = (value - now).total_seconds()
    if abs(seconds) < MINUTE:
        return _("just now")
    if abs(seconds) < DAY:
        span = duration(abs(seconds))
        return (_("in %(span)s") if seconds > 0 else _("%(span)s ago")) % {"span": span}
    local = timezone.localtime(value)
    return format_date(local, "j M" if local.year == timezone.localtime(now).year else "j M Y")


@register.simple_tag
def moment(value: datetime | None) -> str:
    """A `<time>`: relative within a day, the absolute time in the title and for machines."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        format_date(local, "D j M Y, H:i T"),
        reltime(value),
    )


@register.filter
def initials(name: object) -> str:
    """Up to two letters that stand for a name; `?` for nobody."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[:1].isalnum()]
    picked = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0] for word in picked).upper() or "?"


@register.filter(name="bytes")
def size_in_bytes(value: int | None) -> str:
    """Say a size in bytes: `640 B`, `12 kB`, `3.4 MB` (powers of 1000)."""
    size = float(value or 0)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


@register.filter
def language_name(code: str | None) -> str:
    """The language's name in the reader's language; the code itself where unknown."""
    try:
        return str(get_language_info(code or "")["name_translated"])
    except KeyError:
        return code or ""


@dataclass(frozen=True)
class TextRun:
    """A stretch of a message: shown (`text`), folded quote (`quoted`), folded rest (`more`)."""

    kind: str
    text: str

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1

    @property
    def summary(self) -> str:
        if self.kind == "quoted":
            text = ngettext("Show %(n)s quoted line", "Show %(n)s quoted lines", self.lines)
        else:
            text = ngettext("Show %(n)s more line", "Show %(n)s more lines", self.lines)
        return text % {"n": self.lines}


@register.filter
def quoted_split(text: str | None) -> list[TextRun]:
    """Cut a plain-text message into runs so that quotes and lines past the 40th can be folded."""
    runs: list[TextRun] = []
    shown = 0
    for kind, lines in _grouped((text or "").strip("\n").splitlines()):
        if kind == "quoted":
            runs.append(TextRun(kind, "\n".join(lines)))
            continue
        room = max(LONG_MESSAGE_LINES - shown, 0)
        shown += len(lines)
        for part, label in ((lines[:room], "text"), (lines[room:], "more")):
            if any(line.strip() for line in part):
                runs.append(TextRun(label, "\n".join(part).strip("\n")))
    return runs


def _grouped(lines: Sequence[str]) -> Iterable[tuple[str, list[str]]]:
    group: list[str] = []
    kind = "text"
    for line in lines:
        line_kind = "quoted" if line.lstrip().startswith(">") else "text"
        if not line.strip() and group:
            line_kind = kind
        if line_kind != kind and group:
            yield kind, group
            group = []
        kind = line_kind
        group.append(line)
    if group:
        yield kind, group


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """An icon of the sprite (names: frontend/icons.json); `label` where no text stands beside it."""
    href = f"{static('vendor/icons.svg')}#{name}"
    image = format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>',
        " icon-20" if size == 20 else "",
        href,
    )
    if label:
        image += format_html('<span class="visually-hidden">{}</span>', label)
    return image


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
    squares = format_html_join(
        "",
        '<rect class="{}" x="{}" y="0.5" width="7" height="7"/>',
        (("on" if step < steps else "off", step * 9 + 0.5) for step in range(4)),
    )
    return format_html(
        '<span class="due due-{}" title="{}"><svg viewBox="0 0 36 8" aria-hidden="true">{}</svg>'
        "<span>{}</span></span>",
        tone,
        format_date(timezone.localtime(due_at), "D j M, H:i"),
        squares,
        text % {"span": duration(abs(left))},
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
def sparkline(values: Sequence[float], low: float | None = None, high: float | None = None) -> str:
    """A line of at least twelve values with an optional band of what is normal; else nothing.

    The last value belongs in text beside it: the picture is hidden from screen readers.
    """
    if len(values) < 12:
        return ""
    top, bottom = max([*values, high or values[0]]), min([*values, low or values[0]])
    scale = (top - bottom) or 1

    def y(value: float) -> float:
        return round(18 - (value - bottom) / scale * 16, 1)

    points = [(round(at * 78 / (len(values) - 1) + 1, 1), y(v)) for at, v in enumerate(values)]
    band: str = mark_safe("")
    if low is not None and high is not None:
        band = format_html(
            '<rect class="band" x="0" width="80" y="{}" height="{}"/>', y(high), y(low) - y(high)
        )
    return format_html(
        '<svg class="sparkline" viewBox="0 0 80 20" aria-hidden="true">{}<polyline points="{}"/>'
        '<circle class="last" cx="{}" cy="{}" r="2"/></svg>',
        band,
        " ".join(f"{x},{at}" for x, at in points),
        *points[-1],
    )

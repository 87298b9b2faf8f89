"""Words in templates of every face: times, sizes, names, folding of quoted text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django import template
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html, urlize
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from helpdesk.lib import languages

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400
LONG_MESSAGE_LINES = 40
# What a text must hold for urlize to find an address in it.
_MAY_LINK = re.compile(r"@|https?://|www\.|\.(?:com|edu|gov|int|mil|net|org)", re.IGNORECASE)
KILO, WHOLE_NUMBERS_FROM, UNITS = 1000, 10, ("B", "kB", "MB", "GB")


@register.filter
def duration(value: timedelta | float | None) -> str:
    """Say a span (seconds or timedelta) in its two largest units: `1 h 05 m`, `2 d`, `at once`."""
    if value is None:
        return ""
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else float(value))
    if not seconds:
        return _("at once")
    sign, seconds = ("\N{MINUS SIGN}" if seconds < 0 else ""), abs(seconds)
    if seconds < MINUTE:
        return sign + _("%(n)s s") % {"n": seconds}
    if seconds < HOUR:
        return sign + _("%(n)s m") % {"n": seconds // MINUTE}
    if seconds < DAY:
        return sign + _pair(
            _("%(n)s h"), seconds // HOUR, _("%(n)s m"), seconds % HOUR // MINUTE, 2
        )
    return sign + _pair(_("%(n)s d"), seconds // DAY, _("%(n)s h"), seconds % DAY // HOUR)


def _pair(large: str, most: int, small: str, rest: int, digits: int = 1) -> str:
    first = large % {"n": most}
    return f"{first} {small % {'n': f'{rest:0{digits}}'}}" if rest else first


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
    is_this_year = local.year == now.astimezone(local.tzinfo).year
    return _day(local.date(), "j M" if is_this_year else "j M Y", get_language())


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, _language: str | None) -> str:
    """A day in words, said once a language: lists say the same days over and over."""
    return format_date(day, pattern)


@register.simple_tag
def moment(value: datetime | None) -> str:
    """A `<time>`: relative within a day, the absolute time in the title and for machines."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        f"{_day(local.date(), 'D j M Y', get_language())}, {local:%H:%M %Z}",
        reltime(local),
    )


@register.filter
def initials(name: object) -> str:
    """Up to two letters that stand for a name; `?` for nobody."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[:1].isalnum()]
    picked = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in picked).upper() or "?"


@register.filter(name="bytes")
def size_in_bytes(value: int | None) -> str:
    """Say a size in bytes: `640 B`, `12 kB`, `3.4 MB` (powers of 1000)."""
    size, power = float(value or 0), 0
    while size >= KILO and power < len(UNITS) - 1:
        size, power = size / KILO, power + 1
    decimals = 1 if power and size < WHOLE_NUMBERS_FROM else 0
    return f"{size:.{decimals}f} {UNITS[power]}"


@register.filter
def language_name(code: str | None) -> str:
    """The language's name in the reader's language; the code itself where unknown."""
    return languages.language_name(code or "")


@register.filter
def channel_name(channel: str) -> str:
    """A channel in words; what is no channel of ours stays as it is."""
    words = {
        "email": _("e-mail"),
        "form": _("the contact form"),
        "chat": _("chat"),
        "call": _("phone"),
        "phone": _("phone"),
        "visit": _("visits"),
        "letter": _("letters"),
        "api": _("another program"),
    }
    return words.get(channel, channel)


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


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a mapping under a key that is itself a variable; None where there is none."""
    return mapping.get(key)


@register.filter
def linked(text: str) -> SafeString:
    """A text with its addresses as links: urlize, which is only asked where there may be one."""
    return SafeString(urlize(text, autoescape=True) if _MAY_LINK.search(text) else escape(text))


@register.filter
def link_to(number: int, view: str) -> str:
    """The address of a view that takes one number, as `url` says it at ten times the cost.

    For what lists and timelines lead to, row by row.
    """
    before, after = _around_number(view)
    return f"{before}{number}{after}"


@cache
def _around_number(view: str) -> tuple[str, str]:
    before, _zero, after = reverse(view, args=[0]).rpartition("0")
    return before, after

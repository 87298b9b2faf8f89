"""When something falls due, from the words people use: "by Friday", "innerhalb von 3 Werktagen".

A day without a time is due when its office hours end. Everything is computed from the given
moment and office hours; nothing reads the clock.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.lib.calendars import BusinessHours
from tickets.sentences.due_words import MONTHS, NUMBERS, PARTS, SHORT_WEEKDAYS, WEEKDAYS

_CLOSING = time(17, 0)
_LATEST = time(23, 59)
# A time this far from a day belongs to it.
_NEAR = 24
_BESIDE = 8
_WEEK = 7
_CENTURY = 100
_NOON = 12


@dataclass(frozen=True)
class Due:
    """A moment somebody named, and where in the text."""

    at: datetime
    start: int
    end: int


@dataclass(frozen=True)
class _Day:
    on: date
    start: int
    end: int
    ends: time | None = None


def _either(words: dict[str, object] | dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_PART = rf"(?:{'|'.join(PARTS)})"
_NUMBER = rf"(?:\d{{1,3}}|{_either(NUMBERS)})"
_NO_PAST = r"(?<!since )(?<!last )(?<!from )(?<!seit )(?<!letzten )(?<!vergangenen )(?<!vom )"
_WEEKDAY = re.compile(
    rf"\b(?P<next>next |nächste[nrsm]? |kommende[nrsm]? )?{_NO_PAST}"
    rf"(?:(?P<day>{_either(WEEKDAYS)})s?|(?P<short>{_either(SHORT_WEEKDAYS)})(?=\.?,? \d))"
    rf"(?:[ ]?(?P<part>{_PART}))?\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    rf"\b(?:(?P<after>the day after tomorrow|übermorgen)|(?P<tomorrow>tomorrow|morgen)|"
    rf"(?P<today>today|tonight|this|heute|diesen|end of (?:the )?(?:business )?day|eod|"
    rf"close of business|cob|ende des tages|tagesende|by))(?:[ ](?P<part>{_PART}))?\b",
    re.IGNORECASE,
)
_DATES = (
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? (?P<month>{_either(MONTHS)})\b\.?"
        r"(?:,? (?P<year>20\d\d))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<month>{_either(MONTHS)})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b"
        r"(?!:)(?:,? (?P<year>20\d\d))?",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:20)?\d\d)?(?!\d)"),
    re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    re.compile(r"\b(?:by|on|before) the (?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! of)", re.IGNORECASE),
)
_ENDS = re.compile(
    r"\b(?:(?:end of|ende|zum ende|bis ende) ?(?:the |this |der |dieser |des |diesen )?"
    r"(?P<period>week|month|year|woche|monats?|jahres)|(?P<eow>eow|wochenende|(?P<m>monatsende))|"
    r"(?:next|nächste[nr]?|kommende[nr]?|im Laufe der nächsten) (?P<coming>week|month|woche|monat)|"
    r"(?P<this>this week|diese woche|dieser woche))\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    rf"\b(?:within|in|inside|innerhalb|binnen|over)(?: of| von| the| den| der| next| nächsten| about|"
    rf" etwa| spätestens)*[ ](?P<number>{_NUMBER})(?: next| nächsten)?[ -]?"
    r"(?P<working>working |business |werk|arbeits|week)?"
    r"(?P<unit>minute|hour|day|week|month|minute|stunde|tag|woche|monat)\w{0,2}\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3])(?:[:.h](?P<minute>[0-5]\d))?[ ]?"
    r"(?P<half>[ap]\.?m\b\.?|uhr\b)?|\b(?P<noon>noon|midday|mittags?|midnight|mitternacht)\b",
    re.IGNORECASE,
)
_AT = re.compile(
    r"(?:\b(?:at|by|until|till|before|um|bis|gegen|spätestens)|,|^)[ ]?$", re.IGNORECASE
)
_BEFORE = re.compile(r"\b(?:before|vor)[ ]$", re.IGNORECASE)
_MARKED = re.compile(r"\b(?:by|until|before|than|bis|spätestens|vor)\b[\w ]{0,14}$", re.IGNORECASE)


def office_hours(zone: ZoneInfo) -> BusinessHours:
    """Monday to Friday, nine to five: what holds where no calendar is given."""
    days = {day: ((time(9), _CLOSING),) for day in range(1, 6)}
    return BusinessHours(zone=zone, spans=days, holidays=frozenset())


def due_in(text: str, *, at: datetime, hours: BusinessHours) -> Due | None:
    """Read the moment by which a sentence says something is done; None where it names none.

    Of several, one marked by "by", "until" or "bis" counts, else the last; never one that has
    passed.
    """
    found = [due for due in _dues(text, at, hours) if due.at > at]
    marked = [due for due in found if _MARKED.search(text[max(0, due.start - 24) : due.start])]
    return max(marked or found, key=lambda due: (due.end, due.at), default=None)


def _dues(text: str, at: datetime, hours: BusinessHours) -> Iterator[Due]:
    now = at.astimezone(hours.zone)
    days = sorted(_days(text, now, hours), key=lambda day: day.start)
    times = list(_times(text, [(day.start, day.end) for day in days]))
    used = set()
    for day in days:
        near = [t for t in times if -_NEAR <= t[1] - day.end <= _NEAR + (t[2] - t[1])]
        near = [t for t in near if t[2] <= day.start or t[1] >= day.end]
        near.sort(key=lambda t: min(abs(t[1] - day.end), abs(day.start - t[2])))
        if near:
            used.add(near[0])
        clock = near[0][0] if near else day.ends or _closing(day.on, now, hours)
        begin = min([day.start, *(t[1] for t in near[:1])])
        end = max([day.end, *(t[2] for t in near[:1])])
        yield Due(datetime.combine(day.on, clock, hours.zone), begin, end)
    for clock, start, end in times:
        if (clock, start, end) not in used:
            moment = datetime.combine(now.date(), clock, hours.zone)
            yield Due(moment if moment > now else moment + timedelta(days=1), start, end)
    yield from _spans(text, now, hours)


def _days(text: str, now: datetime, hours: BusinessHours) -> Iterator[_Day]:
    for match in _WEEKDAY.finditer(text):
        name = (match["day"] or match["short"]).lower()
        number = WEEKDAYS.get(name, SHORT_WEEKDAYS.get(name, 0))
        on = _coming(now.date(), number, is_next=bool(match["next"]))
        if _BEFORE.search(text[: match.start()][-8:]):
            on -= timedelta(days=1)
        yield _Day(on, match.start(), match.end(), _part(match["part"]))
    for match in _RELATIVE.finditer(text):
        yield from _relative(match, now, text)
    for pattern in _DATES:
        for match in pattern.finditer(text):
            yield from _dated(match, now)
    for match in _ENDS.finditer(text):
        yield _Day(_end_of(match, now.date(), hours), match.start(), match.end())


def _relative(match: re.Match[str], now: datetime, text: str) -> Iterator[_Day]:
    today = (match["today"] or "").lower()
    if today in {"this", "by", "diesen"} and not match["part"]:
        return
    if match["tomorrow"] and _is_greeting(text, match):
        return
    days = 2 if match["after"] else 1 if match["tomorrow"] else 0
    ends = _part(match["part"]) or (time(23) if today == "tonight" else None)
    yield _Day(now.date() + timedelta(days=days), match.start(), match.end(), ends)


def _is_greeting(text: str, match: re.Match[str]) -> bool:
    return text[max(0, match.start() - 6) : match.start()].lower().endswith("guten ")


def _dated(match: re.Match[str], now: datetime) -> Iterator[_Day]:
    groups = match.groupdict()
    month = groups.get("month") or str(now.month)
    number = int(month) if month.isdigit() else MONTHS[month.lower()]
    year = int(groups.get("year") or now.year)
    try:
        on = date(year + 2000 if year < _CENTURY else year, number, int(groups["day"]))
    except ValueError:
        return
    if not groups.get("year") and on < now.date():
        on = _later(on, by_month=not groups.get("month"))
    yield _Day(on, match.start(), match.end())


def _later(on: date, *, by_month: bool) -> date:
    """The same day a month or a year on; the last of February where there is no 29th."""
    year, month = (
        (on.year + on.month // 12, on.month % 12 + 1) if by_month else (on.year + 1, on.month)
    )
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def _times(text: str, taken: list[tuple[int, int]]) -> Iterator[tuple[time, int, int]]:
    for match in _TIME.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        clock = _clock(
            match, text, after_day=any(0 <= match.start() - e <= _BESIDE for _, e in taken)
        )
        if clock is not None:
            yield clock, match.start(), match.end()


def _clock(match: re.Match[str], text: str, *, after_day: bool) -> time | None:
    if match["noon"]:
        is_midnight = match["noon"].lower() in {"midnight", "mitternacht"}
        return time(*PARTS["midnight" if is_midnight else "noon"])
    half = (match["half"] or "").lower()
    introduced = _AT.search(text[max(0, match.start() - 12) : match.start()]) is not None
    if not (half or (match["minute"] and ":" in match.group()) or (introduced and after_day)):
        return None
    hour = int(match["hour"])
    if half.startswith("p") and hour < _NOON:
        hour += _NOON
    return time(hour, int(match["minute"] or 0))


def _spans(text: str, now: datetime, hours: BusinessHours) -> Iterator[Due]:
    for match in _SPAN.finditer(text):
        said = match["number"].lower()
        number = int(said) if said.isdigit() else NUMBERS[said]
        working = (match["working"] or "").strip().lower() not in {"", "week"} or (
            (match["working"] or "").lower() == "week" and match["unit"].lower() == "day"
        )
        moment = _after(now, number, match["unit"].lower(), hours, working=working)
        yield Due(moment, match.start(), match.end())


def _after(
    now: datetime, number: int, unit: str, hours: BusinessHours, *, working: bool
) -> datetime:
    if unit == "minute":
        return now + timedelta(minutes=number)
    if unit in {"hour", "stunde"}:
        seconds = number * 3600
        return hours.due_after(now, seconds) if working else now + timedelta(seconds=seconds)
    if working:
        on = _working_days_after(now.date(), number, hours)
    elif unit in {"month", "monat"}:
        on = now.date()
        for _ in range(number):
            on = _later(on, by_month=True)
    else:
        on = now.date() + timedelta(days=number * (_WEEK if unit in {"week", "woche"} else 1))
    return datetime.combine(on, _closing(on, now, hours), hours.zone)


def _working_days_after(day: date, number: int, hours: BusinessHours) -> date:
    # A calendar without working days counts all days.
    limit = day + timedelta(days=number * 3 + 30)
    left, on = number, day
    while left and on < limit:
        on += timedelta(days=1)
        left -= _works(on, hours)
    return day + timedelta(days=number) if left else on


def _works(on: date, hours: BusinessHours) -> bool:
    return on not in hours.holidays and bool(hours.spans.get(on.isoweekday()))


def _closing(on: date, now: datetime, hours: BusinessHours) -> time:
    """When the office closes that day; late in the evening where that has passed already."""
    spans = hours.spans.get(on.isoweekday(), ())
    closes = max((end for _, end in spans), default=_CLOSING)
    return _LATEST if on == now.date() and now.time() >= closes else closes


def _coming(today: date, weekday: int, *, is_next: bool) -> date:
    """The weekday after today; with "next" the one in the week that comes."""
    on = today + timedelta(days=(weekday - today.weekday() - 1) % _WEEK + 1)
    is_this_week = on.isocalendar().week == today.isocalendar().week
    return on + timedelta(days=_WEEK) if is_next and is_this_week else on


def _end_of(match: re.Match[str], today: date, hours: BusinessHours) -> date:
    period = (match["period"] or match["coming"] or match["this"] or match.group()).lower()
    if "month" in period or "monat" in period:
        first = _later(today.replace(day=1), by_month=True)
        if match["coming"]:
            first = _later(first, by_month=True)
        return first - timedelta(days=1)
    if "year" in period or "jahr" in period:
        return date(today.year, 12, 31)
    last = max((day for day in hours.spans if hours.spans[day]), default=5)
    end = today - timedelta(days=today.isoweekday()) + timedelta(days=min(last, 5))
    if match["coming"] or end < today:
        end += timedelta(days=_WEEK)
    return end


def _part(word: str | None) -> time | None:
    return time(*PARTS[word.lower()]) if word else None

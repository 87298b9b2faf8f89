"""A calendar invitation as words: what, when, where, who (RFC 5545, RFC 5546)."""

import re
from datetime import datetime

from helpdesk.lib.text import clean_line, clean_text, excerpt
from tickets.channels.email.charsets import decode_text

CALENDAR = "text/calendar"
MAX_BYTES = 200_000
MAX_PEOPLE = 20
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z-]{1,40})((?:;[^:;\"\n]{1,200}(?:\"[^\"\n]{0,500}\")?){0,20}):(.*)")
_NAME = re.compile(r";CN=\"?([^\";:]{1,200})", re.IGNORECASE)
_ZONE = re.compile(r";TZID=\"?([^\";:]{1,100})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([nN,;\\])")
_METHODS = {
    "REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to an invitation",
    "COUNTER": "Proposal of another time", "PUBLISH": "Event", "ADD": "Further date",
    "REFRESH": "Question for the newest date", "DECLINECOUNTER": "Proposal declined",
}  # fmt: skip
_ANSWERS = {"ACCEPTED": "accepts", "DECLINED": "declines", "TENTATIVE": "accepts perhaps"}


def invitation_as_text(data: bytes, charset: str) -> str:
    """Lines about the first event of a calendar file; empty where it has none."""
    text = _FOLD.sub("", clean_text(decode_text(data[:MAX_BYTES], charset)))
    calendar, begin, event = text.partition("BEGIN:VEVENT")
    if not begin:
        return ""
    event = event.partition("END:VEVENT")[0].partition("BEGIN:VALARM")[0]
    method = _values(calendar, "METHOD")
    lines = [_METHODS.get(method[0][1].strip().upper() if method else "", "Event")]
    lines[0] += ": " + _first(event, "SUMMARY")
    labels = (
        ("When", _when(event)),
        ("Where", _first(event, "LOCATION")),
        ("From", ", ".join(_people(event, "ORGANIZER"))),
        ("With", ", ".join(_people(event, "ATTENDEE"))),
        ("About", excerpt(_first(event, "DESCRIPTION"), limit=1_000)),
    )
    return "\n".join([*lines, *(f"{label}: {words}" for label, words in labels if words)])


def _values(text: str, name: str) -> list[tuple[str, str]]:
    found = (_LINE.fullmatch(line) for line in text.split("\n") if line.upper().startswith(name))
    return [(match[2], match[3]) for match in found if match and match[1].upper() == name]


def _first(text: str, name: str) -> str:
    values = _values(text, name)
    return clean_line(_plain(values[0][1]), limit=2_000) if values else ""


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def _people(event: str, name: str) -> list[str]:
    people = []
    for parameters, value in _values(event, name)[:MAX_PEOPLE]:
        called = _NAME.search(parameters)
        address = clean_line(value.removeprefix("mailto:").removeprefix("MAILTO:"), limit=320)
        answer = re.search(r";PARTSTAT=([A-Z]{1,20})", parameters)
        said = _ANSWERS.get(answer[1], "") if answer else ""
        words = clean_line(called[1]) if called else address
        people.append(f"{words} ({said})" if said else words)
    return people


def _when(event: str) -> str:
    begin, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    zone = next((_ZONE.search(p) for p, _ in _values(event, "DTSTART")), None)
    if end[:10] == begin[:10]:
        end = end[11:]
    words = f"{begin} – {end}" if end and end != begin else begin  # noqa: RUF001
    if zone:
        words += f" ({clean_line(zone[1])})"
    return words + ", repeated" if words and _values(event, "RRULE") else words


def _moment(event: str, name: str) -> str:
    value = _first(event, name)
    for pattern, shown in (
        ("%Y%m%dT%H%M%SZ", "%Y-%m-%d %H:%M UTC"),
        ("%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M"),
        ("%Y%m%d", "%Y-%m-%d"),
    ):
        try:
            return datetime.strptime(value, pattern).strftime(shown)  # noqa: DTZ007 - its zone is beside it
        except ValueError:
            continue
    return value

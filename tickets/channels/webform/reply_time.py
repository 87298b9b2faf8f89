"""When a customer may expect our answer, in words."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.models import Aim, BusinessCalendar, SlaPolicy, TargetKind

HOUR_SECONDS = 3600


def usual_reply_time(calendar: BusinessCalendar | None, policy: SlaPolicy | None) -> str:
    """Say how soon we usually answer and when we work: “We usually reply within 4 working hours
    (Mon to Fri 9 to 17).” with dashes; "" without a calendar or a target."""
    aim = _aim(policy)
    if calendar is None or aim is None:
        return ""
    hours = max(1, round(aim.seconds / HOUR_SECONDS))
    if not aim.is_business:
        return ngettext(
            "We usually reply within %(n)s hour.", "We usually reply within %(n)s hours.", hours
        ) % {"n": hours}
    within = ngettext(
        "We usually reply within %(n)s working hour",
        "We usually reply within %(n)s working hours",
        hours,
    ) % {"n": hours}
    when = working_hours(calendar)
    return f"{within} ({when})." if when else f"{within}."


def working_hours(calendar: BusinessCalendar) -> str:
    """Say a week's hours: consecutive days with the same spans in one group."""
    groups: list[tuple[int, int, str]] = []
    for day in range(1, 8):
        spans = ", ".join(
            f"{_clock(start)}\u2013{_clock(end)}" for start, end in calendar.hours.get(str(day), ())
        )
        if groups and groups[-1][1] == day - 1 and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], day, spans)
        else:
            groups.append((day, day, spans))
    return ", ".join(f"{_days(first, last)} {spans}" for first, last, spans in groups if spans)


def outside_hours(calendar: BusinessCalendar | None, *, at: datetime) -> str:
    """Say when we are back, if nobody works now; "" while somebody does."""
    if calendar is None:
        return ""
    hours = calendar.business_hours()
    if hours.is_open(at):
        return ""
    opens = hours.due_after(at, 1).astimezone(hours.zone)
    return _("We are closed now and back on %(day)s at %(time)s (%(zone)s).") % {
        "day": _day(opens),
        "time": f"{opens:%H:%M}",
        "zone": calendar.time_zone,
    }


def expected_by(
    calendar: BusinessCalendar | None, policy: SlaPolicy | None, *, at: datetime
) -> str:
    """Say by when we mean to answer something that came at a moment."""
    by = reply_by(calendar, policy, at=at)
    if not by:
        return _("We will reply as soon as we can.")
    return _("We expect to reply by %(moment)s.") % {"moment": by}


def reply_by(calendar: BusinessCalendar | None, policy: SlaPolicy | None, *, at: datetime) -> str:
    """The moment by which we mean to answer, in the language in use; "" without a calendar or a
    target."""
    aim = _aim(policy)
    if calendar is None or aim is None:
        return ""
    hours = calendar.business_hours()
    due = aim.due_after(at, aim.seconds, hours).astimezone(hours.zone)
    return f"{_day(due)}, {due:%H:%M} ({calendar.time_zone})"


def _aim(policy: SlaPolicy | None) -> Aim | None:
    return policy.aim(TargetKind.FIRST_REPLY) if policy else None


def _day(at: datetime) -> str:
    """The day in words, as the language in use writes it: “Monday 2 March”, “Montag 2. März”."""
    return f"{date_format(at, 'l')} {date_format(at, 'MONTH_DAY_FORMAT')}"


def _days(first: int, last: int) -> str:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[first - 1] if first == last else f"{names[first - 1]}\u2013{names[last - 1]}"


def _clock(text: str) -> str:
    hour, _colon, minute = text.partition(":")
    return str(int(hour)) if minute == "00" else f"{int(hour)}:{minute}"

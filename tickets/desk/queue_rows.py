"""One line of a queue: what an agent reads of a ticket before opening it, and why now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk.templatetags import pictures
from helpdesk.templatetags.desk import link_to
from tickets.models import NEVER, Ticket

CHIPS = 2
HOURS_A_DAY = 24


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One reason why a ticket stands where it stands."""

    label: str
    tone: str
    icon: str = ""

    @property
    def picture(self) -> str:
        return pictures.icon(self.icon) if self.icon else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A ticket as its line shows it. Made here, since a template takes ten times as long."""

    url: str
    number: str
    subject: str
    customer: str
    preview: str
    channel: SafeString
    due: str
    due_of: str
    assignee: str
    status: str
    is_waiting_for_us: bool
    chips: list[Chip]


def rows_of(tickets: Iterable[Ticket], *, view: str, at: datetime) -> list[Row]:
    """The lines of a queue page; their links remember the view they stand in."""
    return [
        Row(
            url=f"{link_to(ticket.number, 'desk:ticket')}?v={view}",
            number=str(ticket.number),
            subject=ticket.subject,
            customer=str(ticket.customer),
            preview=ticket.preview,
            channel=pictures.icon(pictures.channel_icon(ticket.channel)),
            due=pictures.due_bar(ticket.queue_at if ticket.queue_at < NEVER else None),
            due_of=_due_of(ticket),
            assignee=str(ticket.assignee) if ticket.assignee else "",
            status=ticket.status.name,
            is_waiting_for_us=ticket.is_waiting_for_us,
            chips=chips_of(ticket, at=at),
        )
        for ticket in tickets
    ]


def _due_of(ticket: Ticket) -> str:
    """What it is that is due next, and orders the queue."""
    if ticket.queue_at == NEVER:
        return ""
    if ticket.queue_at == ticket.reply_due_at:
        return _("reply")
    return _("solving") if ticket.queue_at == ticket.solve_due_at else _("promise")


def chips_of(ticket: Ticket, *, at: datetime) -> list[Chip]:
    """Why this ticket now: at most two reasons, the most pressing first, from its row alone."""
    return [chip for chip in _reasons(ticket, at) if chip][:CHIPS]


def _reasons(ticket: Ticket, at: datetime) -> list[Chip | None]:
    return [
        _promise_chip(ticket, at),
        _alarm_chip(ticket),
        repeat_chip(ticket),
        _priority_chip(ticket),
        Chip(label=_("reopened"), tone="warning") if ticket.reopened_count else None,
        _first_chip(ticket),
    ]


def _promise_chip(ticket: Ticket, at: datetime) -> Chip | None:
    due_at = ticket.customer.next_promise_due_at
    return promise_chip(due_at, at) if due_at is not None and due_at < at else None


def promise_chip(due_at: datetime, at: datetime) -> Chip:
    """Say of a promise that it is late, and by how much."""
    days = (timezone.localtime(at).date() - timezone.localtime(due_at).date()).days
    hours = int((at - due_at).total_seconds() // 3600)
    late = _("%(n)s d") % {"n": days} if hours >= HOURS_A_DAY else _("%(n)s h") % {"n": hours}
    if not hours:
        late = _("%(n)s m") % {"n": int((at - due_at).total_seconds() // 60)}
    label = _("promise \N{MINUS SIGN}%(late)s") % {"late": late}
    return Chip(label=label, tone="promise", icon="timer")


def _alarm_chip(ticket: Ticket) -> Chip | None:
    if ticket.alarm == Ticket.Alarm.MISSED:
        return Chip(label=_("target missed"), tone="danger", icon="timer")
    if ticket.alarm == Ticket.Alarm.WARNED:
        return Chip(label=_("target nearly due"), tone="warning", icon="timer")
    return None


def repeat_chip(ticket: Ticket) -> Chip | None:
    """Say the how-manieth contact it is, from the second on."""
    if ticket.contact_number <= 1:
        return None
    return _nth_contact(
        ticket.contact_number, "" if ticket.is_contact_sure else "?", get_language()
    )


@lru_cache(maxsize=1024)
def _nth_contact(number: int, doubt: str, language: str) -> Chip:
    """Made once a number and language: an ordinal asks for ten translations."""
    words = _("%(nth)s contact?") if doubt else _("%(nth)s contact")
    label = words % {"nth": ordinal(number)}
    return Chip(label=label, tone="warning", icon="history")


def _priority_chip(ticket: Ticket) -> Chip | None:
    if ticket.priority == Ticket.Priority.URGENT:
        return Chip(label=_("urgent"), tone="danger", icon="flag")
    if ticket.priority == Ticket.Priority.HIGH:
        return Chip(label=_("high priority"), tone="warning", icon="flag")
    return None


def _first_chip(ticket: Ticket) -> Chip | None:
    if ticket.contact_number != 1 or ticket.customer.contacts_count > 1:
        return None
    return Chip(label=_("first contact"), tone="info")

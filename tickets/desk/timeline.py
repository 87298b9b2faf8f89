"""Touchpoints as they are shown: an icon, a word and the ticket's status beside each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Touchpoint
from customers.queries import TimelinePage
from helpdesk.accounts.models import Agent
from tickets.models import Category, Ticket

Kind = Touchpoint.Kind

# What the kind filter offers, in the reader's words.
FILTERS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "said": (
        _("Messages and calls"),
        (Kind.MESSAGE, Kind.REPLY, Kind.CALL, Kind.VISIT, Kind.LETTER),
    ),
    "notes": (_("Notes"), (Kind.NOTE,)),
    "outcomes": (_("Solved and reopened"), (Kind.SOLVED, Kind.REOPENED)),
    "promises": (_("Promises"), (Kind.PROMISE, Kind.PROMISE_KEPT)),
    "ratings": (_("Ratings"), (Kind.RATING,)),
    "orders": (_("Orders"), (Kind.ORDER,)),
}
_SHOWN: Mapping[str, tuple[str, str | Promise]] = {
    Kind.MESSAGE: ("mail", _("Message")),
    Kind.REPLY: ("corner-up-left", _("Our reply")),
    Kind.NOTE: ("lock", _("Internal note")),
    Kind.CALL: ("phone", _("Call")),
    Kind.VISIT: ("building", _("Visit")),
    Kind.LETTER: ("file-text", _("Letter")),
    Kind.SOLVED: ("circle-check", _("Solved")),
    Kind.REOPENED: ("rotate-ccw", _("Reopened")),
    Kind.PROMISE: ("flag", _("Promise")),
    Kind.PROMISE_KEPT: ("check", _("Promise kept")),
    Kind.RATING: ("star", _("Rating")),
    Kind.ORDER: ("package", _("Order")),
    Kind.ARTICLE: ("book-open", _("Read an article")),
    Kind.IDENTITY: ("user-check", _("Identity")),
}
_BY_CHANNEL: Mapping[str, tuple[str, str | Promise]] = {
    "form": ("clipboard-list", _("Contact form")),
    "chat": ("message-square", _("Chat")),
}
TONES: Mapping[str, str] = {
    Category.NEW: "info",
    Category.OPEN: "accent",
    Category.WAIT_CUSTOMER: "",
    Category.WAIT_OTHER: "warning",
    Category.SOLVED: "success",
    Category.CLOSED: "",
}


@dataclass(frozen=True)
class Entry:
    """One moment of a timeline with all its row needs."""

    touchpoint: Touchpoint
    icon: str
    word: str | Promise
    ticket: Ticket | None
    tone: str


@dataclass(frozen=True)
class Year:
    """A year of a timeline: open with its entries, or folded with its count."""

    year: int
    count: int
    entries: list[Entry]


def entries_of(touchpoints: Iterable[Touchpoint], *, agent: Agent) -> list[Entry]:
    """Dress touchpoints for showing; one query for the status of all their tickets."""
    touchpoints = list(touchpoints)
    numbers = {row.ticket_number for row in touchpoints if row.ticket_number}
    tickets = {
        ticket.number: ticket
        for ticket in Ticket.objects.visible_to(agent)
        .filter(number__in=numbers)
        .select_related("status")
    }
    return [_entry(row, tickets.get(row.ticket_number or 0)) for row in touchpoints]


def _entry(row: Touchpoint, ticket: Ticket | None) -> Entry:
    icon, word = _SHOWN.get(row.kind, ("circle", row.get_kind_display()))
    if row.kind == Kind.MESSAGE:
        icon, word = _BY_CHANNEL.get(row.channel, (icon, word))
    return Entry(row, icon, word, ticket, TONES.get(ticket.category, "") if ticket else "")


def years_of(
    customer: Customer, page: TimelinePage, entries: list[Entry], *, only: int | None
) -> list[Year]:
    """Group entries by year (UTC) and fold the years that have none on this page."""
    counts: list[dict[str, Any]] = getattr(customer, "shown_years", [])
    shown = {
        year: list(rows)
        for year, rows in groupby(entries, key=lambda e: e.touchpoint.at.astimezone(UTC).year)
    }
    if only is not None:
        return [Year(only, len(entries), entries)]
    total = {row["year"]: row["touchpoints"] for row in counts}
    known = sorted({*total, *shown}, reverse=True)
    return [Year(year, total.get(year, 0), shown.get(year, [])) for year in known]

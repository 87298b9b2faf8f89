"""Touchpoints as they are shown: an icon, a word and the ticket's status beside each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, Value, When
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
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
    "self_service": (_("Articles read"), (Kind.ARTICLE,)),
    "outside": (_("Orders and events"), (Kind.ORDER, Kind.EVENT)),
}
# The ways by which something comes in or goes out; what is logged is named by how it came.
CHANNELS: dict[str, str | Promise] = {
    "email": _("E-mail"),
    "form": _("Contact form"),
    "chat": _("Chat"),
    "call": _("Phone"),
    "visit": _("Visit"),
    "letter": _("Letter"),
    "help": _("Help centre"),
    "api": _("Program"),
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
    Kind.EVENT: ("package", _("Event")),
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
    """One moment of a timeline with all its row needs; `detail` is what a card says in a line."""

    touchpoint: Touchpoint
    icon: str
    word: str | Promise
    ticket: Ticket | None
    tone: str
    title: str
    detail: str = ""

    @property
    def issue(self) -> int | None:
        """The issue this contact is about, where the reader may see another ticket of it."""
        if self.ticket is None or not self.touchpoint.is_contact:
            return None
        row: Any = self.ticket
        return row.issue_pk if len(row.issue_subjects) > 1 else None

    @property
    def issue_name(self) -> str:
        """What an agent called it, else the subject of the oldest ticket that the reader sees."""
        row: Any = self.ticket
        return str(row.issue_name or row.issue_subjects[0])

    @property
    def card(self) -> dict[str, Any]:
        """The fields of an event from outside; empty for everything else."""
        row = self.touchpoint
        fields: dict[str, Any] = row.data.get("fields", {}) if row.kind == Kind.EVENT else {}
        return fields

    @property
    def is_likely(self) -> bool:
        """Whether it was told as something that makes people write."""
        return bool(self.touchpoint.data.get("may_cause_contact"))


@dataclass(frozen=True)
class Year:
    """A year of a timeline: open with its entries, or folded with its count."""

    year: int
    count: int
    entries: list[Entry]


def entries_of(touchpoints: Iterable[Touchpoint], *, agent: Agent) -> list[Entry]:
    """Dress touchpoints for showing; one query for the status and issue of all their tickets."""
    touchpoints = list(touchpoints)
    numbers = {row.ticket_number for row in touchpoints if row.ticket_number}
    seen = Ticket.objects.visible_to(agent)
    same_issue = seen.filter(in_issue__issue=OuterRef("in_issue__issue")).order_by(
        "opened_at", "pk"
    )
    dressed = seen.filter(number__in=numbers).select_related("status")
    tickets = {
        ticket.number: ticket
        for ticket in dressed.annotate(
            issue_pk=F("in_issue__issue"),
            issue_name=Case(
                When(in_issue__issue__is_named=True, then="in_issue__issue__label"),
                default=Value(""),
            ),
            issue_subjects=ArraySubquery(same_issue.values("subject")[:2]),
        )
    }
    return [_entry(row, tickets.get(row.ticket_number or 0)) for row in touchpoints]


def _entry(row: Touchpoint, ticket: Ticket | None) -> Entry:
    icon, word = _SHOWN.get(row.kind, ("circle", row.get_kind_display()))
    if row.kind == Kind.MESSAGE:
        icon, word = _BY_CHANNEL.get(row.channel, (icon, word))
    if row.kind == Kind.EVENT:
        icon, word = row.data.get("icon") or icon, row.data.get("label") or word
    if row.kind == Kind.ARTICLE and row.direction == Touchpoint.Direction.OUTBOUND:
        word = _("Article we sent")
    tone = TONES.get(ticket.category, "") if ticket else ""
    title = row.title
    if row.kind == Kind.RATING and row.title.isdecimal():
        title = gettext("rated %(score)s of 5") % {"score": row.title}
    return Entry(row, icon, word, ticket, tone, title, _detail(row))


_BESIDE: Mapping[tuple[str, str], str | Promise] = {
    ("solved", "not_yet"): _("not solved yet"),
    ("solved", "came_back"): _("it came back"),
    ("solved", "first"): _("solved the first time"),
    ("solved", "later"): _("solved, not the first time"),
    ("repeated", "once"): _("had to repeat themselves once"),
    ("repeated", "more"): _("had to repeat themselves more than once"),
}


def _detail(row: Touchpoint) -> str:
    """What a moment's data says, in a few words."""
    data = row.data
    if row.kind == Kind.RATING:
        said = (_BESIDE.get((name, str(data.get(name)))) for name in ("solved", "repeated"))
        return ", ".join(str(words) for words in said if words)
    if row.kind == Kind.ORDER:
        parts = [data.get("total"), data.get("currency")]
        is_return = data.get("kind") == "return"
        return " ".join([*filter(None, parts), *([gettext("return")] if is_return else [])])
    if row.kind == Kind.EVENT:
        return " · ".join(filter(None, [data.get("status"), data.get("shown")]))
    if row.kind == Kind.ARTICLE and isinstance(data.get("seconds"), int):
        minutes, seconds = divmod(data["seconds"], 60)
        return gettext("%(minutes)s m %(seconds)s s") % {"minutes": minutes, "seconds": seconds}
    if row.kind in {Kind.PROMISE, Kind.PROMISE_KEPT} and "due_at" in data:
        due = localtime(datetime.fromisoformat(data["due_at"]))
        return gettext("due %(day)s") % {"day": date_format(due, "j M")}
    return ""


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

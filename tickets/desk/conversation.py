"""A ticket's history as a reader sees it: messages, and one line for what happened between them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.local_time import zone_of
from helpdesk.accounts.models import Agent
from tickets.desk.event_words import NO_NAMES, Line, Names, line_of
from tickets.desk.mail_words import CopyWords, copy_words, kind_words, other_language
from tickets.models import Message, Ticket, TicketEvent
from tickets.operations import may_withdraw

Kind = TicketEvent.Kind

# Events that are lines of their own; the others show on their message.
SHOWN = (
    Kind.ASSIGNED,
    Kind.MOVED,
    Kind.STATUS,
    Kind.SOLVED,
    Kind.REOPENED,
    Kind.CLOSED,
    Kind.PRIORITY,
    Kind.TOPIC,
    Kind.TAGGED,
    Kind.RETITLED,
    Kind.PROMISED,
    Kind.PROMISE_KEPT,
    Kind.PROMISE_ENDED,
    Kind.PARTICIPANT,
    Kind.DELIVERY_RETRIED,
    Kind.RATED,
    Kind.CONTACT_LOGGED,
    Kind.BOUNCED,
    Kind.LINKED,
    Kind.UNLINKED,
    Kind.MERGED,
    Kind.UNMERGED,
    Kind.SPLIT,
    Kind.UNSPLIT,
    Kind.CUSTOMER,
    Kind.TARGET_WARNED,
    Kind.TARGET_MISSED,
)
_CONTACT_ICONS = {"call": "phone", "visit": "users", "letter": "file-text"}

# By so much a sender's clock, or a slow way, may differ without being worth a word.
LATE = timedelta(hours=1)

# Events by which something was said.
SPOKEN = (Kind.OPENED, Kind.RECEIVED, Kind.REPLIED, Kind.NOTED, Kind.CONTACT_LOGGED)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message with what a reader needs beside its words."""

    message: Message
    files: list[dict[str, Any]]
    icon: str
    word: str
    author: str
    customer_time: str
    has_source: bool
    has_briefing: bool
    pictures: list[dict[str, Any]]
    copies: list[CopyWords]
    is_folded: bool = False
    is_open: bool = False
    is_disowned: bool = False
    dated_at: datetime | None = None
    language: str = ""
    can_add: bool = False
    origin: int | None = None
    is_message: bool = True

    @property
    def at(self) -> datetime:
        return self.message.at


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Messages that are not on the page."""

    at: datetime
    count: int


def conversation(
    ticket: Ticket,
    *,
    messages: Sequence[Message],
    events: Iterable[TicketEvent] = (),
    names: Names = NO_NAMES,
    reader: Agent | None = None,
    members: Collection[int] = (),
    is_folded: bool = False,
    origins: Mapping[int, int] | None = None,
) -> list[Line | Said | Gap]:
    """Put messages and events in the order they happened; what a gap hides stays hidden whole."""
    listed = list(events)
    logged = {e.message_id: e.new for e in listed if e.kind == Kind.CONTACT_LOGGED}
    zone = _other_zone(ticket)
    returned = {e.at: e.new.get("note", "") for e in listed if e.kind == Kind.BOUNCED}
    spoken = [
        _said(
            m,
            logged.get(m.pk),
            None if m.is_inbound and m.customer_id != ticket.customer_id else zone,
            reader=reader,
            returned=returned.get(m.at, ""),
            members={ticket.customer_id, *members},
            origin=(origins or {}).get(m.pk),
        )
        for m in messages
    ]
    if spoken and all(item.is_folded for item in spoken):
        spoken[0] = replace(spoken[0], is_open=True)  # else there would be nothing to read
    said: list[Line | Said | Gap] = [*spoken]
    lines: list[Line | Said | Gap] = [
        line_of(event, names) for event in listed if event.kind != Kind.CONTACT_LOGGED
    ]
    hidden = ticket.messages_count - len(messages)
    if is_folded and hidden > 0:
        first, rest = messages[0].at, messages[1].at
        lines = [line for line in lines if line.at <= first or line.at >= rest]
        said.insert(1, Gap(at=first, count=hidden))
    # A message comes before what it set off; sorting is stable.
    return sorted([*said, *lines], key=lambda item: item.at)


def _other_zone(ticket: Ticket) -> ZoneInfo | None:
    """The customer's time zone, where their clock shows another time than the reader's."""
    zone, now = zone_of(ticket.customer), timezone.now()
    if zone is None:
        return None
    return zone if now.astimezone(zone).utcoffset() != timezone.localtime(now).utcoffset() else None


def held_reply(
    items: Iterable[Line | Said | Gap], agent: Agent, *, at: datetime
) -> tuple[Message, int] | None:
    """The newest reply the agent can still take back, and for how many seconds."""
    for item in reversed(list(items)):
        if not isinstance(item, Said) or not may_withdraw(item.message, agent):
            continue
        until = [copy.next_attempt_at for copy in item.copies if copy.is_untried]
        if until and len(until) == len(item.copies):
            seconds = min((moment - at).total_seconds() if moment else 0 for moment in until)
            return (item.message, round(seconds)) if seconds > 0 else None
    return None


def _said(
    message: Message,
    logged: Mapping[str, Any] | None,
    zone: ZoneInfo | None,
    *,
    reader: Agent | None,
    returned: str,
    members: Collection[int],
    origin: int | None,
) -> Said:
    icon, word = _kind_of(message, logged)
    if message.is_inbound and (kind := kind_words(message, returned=returned)):
        icon, word = kind
    return Said(
        message=message,
        files=getattr(message, "files", []),
        icon=icon,
        word=word,
        author=_author(message),
        customer_time=f"{message.at.astimezone(zone):%H:%M}" if zone else "",
        has_source=bool(getattr(message, "has_source", False)),
        has_briefing=bool(getattr(message, "has_briefing", False)),
        pictures=[] if message.is_inbound else getattr(message, "pictures", []),
        copies=[copy_words(row) for row in getattr(message, "copies", [])],
        is_folded=message.is_automatic or message.kind == Message.Kind.AUTOMATIC,
        is_disowned="dmarc=fail" in message.authentication,
        dated_at=_dated_at(message),
        language=other_language(message, reader),
        can_add=message.is_other_sender and message.customer_id not in members,
        origin=origin,
    )


def _dated_at(message: Message) -> datetime | None:
    """When the sender says it was written, where that is not when it came."""
    claimed = message.claimed_date_at
    return claimed if claimed and abs(message.at - claimed) > LATE else None


def _kind_of(message: Message, logged: Mapping[str, Any] | None) -> tuple[str, str]:
    if logged is not None:
        return _CONTACT_ICONS.get(logged.get("contact", ""), "phone"), _contact_words(logged)
    words = {
        Message.Kind.INBOUND: ("mail", _("E-mail")),
        Message.Kind.REPLY: ("corner-up-left", _("Reply")),
        Message.Kind.NOTE: ("lock", _("Internal")),
        Message.Kind.AUTOMATIC: ("zap", _("Automatic mail")),
    }
    icon, word = words[Message.Kind(message.kind)]
    if message.is_inbound and message.channel != "email":
        forms = {"form": ("clipboard-list", _("Web form")), "api": ("code", _("Program"))}
        icon, word = forms.get(message.channel, ("message-square", message.channel))
    if message.is_inbound and message.is_automatic:
        return "zap", _("Automatic mail")
    return icon, word


def _contact_words(logged: Mapping[str, Any]) -> str:
    words = {
        ("call", "in"): _("Call from the customer"),
        ("call", "out"): _("Call to the customer"),
        ("visit", "in"): _("Visit of the customer"),
        ("visit", "out"): _("Visit to the customer"),
        ("letter", "in"): _("Letter from the customer"),
        ("letter", "out"): _("Letter to the customer"),
    }
    return words.get((logged.get("contact", ""), logged.get("direction", "")), _("Contact"))


def _author(message: Message) -> str:
    if message.agent:
        return str(message.agent)
    if message.author_name:
        return message.author_name
    return str(message.customer) if message.customer else message.author_address or _("Beforehand")

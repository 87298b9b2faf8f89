"""A ticket's history as a reader sees it: messages, and one line for what happened between them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import ActorKind
from tickets.desk.mail_words import CopyWords, copy_words, kind_words, other_language
from tickets.models import Message, Ticket, TicketEvent
from tickets.queries import Surroundings

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
    Kind.PARTICIPANT,
    Kind.DELIVERY_RETRIED,
    Kind.RATED,
    Kind.CONTACT_LOGGED,
    Kind.BOUNCED,
)
_CONTACT_ICONS = {"call": "phone", "visit": "users", "letter": "file-text"}

# Events by which something was said.
SPOKEN = (Kind.OPENED, Kind.RECEIVED, Kind.REPLIED, Kind.NOTED, Kind.CONTACT_LOGGED)


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names for the ids that events hold."""

    agents: Mapping[int, str]
    teams: Mapping[int, str]
    topics: Mapping[int, str]

    @classmethod
    def from_choices(cls, around: Surroundings) -> Self:
        return cls(
            agents={row["id"]: row["name"] or row["email"] for row in around.agents},
            teams={row["id"]: row["name"] for row in around.teams},
            topics={row["id"]: row["name"] for row in around.topics},
        )


NO_NAMES = Names(agents={}, teams={}, topics={})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened, in words."""

    at: datetime
    text: str
    by: str
    icon: str = "settings"
    is_message: bool = False


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
    pictures: list[dict[str, Any]]
    copies: list[CopyWords]
    is_folded: bool = False
    is_disowned: bool = False
    language: str = ""
    can_add: bool = False
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
) -> list[Line | Said | Gap]:
    """Put messages and events in the order they happened; what a gap hides stays hidden whole."""
    listed = list(events)
    logged = {e.message_id: e.new for e in listed if e.kind == Kind.CONTACT_LOGGED}
    zone = _other_zone(ticket)
    returned = {e.at: e.new.get("note", "") for e in listed if e.kind == Kind.BOUNCED}
    said: list[Line | Said | Gap] = [
        _said(
            m,
            logged.get(m.pk),
            zone,
            reader=reader,
            returned=returned.get(m.at, ""),
            members={ticket.customer_id, *members},
        )
        for m in messages
    ]
    lines: list[Line | Said | Gap] = [
        _line(event, names) for event in listed if event.kind != Kind.CONTACT_LOGGED
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
    customer = ticket.customer
    name = customer.time_zone or (customer.organisation.time_zone if customer.organisation else "")
    if not name:
        return None
    zone, now = ZoneInfo(name), timezone.now()
    return zone if now.astimezone(zone).utcoffset() != timezone.localtime(now).utcoffset() else None


def held_reply(
    items: Iterable[Line | Said | Gap], agent: Agent, *, at: datetime
) -> tuple[Message, int] | None:
    """The agent's newest reply that can still be taken back, and for how many seconds."""
    for item in reversed(list(items)):
        if not isinstance(item, Said) or item.message.agent_id != agent.pk:
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
        pictures=[] if message.is_inbound else getattr(message, "pictures", []),
        copies=[copy_words(row) for row in getattr(message, "copies", [])],
        is_folded=message.is_automatic or message.kind == Message.Kind.AUTOMATIC,
        is_disowned="dmarc=fail" in message.authentication,
        language=other_language(message, reader),
        can_add=message.is_other_sender and message.customer_id not in members,
    )


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


def _line(event: TicketEvent, names: Names) -> Line:
    return Line(at=event.at, text=_words(event, names), by=_by(event), icon=_icon(event))


def _by(event: TicketEvent) -> str:
    if event.agent:
        return str(event.agent)
    if event.actor_kind == ActorKind.CUSTOMER:
        return _("the customer")
    return event.actor_name or _("Beforehand")


def _icon(event: TicketEvent) -> str:
    icons = {
        Kind.ASSIGNED: "user",
        Kind.MOVED: "users",
        Kind.SOLVED: "circle-check",
        Kind.REOPENED: "rotate-ccw",
        Kind.TAGGED: "tag",
        Kind.TOPIC: "folder",
        Kind.PRIORITY: "flag",
        Kind.RETITLED: "pencil",
        Kind.PROMISED: "timer",
        Kind.PROMISE_KEPT: "check-check",
        Kind.PARTICIPANT: "user-plus",
        Kind.BOUNCED: "mail-warning",
        Kind.RATED: "star",
        Kind.DELIVERY_RETRIED: "refresh-cw",
    }
    return icons.get(Kind(event.kind), "settings")


def _words(event: TicketEvent, names: Names) -> str:
    old, new = event.old, event.new
    if event.kind in _OF_STATUS:
        return _("%(old)s → %(new)s") % {"old": old.get("status", ""), "new": new.get("status", "")}
    if event.kind == Kind.TAGGED:
        return _tag_words(set(old.get("tags", [])), set(new.get("tags", [])))
    text, values = _sentence(event, names)
    return text % values


_OF_STATUS = {Kind.STATUS, Kind.SOLVED, Kind.REOPENED, Kind.CLOSED}


def _sentence(event: TicketEvent, names: Names) -> tuple[str, dict[str, Any]]:
    new = event.new
    nobody, nothing = _("nobody"), _("none")
    priority = dict(Ticket.Priority.choices).get(new.get("priority"), "")
    sentences: dict[str, tuple[str, dict[str, Any]]] = {
        Kind.ASSIGNED: (
            _("Assigned to %(agent)s"),
            {"agent": names.agents.get(new.get("agent") or 0, nobody)},
        ),
        Kind.MOVED: (
            _("Moved to %(team)s"),
            {"team": names.teams.get(new.get("team") or 0, _("no team"))},
        ),
        Kind.PRIORITY: (_("Priority %(priority)s"), {"priority": priority}),
        Kind.TOPIC: (
            _("Topic %(topic)s"),
            {"topic": names.topics.get(new.get("topic") or 0, nothing)},
        ),
        Kind.RETITLED: (_("Subject was “%(old)s”"), {"old": event.old.get("subject", "")}),
        Kind.PROMISED: (_("Promised: %(text)s"), {"text": new.get("text", "")}),
        Kind.PROMISE_KEPT: (_("Promise kept"), {}),
        Kind.PARTICIPANT: (_("Somebody else now belongs to this ticket"), {}),
        Kind.DELIVERY_RETRIED: (_("Sending was tried again"), {}),
        Kind.BOUNCED: (
            _("Mail to %(address)s came back: %(note)s"),
            {"address": new.get("address", ""), "note": new.get("note", "")},
        ),
        Kind.RATED: (_("Rated %(score)s of 5"), {"score": new.get("score", "?")}),
    }
    return sentences.get(event.kind, (event.get_kind_display(), {}))


def _tag_words(old: set[str], new: set[str]) -> str:
    parts = []
    if added := sorted(new - old):
        parts.append(_("Labelled %(tags)s") % {"tags": ", ".join(added)})
    if removed := sorted(old - new):
        parts.append(_("Label %(tags)s removed") % {"tags": ", ".join(removed)})
    return " · ".join(parts)

"""What happened on a ticket, one line for each event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.utils.translation import gettext as _

from helpdesk.lib.actors import ActorKind
from tickets.models import TargetKind, Ticket, TicketEvent
from tickets.queries import Surroundings

Kind = TicketEvent.Kind


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


def line_of(event: TicketEvent, names: Names) -> Line:
    """Tell one event in words."""
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
        Kind.PROMISE_ENDED: "timer",
        Kind.PARTICIPANT: "user-plus",
        Kind.BOUNCED: "mail-warning",
        Kind.RATED: "star",
        Kind.DELIVERY_RETRIED: "refresh-cw",
        Kind.LINKED: "link",
        Kind.UNLINKED: "link",
        Kind.MERGED: "link",
        Kind.SPLIT: "external-link",
        Kind.TARGET_WARNED: "timer",
        Kind.TARGET_MISSED: "triangle-alert",
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
        Kind.PROMISE_ENDED: (
            _("Promise cancelled by the customer")
            if new.get("status") == "cancelled"
            else _("Promise not kept"),
            {},
        ),
        Kind.PARTICIPANT: _participant_words(event),
        Kind.DELIVERY_RETRIED: (_("Sending was tried again"), {}),
        Kind.BOUNCED: (
            _("Mail to %(address)s came back: %(note)s"),
            {"address": new.get("address", ""), "note": new.get("note", "")},
        ),
        Kind.RATED: (
            _("A rating was taken back: no person gave it")
            if new.get("withdrawn")
            else _("Rated %(score)s of %(of)s"),
            {"score": new.get("score", "?"), "of": new.get("of", 5)},
        ),
        Kind.LINKED: _link_words(event),
        Kind.UNLINKED: _link_words(event),
        Kind.MERGED: (_("#%(source)s was merged into #%(target)s"), new),
        Kind.UNMERGED: (_("#%(source)s is on its own again, apart from #%(target)s"), new),
        Kind.SPLIT: (_("#%(target)s was split off from #%(source)s"), new),
        Kind.UNSPLIT: (_("#%(target)s is part of #%(source)s again"), new),
        Kind.CUSTOMER: (_("It is from another customer"), {}),
        Kind.TARGET_WARNED: _target_words(event, names),
        Kind.TARGET_MISSED: _target_words(event, names),
    }
    return sentences.get(event.kind, (event.get_kind_display(), {}))


def _link_words(event: TicketEvent) -> tuple[str, dict[str, Any]]:
    """What was said of the ticket and an incident, or another ticket."""
    new, is_linked = event.new, event.kind == Kind.LINKED
    if "incident" in new:
        known = {"incident": f"INC-{new['incident']}", "title": new.get("title", "")}
        return (
            _("Part of %(incident)s %(title)s")
            if is_linked
            else _("Not part of %(incident)s %(title)s")
        ), known
    other = {"ticket": new.get("ticket", "")}
    if is_linked:
        return _("Same issue as #%(ticket)s"), other
    if new.get("withdrawn"):
        return _("Nobody says any more whether #%(ticket)s is the same issue"), other
    return _("Different issue than #%(ticket)s"), other


def _target_words(event: TicketEvent, names: Names) -> tuple[str, dict[str, Any]]:
    """What a policy had done of a target, whom it told, and what could not be done."""
    new = event.new
    kind = dict(TargetKind.choices).get(new.get("kind", ""), "")
    is_missed = event.kind == Kind.TARGET_MISSED
    words = _("%(kind)s: target missed (%(policy)s)")
    if not is_missed:
        words = _("%(kind)s: target nearly due (%(policy)s)")
    parts = [words % {"kind": kind, "policy": new.get("policy", "")}]
    if told := [names.agents.get(agent_id, "?") for agent_id in new.get("told", ())]:
        parts.append(_("told %(names)s") % {"names": ", ".join(told)})
    return " · ".join([*parts, *new.get("refused", ())]).replace("%", "%%"), {}


def _participant_words(event: TicketEvent) -> tuple[str, dict[str, Any]]:
    address = {"address": event.new.get("address") or event.old.get("address") or _("Somebody")}
    if not event.new:
        return _("%(address)s no longer belongs to this ticket"), address
    if event.new.get("confirmed") is False:
        return _("%(address)s was named in a mail; not confirmed"), address
    return _("%(address)s now belongs to this ticket"), address


def _tag_words(old: set[str], new: set[str]) -> str:
    parts = []
    if added := sorted(new - old):
        parts.append(_("Labelled %(tags)s") % {"tags": ", ".join(added)})
    if removed := sorted(old - new):
        parts.append(_("Label %(tags)s removed") % {"tags": ", ".join(removed)})
    return " · ".join(parts)

"""The menus in a ticket's header: what it is, and what it can become."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tickets.models import Category, Ticket
from tickets.queries import Surroundings

UNDER = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
Choices = list[tuple[int, str]]


@dataclass(frozen=True, kw_only=True)
class Menu:
    """One property of a ticket with its choices in named groups; without groups, a field."""

    id: str
    label: str
    shown: str
    to: str
    key: str
    name: str
    submit: str
    groups: list[tuple[str, Choices]]
    current: int | str | None = ""
    empty: str = ""


def menus_of(ticket: Ticket, around: Surroundings) -> list[Menu]:
    """Status, owner, team, priority, topic and labels, in this order."""
    return [
        _menu(
            ticket,
            "status",
            label=_("Status"),
            shown=ticket.status.name,
            key="s",
            groups=_statuses(around),
            current=ticket.status_id,
        ),
        _menu(
            ticket,
            "assign",
            label=_("Owner"),
            shown=str(ticket.assignee or _("nobody")),
            key="a",
            name="agent",
            groups=[("", [(row["id"], row["name"] or row["email"]) for row in around.assignable])],
            current=ticket.assignee_id,
            empty=_("nobody"),
        ),
        _menu(
            ticket,
            "move",
            label=_("Team"),
            shown=str(ticket.team or _("none")),
            key="",
            name="team",
            groups=[("", [(row["id"], row["name"]) for row in around.teams])],
            current=ticket.team_id,
            empty=_("none"),
        ),
        _menu(
            ticket,
            "priority",
            label=_("Priority"),
            shown=ticket.get_priority_display(),
            key="!",
            groups=[("", [(value, str(label)) for value, label in Ticket.Priority.choices])],
            current=ticket.priority,
        ),
        _menu(
            ticket,
            "topic",
            label=_("Topic"),
            shown=_topic_name(ticket),
            key="t",
            groups=_topics(around),
            current=ticket.topic_id,
            empty=_("none"),
        ),
        _menu(
            ticket,
            "tags",
            label=_("Labels"),
            shown="",
            key="l",
            name="add",
            groups=[],
            submit=_("Add"),
        ),
    ]


def _menu(ticket: Ticket, kind: str, **fields: Any) -> Menu:
    to = reverse(f"desk:{kind}", args=[ticket.number])
    return Menu(**{"id": kind, "name": kind, "to": to, "submit": _("Change"), **fields})


def _statuses(around: Surroundings) -> list[tuple[str, Choices]]:
    """The workspace's own names, grouped by what they mean."""
    order = {value: at for at, value in enumerate(Category.values)}
    rows = sorted(around.statuses, key=lambda row: order[row["category"]])
    return [
        (str(Category(category).label), [(row["id"], row["name"]) for row in group])
        for category, group in groupby(rows, key=lambda row: row["category"])
    ]


def _topics(around: Surroundings) -> list[tuple[str, Choices]]:
    rows = sorted(around.topics, key=lambda row: row["parent_name"] or "")
    return [
        (parent, [(row["id"], row["name"]) for row in group])
        for parent, group in groupby(rows, key=lambda row: row["parent_name"] or "")
    ]


def _topic_name(ticket: Ticket) -> str:
    topic = ticket.topic
    if topic is None:
        return _("none")
    return f"{topic.parent.name}{UNDER}{topic.name}" if topic.parent else topic.name

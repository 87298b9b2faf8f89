"""The work lists of agents: who is in which, page by page, and how many."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import F, IntegerField, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from helpdesk.accounts.models import Agent, Rights
from helpdesk.lib.compiled import Compiled
from tickets.models import NEVER, Ticket
from tickets.models.ticket import TicketQuerySet

PAGE = 50
COUNTED = 1000
TEAM = "team/"
PLAIN_VIEWS = ("mine", "unassigned", "waiting", "all")

_SALT = "tickets.queue"
_TEAM_VIEW = re.compile(r"team/[0-9]{1,9}")
_KEY = (F("queue_at"), F("id"))


class UnknownView(LookupError):
    """There is no queue of this name."""


class BadCursor(ValueError):
    """A page was asked for by an address that we did not make."""


class CountOf(Subquery):
    """How many rows a limited queryset has; the limit bounds what is counted."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


# What a line of a queue shows (tickets.desk.queue_rows); a ticket has thrice as much.
_SHOWN = (
    "number", "subject", "preview", "channel", "priority", "contact_number", "is_contact_sure",
    "reopened_count", "waiting_since", "reply_due_at", "solve_due_at", "queue_at", "alarm",
    "status__name", "assignee__name", "assignee__email", "customer__name",
    "customer__contacts_count",
    "customer__next_promise_due_at",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some tickets in next-due order, and the cursor of the page after them or ""."""

    tickets: list[Ticket]
    after: str


def is_view(view: str) -> bool:
    """Whether a queue may be called so."""
    return view in PLAIN_VIEWS or _TEAM_VIEW.fullmatch(view) is not None


def split_view(view: str) -> tuple[str, int]:
    """A view as its kind and the team it is of; 0 where it is of none."""
    is_of_team = _TEAM_VIEW.fullmatch(view) is not None
    return (TEAM, int(view.removeprefix(TEAM))) if is_of_team else (view, 0)


def view_of(kind: str, team: int) -> str:
    """The view that split_view has split."""
    return f"{TEAM}{team}" if kind == TEAM else kind


def tickets_in(view: str, agent: Agent) -> TicketQuerySet:
    """Return the tickets of a queue as an agent sees it: mine, unassigned, waiting, all, team/<id>.

    Raises UnknownView.
    """
    if not is_view(view):
        raise UnknownView(view)
    unfinished = Ticket.objects.visible_to(agent).unfinished()
    if view.startswith(TEAM):
        return unfinished.filter(team_id=int(view.removeprefix(TEAM)))
    match view:
        case "mine":
            return unfinished.assigned_to(agent)
        case "unassigned":
            return unfinished.unassigned()
        case "waiting":
            return unfinished.waiting_on_customer()
    return unfinished


def queue_page(tickets: TicketQuerySet, *, after: str = "", size: int = PAGE) -> Page:
    """Read one page in one query, by key, so that the last page costs what the first does.

    Raises BadCursor.
    """
    return _page(list(_rows_of(tickets, _read_cursor(after) if after else None, size)), size)


def page_of_view(view: str, agent: Agent, *, after: str = "", size: int = PAGE) -> Page:
    """Read one page of a queue as queue_page does, by a statement written once. Raises
    UnknownView, BadCursor.
    """
    kind, team = split_view(view)
    at, pk = _read_cursor(after) if after else (NEVER, 0)
    place = "after" if after else "first"
    rows = _rows_in(agent.rights, kind, place, size, agent=agent.pk, view_team=team, at=at, pk=pk)
    return _page(rows, size)


@Compiled
def _rows_in(
    rights: Rights,
    kind: str,
    place: str,
    size: int,
    *,
    agent: int,
    view_team: int,
    at: datetime,
    pk: int,
) -> TicketQuerySet:
    tickets = tickets_in(view_of(kind, view_team), Agent.of_rights(rights, pk=agent))
    return _rows_of(tickets, (at, pk) if place == "after" else None, size)


def _rows_of(
    tickets: TicketQuerySet, after: tuple[datetime, int] | None, size: int
) -> TicketQuerySet:
    if after is not None:
        tickets = tickets.filter(TupleGreaterThan(_KEY, after))
    # The page is found in an index first, and only its own rows are joined.
    page = tickets.by_next_due().values("pk")[: size + 1]
    named = Ticket.objects.filter(pk__in=page).select_related("customer", "assignee", "status")
    return named.only(*_SHOWN).by_next_due()


def _page(rows: list[Ticket], size: int) -> Page:
    shown = rows[:size]
    has_more = len(rows) > size
    return Page(tickets=shown, after=_make_cursor(shown[-1]) if has_more else "")


def count_queues(views: list[str], agent: Agent) -> dict[str, int]:
    """Count every queue in one query; COUNTED + 1 stands for more than COUNTED."""
    split = [split_view(view) for view in views]
    teams = {f"team_{at}": team for at, (_kind, team) in enumerate(split)}
    [row] = _counts(agent.rights, tuple(kind for kind, _team in split), agent=agent.pk, **teams)
    return {view: row[f"view_{at}"] for at, view in enumerate(views)}


@Compiled
def _counts(
    rights: Rights, kinds: tuple[str, ...], *, agent: int, **teams: int
) -> QuerySet[Any, Any]:
    reader = Agent.of_rights(rights, pk=agent)
    views = [view_of(kind, teams[f"team_{at}"]) for at, kind in enumerate(kinds)]
    counts = {
        f"view_{at}": CountOf(tickets_in(view, reader).order_by().values("pk")[: COUNTED + 1])
        for at, view in enumerate(views)
    }
    return Agent.objects.filter(pk=agent).values(**counts)


def neighbours(ticket: Ticket, agent: Agent, view: str) -> dict[str, Any]:
    """Find who stands before and after the ticket in the queue, also when it has just left it."""
    if not view:
        return {}
    tickets = tickets_in(view, agent)
    here = (ticket.queue_at, ticket.pk)
    before = tickets.filter(TupleLessThan(_KEY, here)).order_by("-queue_at", "-id")
    after = tickets.filter(TupleGreaterThan(_KEY, here)).by_next_due()
    return {
        "previous": Subquery(before.values("number")[:1]),
        "next": Subquery(after.values("number")[:1]),
    }


def _make_cursor(ticket: Ticket) -> str:
    return signing.dumps([ticket.queue_at.isoformat(), ticket.pk], salt=_SALT)


def _read_cursor(after: str) -> tuple[datetime, int]:
    try:
        at, pk = signing.loads(after, salt=_SALT)
    except signing.BadSignature as error:
        raise BadCursor from error
    return datetime.fromisoformat(at), int(pk)

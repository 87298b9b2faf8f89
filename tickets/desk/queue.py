"""The work list: what needs an agent next, and why."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import ordinal
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from helpdesk.accounts.models import Agent
from helpdesk.web import AgentRequest, agent_required
from tickets import queries
from tickets.models import Ticket

CHIPS = 2
HOURS_A_DAY = 24

_NAMES: dict[str, str | LazyText] = {
    "mine": gettext_lazy("My open"),
    "unassigned": gettext_lazy("Unassigned"),
    "waiting": gettext_lazy("Waiting for customer"),
    "all": gettext_lazy("All open"),
}


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One reason why a ticket stands where it stands."""

    label: str
    tone: str
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class QueueView:
    key: str
    name: str
    count: int = 0

    @property
    def is_team(self) -> bool:
        return self.key.startswith(queries.TEAM)

    @property
    def shown_count(self) -> str:
        """The count as it is shown: counting stops at a thousand."""
        return f"{self.count:,}" if self.count <= queries.COUNTED else f"{queries.COUNTED:,}+"


@dataclass(frozen=True, kw_only=True)
class Row:
    ticket: Ticket
    chips: list[Chip]


@agent_required
@require_safe
def inbox(request: AgentRequest) -> HttpResponse:
    """Lead to the agent's own queue."""
    return redirect("desk:queue", "mine")


@agent_required
@require_safe
def queue(request: AgentRequest, view: str) -> HttpResponse:
    """Show a page of one queue in next-due order."""
    views = views_of(request.user)
    shown = _pick(views, view)
    tickets = queries.tickets_in(view, request.user)
    after = request.GET.get("after", "")
    try:
        page = queries.queue_page(tickets, after=after)
    except queries.BadCursor:
        messages.warning(request, _("That page is no longer there. This is the first one."))
        after, page = "", queries.queue_page(tickets)
    now = timezone.now()
    context = {
        "section": "inbox",
        "views": views,
        "view": shown,
        "rows": [Row(ticket=ticket, chips=chips_of(ticket, at=now)) for ticket in page.tickets],
        "after": page.after,
        "is_first_page": not after,
        "waiting": next(row for row in views if row.key == "waiting"),
    }
    return render(request, "tickets/desk/queue.html", context)


@agent_required
@require_safe
def queue_counts(request: AgentRequest, view: str) -> HttpResponse:
    """Show the list of queues with fresh counts."""
    views = views_of(request.user)
    context = {"views": views, "view": _pick(views, view)}
    return render(request, "tickets/desk/_views.html", context)


def views_of(agent: Agent) -> list[QueueView]:
    """The queues an agent has, counted, in two queries."""
    teams = list(agent.teams.all())
    names = {key: str(name) for key, name in _NAMES.items()}
    names |= {f"{queries.TEAM}{team.pk}": team.name for team in teams}
    counts = queries.count_queues(list(names), agent)
    return [QueueView(key=key, name=name, count=counts[key]) for key, name in names.items()]


def name_of_view(key: str) -> str:
    """The name of a queue where its team is not loaded."""
    return str(_NAMES.get(key, _("Team queue")))


def chips_of(ticket: Ticket, *, at: datetime) -> list[Chip]:
    """Why this ticket now: at most two reasons, the most pressing first, from its row alone."""
    return [chip for chip in _reasons(ticket, at) if chip][:CHIPS]


def _reasons(ticket: Ticket, at: datetime) -> list[Chip | None]:
    return [
        _promise_chip(ticket, at),
        _repeat_chip(ticket),
        _priority_chip(ticket),
        Chip(label=_("reopened"), tone="warning") if ticket.reopened_count else None,
        _first_chip(ticket),
    ]


def _promise_chip(ticket: Ticket, at: datetime) -> Chip | None:
    due_at = ticket.customer.next_promise_due_at
    if due_at is None or due_at >= at:
        return None
    days = (timezone.localtime(at).date() - timezone.localtime(due_at).date()).days
    hours = int((at - due_at).total_seconds() // 3600)
    late = _("%(n)s d") % {"n": days} if hours >= HOURS_A_DAY else _("%(n)s h") % {"n": hours}
    label = _("promise \N{MINUS SIGN}%(late)s") % {"late": late}
    return Chip(label=label, tone="promise", icon="timer")


def _repeat_chip(ticket: Ticket) -> Chip | None:
    if ticket.contact_number <= 1:
        return None
    return _nth_contact(ticket.contact_number, get_language())


@lru_cache(maxsize=1024)
def _nth_contact(number: int, language: str) -> Chip:
    """Made once a number and language: an ordinal asks for ten translations."""
    label = _("%(nth)s contact") % {"nth": ordinal(number)}
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


def _pick(views: list[QueueView], key: str) -> QueueView:
    found = next((view for view in views if view.key == key), None)
    if found is None:
        raise Http404
    return found

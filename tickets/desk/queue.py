"""The work list: what needs an agent next, and why."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from helpdesk.accounts.models import Agent
from helpdesk.web import AgentRequest, agent_required
from tickets import queues
from tickets.desk.queue_rows import rows_of

_NAMES: dict[str, str | LazyText] = {
    "mine": gettext_lazy("My open"),
    "unassigned": gettext_lazy("Unassigned"),
    "waiting": gettext_lazy("Waiting for customer"),
    "all": gettext_lazy("All open"),
}


@dataclass(frozen=True, kw_only=True)
class QueueView:
    key: str
    name: str
    count: int = 0

    @property
    def is_team(self) -> bool:
        return self.key.startswith(queues.TEAM)

    @property
    def shown_count(self) -> str:
        """The count as it is shown: counting stops at a thousand."""
        return f"{self.count:,}" if self.count <= queues.COUNTED else f"{queues.COUNTED:,}+"


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
    after = request.GET.get("after", "")
    try:
        page = queues.page_of_view(view, request.user, after=after)
    except queues.BadCursor:
        messages.warning(request, _("That page is no longer there. This is the first one."))
        after, page = "", queues.page_of_view(view, request.user)
    context = {
        "section": "inbox",
        "views": views,
        "view": shown,
        "rows": rows_of(page.tickets, view=view, at=timezone.now()),
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
    names |= {f"{queues.TEAM}{team.pk}": team.name for team in teams}
    counts = queues.count_queues(list(names), agent)
    return [QueueView(key=key, name=name, count=counts[key]) for key, name in names.items()]


def name_of_view(key: str) -> str:
    """The name of a queue where its team is not loaded."""
    return str(_NAMES.get(key, _("Team queue")))


def _pick(views: list[QueueView], key: str) -> QueueView:
    found = next((view for view in views if view.key == key), None)
    if found is None:
        raise Http404
    return found

"""One box that finds tickets, what was said, and people."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from helpdesk.web import AgentRequest, agent_required
from tickets.desk.timeline import TONES
from tickets.search import LONGEST_QUERY, Found
from tickets.search import search as find


@require_safe
@agent_required
def search(request: AgentRequest) -> HttpResponse:
    """Show what `?q` finds; a lone `#number` opens its ticket."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
    results = find(query, agent=request.user)
    if query.startswith("#") and len(results.tickets) == 1:
        number = results.tickets[0].row["number"]
        if query == f"#{number}":
            return redirect("desk:ticket", number)
    context = {
        "tickets": _toned(results.tickets),
        "said": _toned(results.messages),
        "query": query,
        "results": results,
        "section": "search",
    }
    return render(request, "tickets/desk/search.html", context)


def _toned(found: list[Found]) -> list[tuple[Found, str]]:
    """Give each row the tone of its ticket's status."""
    return [(row, TONES.get(row.row["category"], "")) for row in found]

"""What opens beside the page being worked on: an old ticket, a timeline, an organisation.

Each is a fragment for the side sheet; without scripts, a small page of its own.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.models import Customer, Touchpoint
from customers.operations import note_viewing
from customers.profiles import profile_of
from customers.queries import people_of, timeline_of
from helpdesk.lib.text import id_in
from helpdesk.web import AgentRequest, agent_required, wants_fragment
from tickets import queries
from tickets.desk.conversation import Gap, Said, conversation
from tickets.desk.organisations import find_organisation
from tickets.desk.ticket import find_ticket
from tickets.desk.timeline import TONES, entries_of
from tickets.joining.tickets import standing
from tickets.models import Ticket

WHY_LENGTH = 300
MOMENTS = 15
OUTCOMES = (Touchpoint.Kind.RATING, Touchpoint.Kind.PROMISE, Touchpoint.Kind.PROMISE_KEPT)


@require_safe
@agent_required
def ticket_peek(request: AgentRequest, number: int) -> HttpResponse:
    """An old ticket: how it ended and what was said, with the message a line rests on marked.

    `?message` names that message, `?why` says in words why it was matched.
    """
    ticket = find_ticket(request.user, number)
    if ticket.merged_into_id is not None:
        into = find_ticket(request.user, standing(ticket).number)
        to = reverse("desk:peek", args=[into.number])
        return redirect(f"{to}?{request.GET.urlencode()}")
    note_viewing(ticket.customer_id, agent_id=request.user.pk, at=timezone.now())
    match = id_in(request.GET.get("message", ""))
    is_folded = ticket.messages_count > queries.FOLDED_FROM
    messages = list(queries.messages_on_page(ticket, whole=not is_folded, also=match))
    items = conversation(ticket, messages=messages, reader=request.user, is_folded=is_folded)
    outcomes = Touchpoint.objects.filter(ticket_number=ticket.number, kind__in=OUTCOMES)
    context = {
        "ticket": ticket,
        "tone": TONES.get(ticket.category, ""),
        "items": [item for item in items if isinstance(item, Said | Gap)],
        "match": match if any(message.pk == match for message in messages) else None,
        "why": request.GET.get("why", "")[:WHY_LENGTH],
        "outcomes": entries_of(
            outcomes.visible_to(request.user).select_related("agent").order_by("at", "pk"),
            agent=request.user,
        ),
        "to": ticket.get_absolute_url(),
    }
    return answer_peek(request, "ticket", context)


@require_safe
@agent_required
def customer_peek(request: AgentRequest, pk: int) -> HttpResponse:
    """The newest moments of a customer's life with us, beside what is being written."""
    try:
        person = profile_of(pk, agent=request.user, at=timezone.now())
    except Customer.DoesNotExist as error:
        raise Http404 from error
    note_viewing(pk, agent_id=request.user.pk, at=timezone.now())
    page = timeline_of(person, agent=request.user, size=MOMENTS)
    context = {
        "customer": person,
        "entries": entries_of(page.touchpoints, agent=request.user),
        "pinned": list(person.notes.filter(is_pinned=True).select_related("author")[:3]),
        "hidden": max(0, person.contacts_count - person.seen_contacts),  # type: ignore[attr-defined]
        "has_older": page.older is not None,
        "to": person.get_absolute_url(),
    }
    return answer_peek(request, "customer", context)


@require_safe
@agent_required
def organisation_peek(request: AgentRequest, pk: int) -> HttpResponse:
    """Who else belongs to the organisation, and what is open for them."""
    group = find_organisation(request, pk)
    people = people_of(group, agent=request.user)
    unfinished = Ticket.objects.visible_to(request.user).unfinished()
    context = {
        "organisation": group,
        "people": people,
        "tickets": unfinished.filter(customer__organisation=group)
        .select_related("status", "customer")
        .order_by("-updated_at", "-id")[:MOMENTS],
        "now": timezone.now(),
    }
    return answer_peek(request, "organisation", context)


def answer_peek(request: AgentRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A part for the side sheet, or without scripts a page with it alone."""
    fragment = f"tickets/desk/_peek_{name}.html"
    if wants_fragment(request):
        return render(request, fragment, context)
    return render(request, "tickets/desk/peek.html", context | {"fragment": fragment})

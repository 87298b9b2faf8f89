"""One ticket with all an agent must know before answering."""

from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from customers.operations import note_viewing
from helpdesk.accounts.models import Agent
from helpdesk.lib.compiled import Compiled
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal, wants_fragment
from tickets import queries, queues
from tickets.briefing.briefing import brief
from tickets.briefing.models import FrozenBriefing
from tickets.briefing.suggesting import macro_for
from tickets.channels.models import Arrival
from tickets.desk.conversation import SHOWN, conversation, held_reply
from tickets.desk.event_words import Names
from tickets.desk.feedback import bad_answer
from tickets.desk.forms import ContactForm, PromiseForm
from tickets.desk.header import menus_of
from tickets.desk.merged import merged_with, origins_of, same_person
from tickets.desk.queue import name_of_view
from tickets.desk.recipients import dead_addresses, recipients_of
from tickets.joining.tickets import standing
from tickets.models import Category, Ticket, TicketEvent
from tickets.models.message import MessageQuerySet
from tickets.speech.queries import speech_around


@agent_required
@require_safe
def ticket(request: AgentRequest, number: int) -> HttpResponse:
    """Show the workspace of a ticket; of a merged one, that of the ticket which has its words."""
    found = find_ticket(request.user, number)
    if found.merged_into_id is not None:
        into = Ticket.objects.visible_to(request.user).filter(pk=standing(found).pk).first()
        if into is not None:
            return redirect(into)
    note_viewing(found.customer_id, agent_id=request.user.pk, at=timezone.now())
    return workspace(request, found)


def find_ticket(agent: Agent, number: int) -> Ticket:
    """Return a ticket the agent may see. Raises Http404 for others and for missing ones alike."""
    found = queries.full_ticket(number, agent=agent)
    if found is None:
        raise Http404
    return found


def view_of(request: HttpRequest) -> str:
    """The queue the ticket was opened from, or ""."""
    view = request.GET.get("v", "")
    return view if queues.is_view(view) else ""


def url_of(request: HttpRequest, ticket: Ticket) -> str:
    """The ticket's page, with the queue it was opened from."""
    view = view_of(request)
    return f"{ticket.get_absolute_url()}?v={view}" if view else ticket.get_absolute_url()


def workspace(
    request: AgentRequest, ticket: Ticket, *, status: int = 200, **changed: Any
) -> HttpResponse:
    """Render the whole page; `changed` replaces parts of the context, such as a refused form.

    At most twelve queries with session and agent, however long the history is.
    """
    now = timezone.now()
    view = view_of(request)
    around = queries.surroundings_of(ticket, agent=request.user, view=view)
    is_folded = "all" not in request.GET and ticket.messages_count > queries.FOLDED_FROM
    composer = changed.get("composer") or draft_of(around)
    merges = merged_with(ticket, at=now)
    briefing = brief(ticket, agent=request.user, at=now)
    speech = speech_around(ticket, agent=request.user)
    items = conversation(
        ticket,
        messages=_messages("folded" if is_folded else "whole", ticket=ticket.pk),
        events=_events(ticket=ticket.pk),
        names=Names.from_choices(around),
        reader=request.user,
        members=[row["customer"] for row in around.participants],
        is_folded=is_folded,
        origins=origins_of(merges),
    )
    context = {
        "section": "inbox",
        "ticket": ticket,
        "channel": f"ticket:{ticket.number}",
        "customer": ticket.customer,
        "around": around,
        "items": items,
        "merges": merges,
        "same": same_person(around.duplicates, ticket.customer_id),
        "is_shared": any(row["is_shared"] for row in around.identities),
        "briefing": briefing,
        "next_macro": macro_for(briefing, speech.macros),
        "promises": _dated(around.promises, "due_at"),
        "orders": _dated(around.orders, "placed_at"),
        "view": view,
        "view_name": name_of_view(view) if view else "",
        "query": f"?v={view}" if view else "",
        "page_url": url_of(request, ticket),
        "is_mine": ticket.assignee_id == request.user.pk,
        "is_finished": ticket.category in Ticket.FINISHED,
        "can_reply": ticket.category != Category.CLOSED,
        "menus": menus_of(ticket, around),
        "composer": composer,
        "recipients": recipients_of(
            around, name=ticket.customer.name, chosen=composer.get("chosen")
        ),
        "dead_addresses": dead_addresses(around),
        "held": held_reply(items, request.user, at=now),
        "contact_fields": _contact_fields(get_language()),
        "promise_form": PromiseForm(prefix="promise", owners=around.assignable),
        "speech": speech,
        "bad_answer": bad_answer(ticket),
    }
    return render(request, "tickets/desk/ticket.html", context | changed, status=status)


@Compiled
def _messages(shown: str, *, ticket: int) -> MessageQuerySet:
    return queries.messages_on_page(Ticket(pk=ticket), whole=shown == "whole").annotate(
        has_source=Exists(Arrival.objects.filter(message=OuterRef("pk"), channel="email")),
        has_briefing=Exists(FrozenBriefing.objects.filter(message=OuterRef("pk"))),
    )


@Compiled
def _events(*, ticket: int) -> QuerySet[TicketEvent]:
    return queries.events_on_page(Ticket(pk=ticket), SHOWN)


@cache
def _contact_fields(_language: str | None) -> SafeString:
    """The empty form of a call, visit or letter, which is the same on every ticket: drawn once a
    language."""
    return render_to_string("components/fields.html", {"form": ContactForm(prefix="contact")})


def draft_of(around: queries.Surroundings) -> dict[str, Any]:
    """What the agent's composer holds: their newest draft, or nothing."""
    draft = around.drafts[0] if around.drafts else {}
    return {
        "kind": draft.get("kind", "reply"),
        "body": draft.get("text", ""),
        "html": draft.get("html", ""),
    }


def done(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    """Answer a change: the ticket's page, of which htmx takes the parts that changed."""
    return redirect(url_of(request, ticket))


def leave_to_queue(request: AgentRequest) -> HttpResponse:
    """Lead back to the queue, where the ticket itself can no longer be shown."""
    to = reverse("desk:queue", args=[view_of(request) or "mine"])
    return HttpResponseClientRedirect(to) if wants_fragment(request) else redirect(to)


def refused(request: AgentRequest, error: DomainError, *, kept: str = "") -> HttpResponse:
    """Say why nothing was changed; htmx shows it under the ticket's header."""
    response = refusal(request, error, kept=kept)
    if wants_fragment(request):
        response["HX-Retarget"] = "#ticket-refusal"
        response["HX-Reswap"] = "innerHTML"
        response["HX-Reselect"] = "[data-refusal]"
    return response


def _dated(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Rows of JSON with one moment read back."""
    return [row | {name: parse_datetime(row[name])} for row in rows]

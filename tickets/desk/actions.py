"""What an agent does with a ticket besides writing: each a form, an operation, and the page."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from customers.models import Promise
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, wants_fragment
from tickets.desk.forms import (
    OwnerForm,
    PriorityForm,
    StatusForm,
    SubjectForm,
    TagsForm,
    TeamForm,
    TopicForm,
)
from tickets.desk.ticket import done, find_ticket, leave_to_queue, refused
from tickets.errors import NotAChoice
from tickets.models import Ticket
from tickets.operations import (
    assign_ticket,
    change_status,
    file_ticket,
    move_ticket,
    prioritise_ticket,
    reopen_ticket,
    retitle_ticket,
    solve_ticket,
    tag_ticket,
    undo_solving,
)
from tickets.speech.handing_over import needs_telling

ASKED = 3


def _act(
    request: AgentRequest,
    number: int,
    form_class: type[forms.Form],
    operation: Callable[..., Ticket],
) -> HttpResponse:
    """Run the operation with what the form holds; its fields are named as the arguments."""
    ticket = find_ticket(request.user, number)
    form = form_class(request.POST)
    if not form.is_valid():
        return refused(request, NotAChoice())
    return _run(request, ticket, operation, **form.cleaned_data)


def _run(
    request: AgentRequest, ticket: Ticket, operation: Callable[..., Ticket], **changes: Any
) -> HttpResponse:
    was_finished = ticket.category in Ticket.FINISHED
    by = Actor.agent(request.user.pk)
    try:
        changed = operation(ticket, **changes, by=by, at=timezone.now())
    except DomainError as error:
        return refused(request, error)
    if changed.category in Ticket.FINISHED and not was_finished:
        offer_undo(request, changed)
    return done(request, ticket)


def offer_undo(request: AgentRequest, ticket: Ticket) -> None:
    """Say that the ticket is solved, with a way back for the ten seconds the words stand."""
    context = {"ticket": ticket, "query": request.GET.urlencode()}
    words = render_to_string("tickets/desk/_undo.html", context, request)
    messages.success(request, mark_safe(words))  # noqa: S308 - a template of ours, escaped
    _ask_whether_kept(request, ticket)


def _ask_whether_kept(request: AgentRequest, ticket: Ticket) -> None:
    """Ask of each promise still open on a solved ticket whether it is done."""
    open_ones = Promise.objects.outstanding().visible_to(request.user)
    for promise in open_ones.filter(ticket_number=ticket.number).order_by("due_at")[:ASKED]:
        context = {"promise": promise, "ticket": ticket, "query": request.GET.urlencode()}
        words = render_to_string("tickets/desk/_promise_done.html", context, request)
        messages.warning(request, mark_safe(words))  # noqa: S308 - a template of ours, escaped


@agent_required
@require_POST
def take(request: AgentRequest, number: int) -> HttpResponse:
    """Make the ticket the agent's own."""
    ticket = find_ticket(request.user, number)
    return _run(request, ticket, assign_ticket, agent=request.user)


@agent_required
@require_POST
def assign(request: AgentRequest, number: int) -> HttpResponse:
    """Give the ticket to an agent; who gives away one they answered is offered a hand-over."""
    ticket = find_ticket(request.user, number)
    answer = _act(request, number, OwnerForm, assign_ticket)
    was_mine = ticket.assignee_id == request.user.pk
    if was_mine and answer.status_code == HTTPStatus.FOUND and needs_telling(ticket):
        words = _("Tell whoever has it now what they must know:")
        link = format_html('<a href="{}">{}</a>', _telling_url(ticket), _("Hand over"))
        messages.info(request, format_html("{} {}", words, link))
    return answer


def _telling_url(ticket: Ticket, **to: int) -> str:
    url = reverse("desk:hand-over", args=[ticket.number])
    return f"{url}?{urlencode(to)}" if to else url


@agent_required
@require_POST
def move(request: AgentRequest, number: int) -> HttpResponse:
    """Hand the ticket to a team, after which the agent may no longer see it.

    One that was answered or promised something goes to people who were not there only with words.
    """
    ticket = find_ticket(request.user, number)
    form = TeamForm(request.POST)
    team = form.cleaned_data["team"] if form.is_valid() else None
    if team and team.pk != ticket.team_id and needs_telling(ticket):
        url = _telling_url(ticket, team=team.pk)
        return HttpResponseClientRedirect(url) if wants_fragment(request) else redirect(url)
    answer = _act(request, number, TeamForm, move_ticket)
    is_gone = not Ticket.objects.visible_to(request.user).filter(number=number).exists()
    if is_gone:
        messages.success(request, _("#%(number)s was handed over.") % {"number": number})
        return leave_to_queue(request)
    return answer


@agent_required
@require_POST
def set_status(request: AgentRequest, number: int) -> HttpResponse:
    return _act(request, number, StatusForm, change_status)


@agent_required
@require_POST
def solve(request: AgentRequest, number: int) -> HttpResponse:
    return _run(request, find_ticket(request.user, number), solve_ticket)


@agent_required
@require_POST
def undo(request: AgentRequest, number: int) -> HttpResponse:
    """Take a solving back."""
    return _run(request, find_ticket(request.user, number), undo_solving)


@agent_required
@require_POST
def reopen(request: AgentRequest, number: int) -> HttpResponse:
    return _run(request, find_ticket(request.user, number), reopen_ticket)


@agent_required
@require_POST
def set_topic(request: AgentRequest, number: int) -> HttpResponse:
    return _act(request, number, TopicForm, file_ticket)


@agent_required
@require_POST
def set_priority(request: AgentRequest, number: int) -> HttpResponse:
    return _act(request, number, PriorityForm, prioritise_ticket)


@agent_required
@require_POST
def retitle(request: AgentRequest, number: int) -> HttpResponse:
    return _act(request, number, SubjectForm, retitle_ticket)


@agent_required
@require_POST
def set_tags(request: AgentRequest, number: int) -> HttpResponse:
    return _act(request, number, TagsForm, tag_ticket)

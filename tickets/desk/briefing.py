"""What an agent does with the briefing: decide on matches, say what was useful, see why."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, wants_fragment
from tickets.briefing.briefing import brief, items_for, lines_of
from tickets.briefing.items import BriefingItem
from tickets.briefing.keeping import mark_item, note_look
from tickets.briefing.last_contacts import OPENED, SHOWN, last_contacts
from tickets.briefing.models import FrozenBriefing
from tickets.briefing.using import note_opened
from tickets.desk.peeks import answer_peek
from tickets.desk.ticket import done, find_ticket, refused
from tickets.errors import NotAChoice
from tickets.issues.deciding import decide_link, withdraw_decision
from tickets.issues.grouping import name_issue
from tickets.issues.models import Issue
from tickets.models import Ticket

MOODS = (("upset", _("upset")), ("strained", _("strained")), ("content", _("content")))


class DecisionForm(forms.Form):
    """Whether another ticket is the same issue: yes, no, or let the rules decide again."""

    is_same = forms.ChoiceField(choices=(("yes", ""), ("no", ""), ("open", "")))


class MarkForm(forms.Form):
    """What an agent thinks of one line."""

    item = forms.CharField(max_length=16)
    is_useful = forms.ChoiceField(choices=(("yes", ""), ("no", "")))
    reason = forms.CharField(max_length=200, required=False)
    correction = forms.ChoiceField(choices=MOODS, required=False)


class IssueForm(forms.Form):
    """What an agent calls an issue; empty: as its oldest ticket is called."""

    label = forms.CharField(max_length=300, required=False)


@require_safe
@agent_required
def more_contacts(request: AgentRequest, number: int) -> HttpResponse:
    """The customer's tickets after those that stand beside this one; whole, their profile."""
    ticket = find_ticket(request.user, number)
    if not wants_fragment(request):
        return redirect(ticket.customer)
    contacts = last_contacts(ticket, agent=request.user, limit=OPENED + 1)
    context = {
        "contacts": contacts[SHOWN:OPENED],
        "is_mixed": any(contact.is_later for contact in contacts),
        "customer": ticket.customer,
        "has_more": len(contacts) > OPENED,
    }
    return render(request, "tickets/desk/_more_contacts.html", context)


@agent_required
@require_POST
def decide(request: AgentRequest, number: int, other: int) -> HttpResponse:
    """Say that two tickets are the same issue or not, or take back what was said."""
    ticket = find_ticket(request.user, number)
    matched = get_object_or_404(Ticket.objects.visible_to(request.user), number=other)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return refused(request, NotAChoice())
    by, at = Actor.agent(request.user.pk), timezone.now()
    said = form.cleaned_data["is_same"]
    try:
        if said == "open":
            withdraw_decision(ticket, other=matched, by=by, at=at)
        else:
            decide_link(ticket, other=matched, is_same=said == "yes", by=by, at=at)
    except DomainError as error:
        return refused(request, error)
    return done(request, ticket)


@agent_required
@require_POST
def name(request: AgentRequest, number: int) -> HttpResponse:
    """Call the ticket's issue something else."""
    ticket = find_ticket(request.user, number)
    issue = get_object_or_404(Issue, members__ticket=ticket)
    form = IssueForm(request.POST)
    if not form.is_valid():
        return refused(request, NotAChoice())
    by, at = Actor.agent(request.user.pk), timezone.now()
    name_issue(issue, label=form.cleaned_data["label"], by=by, at=at)
    return done(request, ticket)


@agent_required
@require_POST
def mark(request: AgentRequest, number: int) -> HttpResponse:
    """Keep that a line was useful, or wrong and why."""
    ticket = find_ticket(request.user, number)
    form = MarkForm(request.POST)
    now = timezone.now()
    items = {item.key: item for item in items_for(ticket, agent=request.user, at=now)}
    if not form.is_valid() or form.cleaned_data["item"] not in items:
        return refused(request, NotAChoice())
    mark_item(
        ticket,
        agent=request.user,
        item=items[form.cleaned_data["item"]],
        is_useful=form.cleaned_data["is_useful"] == "yes",
        reason=form.cleaned_data["reason"],
        correction=form.cleaned_data["correction"],
        at=now,
    )
    return _why(request, ticket) if wants_fragment(request) else done(request, ticket)


@agent_required
@require_POST
def looked(request: AgentRequest, number: int) -> HttpResponse:
    """Keep what the agent has had before them: what comes later is new to them."""
    ticket = find_ticket(request.user, number)
    now = timezone.now()
    items = items_for(ticket, agent=request.user, at=now)
    note_look(ticket, agent=request.user, items=items, at=now)
    return HttpResponse(status=204)


@agent_required
@require_POST
def opened(request: AgentRequest, number: int) -> HttpResponse:
    """Count that what proves a line was opened, for the rule that made the line."""
    ticket = find_ticket(request.user, number)
    now, rule = timezone.now(), request.POST.get("rule", "")
    if rule in {item.rule for item in items_for(ticket, agent=request.user, at=now)}:
        note_opened(rule, at=now)
    return HttpResponse(status=204)


@agent_required
@require_safe
def why(request: AgentRequest, number: int) -> HttpResponse:
    """Show every line with its rule and all its evidence, to say of each whether it helps."""
    return _why(request, find_ticket(request.user, number))


def _why(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    context: dict[str, Any] = {
        "ticket": ticket,
        "briefing": brief(ticket, agent=request.user, at=timezone.now()),
        "marks": {m.item_key: m for m in ticket.briefing_marks.filter(agent=request.user)},
        "moods": MOODS,
        "issue": Issue.objects.filter(members__ticket=ticket).first(),
        "to": ticket.get_absolute_url(),
    }
    return answer_peek(request, "briefing", context)


@agent_required
@require_safe
def frozen(request: AgentRequest, pk: int) -> HttpResponse:
    """Show what an agent could know when they sent a reply: to themselves and who sees all."""
    kept = get_object_or_404(
        FrozenBriefing.objects.select_related("message__ticket"),
        message=pk,
        message__ticket__in=Ticket.objects.visible_to(request.user),
    )
    if kept.message.agent_id != request.user.pk and not request.user.may(Permission.SEE_ALL_TEAMS):
        raise Http404
    ticket = kept.message.ticket
    items = [BriefingItem.from_row(row) for row in kept.items]
    context = {
        "ticket": ticket,
        "kept": kept,
        "lines": lines_of(items, at=kept.frozen_at),
        "to": ticket.get_absolute_url(),
    }
    return answer_peek(request, "frozen", context)

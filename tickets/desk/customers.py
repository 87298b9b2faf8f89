"""The customer's profile: who they are, their whole life with us, what we know and promised."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer, CustomerNote, Promise
from customers.operations import (
    add_customer_note,
    add_identity,
    keep_promise,
    pin_customer_note,
    update_customer,
)
from customers.queries import PAGE, Place, newest_customers
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.desk.customer_forms import DetailsForm, IdentityForm, NoteForm
from tickets.desk.cx import cx_rows_of, window_in
from tickets.desk.identity import merged_into
from tickets.desk.profile import profile
from tickets.models import Ticket
from tickets.operations import keep_promise_on_ticket


@require_safe
@agent_required
def customer_list(request: AgentRequest) -> HttpResponse:
    """The customers who turned to us last."""
    found = newest_customers(agent=request.user, before=Place.read(request.GET.get("before", "")))
    people = found[:PAGE]
    last = people[-1] if len(found) > PAGE else None
    older = Place(last.last_contact_at, last.pk) if last and last.last_contact_at else None
    return render(
        request,
        "tickets/desk/customer_list.html",
        {
            "people": people,
            "older": older,
            "may_upload": request.user.may(Permission.UPLOAD_EVENTS),
            "section": "customers",
        },
    )


@require_safe
@agent_required
def customer(request: AgentRequest, pk: int) -> HttpResponse:
    """The profile: everything about a person, with their whole life with us.

    Of a merged customer, that of whom they were merged into.
    """
    try:
        context = profile(request, pk)
    except Http404:
        if into := merged_into(pk, agent=request.user):
            return redirect(into)
        raise
    return render(request, "tickets/desk/customer.html", context)


@agent_required
def edit_details(request: AgentRequest, pk: int) -> HttpResponse:
    """The form of who somebody is; saving changes only what differs."""
    person = find_person(request, pk)
    form = DetailsForm(request.POST or None, customer=person)
    if request.method == "POST" and form.is_valid():
        update_customer(
            person, changes=form.changes(), by=Actor.agent(request.user.pk), at=timezone.now()
        )
        return redirect("desk:customer", pk=pk)
    context = {"customer": person, "form": form, "section": "customers"}
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/customer_details.html", context, status=status)


@require_POST
@agent_required
def new_identity(request: AgentRequest, pk: int) -> HttpResponse:
    """Note another address of the customer, as claimed by them."""
    person = find_person(request, pk)
    form = IdentityForm(request.POST)
    if not form.is_valid():
        return again(request, pk, identity_form=form)
    try:
        add_identity(
            person,
            **form.cleaned_data,
            evidence=_("entered by %(name)s") % {"name": request.user},
            by=Actor.agent(request.user.pk),
            at=timezone.now(),
        )
    except DomainError as error:
        form.add_error("value", str(error))
        return again(request, pk, identity_form=form)
    return redirect("desk:customer", pk=pk)


@require_POST
@agent_required
def new_note(request: AgentRequest, pk: int) -> HttpResponse:
    """Keep a remark about the customer for every later agent."""
    person = find_person(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return again(request, pk, note_form=form)
    add_customer_note(
        person, **form.cleaned_data, by=Actor.agent(request.user.pk), at=timezone.now()
    )
    return redirect("desk:customer", pk=pk)


@require_POST
@agent_required
def pin_note(request: AgentRequest, pk: int, note_pk: int) -> HttpResponse:
    """Pin a remark, or unpin it when `pinned` is empty."""
    note = get_object_or_404(CustomerNote, pk=note_pk, customer=find_person(request, pk))
    is_pinned = bool(request.POST.get("pinned"))
    by = Actor.agent(request.user.pk)
    pin_customer_note(note, is_pinned=is_pinned, by=by, at=timezone.now())
    return redirect("desk:customer", pk=pk)


@require_POST
@agent_required
def keep(request: AgentRequest, pk: int) -> HttpResponse:
    """Close a promise as kept, on its ticket where it came from one."""
    promise = get_object_or_404(Promise.objects.visible_to(request.user), pk=pk)
    by, now = Actor.agent(request.user.pk), timezone.now()
    ticket = Ticket.objects.visible_to(request.user).filter(number=promise.ticket_number).first()
    try:
        if ticket is None:
            keep_promise(promise, by=by, at=now)
        else:
            keep_promise_on_ticket(ticket, promise=promise, by=by, at=now)
    except DomainError as error:
        return refusal(request, error)
    return redirect("desk:customer", pk=promise.customer_id)


@require_safe
@agent_required
def cx_rows(request: AgentRequest, pk: int, block: str) -> HttpResponse:
    """The rows one number of the summary is made of."""
    person = find_person(request, pk)
    window = window_in(request.GET.get("window", ""))
    agent, now = request.user, timezone.now()
    context = cx_rows_of(person, block=block, window=window, agent=agent, at=now)
    context |= {"subject": person, "back": person.get_absolute_url(), "section": "customers"}
    return render(request, "tickets/desk/customer_cx.html", context)


def find_person(request: AgentRequest, pk: int) -> Customer:
    """Return a customer the agent may know of. Raises Http404."""
    return get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)


def again(request: AgentRequest, pk: int, **forms: Any) -> HttpResponse:
    """Show the profile once more with what was typed and what was wrong."""
    context = profile(request, pk, **forms)
    return render(request, "tickets/desk/customer.html", context, status=422)

"""What belongs to a customer, and where they belong: addresses to take off, organisations."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from customers.models import Identity
from customers.operations import join_organisation, leave_organisation, remove_identity
from helpdesk.lib.actors import Actor
from helpdesk.web import AgentRequest, agent_required
from tickets.desk.customers import again, find_person
from tickets.desk.person_forms import JoinForm


@require_POST
@agent_required
def remove(request: AgentRequest, pk: int, identity_pk: int) -> HttpResponse:
    """Forget an address that is not this customer's. Adding it again brings it back, unproven."""
    person = find_person(request, pk)
    identity = get_object_or_404(Identity, pk=identity_pk, customer=person)
    remove_identity(identity, by=Actor.agent(request.user.pk), at=timezone.now())
    messages.success(request, gettext("%(address)s was removed.") % {"address": identity.shown})
    return redirect(person)


@require_POST
@agent_required
def join(request: AgentRequest, pk: int) -> HttpResponse:
    """Note that the customer also belongs to another organisation."""
    person = find_person(request, pk)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return again(request, pk, join_form=form)
    given, by = form.cleaned_data, Actor.agent(request.user.pk)
    group, role = given["organisation"], given["role"]
    if join_organisation(person, organisation=group, role=role, by=by, at=timezone.now()) is None:
        form.add_error("organisation", gettext("This is their organisation already."))
        return again(request, pk, join_form=form)
    return redirect(person)


@require_POST
@agent_required
def leave(request: AgentRequest, pk: int, organisation_pk: int) -> HttpResponse:
    """Note that the customer no longer belongs to one of their further organisations."""
    person = find_person(request, pk)
    membership = get_object_or_404(person.memberships, organisation=organisation_pk)
    leave_organisation(membership, by=Actor.agent(request.user.pk), at=timezone.now())
    return redirect(person)

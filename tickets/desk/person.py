"""Who a customer is related to, and what they agreed to."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Relationship
from customers.operations import end_relationship, give_consent, relate_customers, withdraw_consent
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required
from tickets.desk.customers import again, find_person
from tickets.desk.person_forms import ConsentForm, RelationForm


@require_POST
@agent_required
def relate(request: AgentRequest, pk: int) -> HttpResponse:
    """Note who the customer is to somebody else; both profiles show it."""
    person = find_person(request, pk)
    form = RelationForm(request.POST, agent=request.user)
    if not form.is_valid():
        return again(request, pk, relation_form=form)
    kind, is_theirs, other = form.chosen()
    customer, whose = (other, person) if is_theirs else (person, other)
    by = Actor.agent(request.user.pk)
    try:
        relate_customers(customer, other=whose, kind=kind, by=by, at=timezone.now())
    except DomainError as error:
        form.add_error("who", str(error))
        return again(request, pk, relation_form=form)
    return redirect("desk:customer", pk=pk)


@require_POST
@agent_required
def unrelate(request: AgentRequest, pk: int, relation_pk: int) -> HttpResponse:
    """Take a relationship back, whichever side it was entered on."""
    person = find_person(request, pk)
    relations = Relationship.objects.filter(customer=person) | person.related_by.all()
    relation = get_object_or_404(relations, pk=relation_pk)
    end_relationship(relation, by=Actor.agent(request.user.pk), at=timezone.now())
    return redirect("desk:customer", pk=pk)


@require_POST
@agent_required
def consent(request: AgentRequest, pk: int) -> HttpResponse:
    """Note that the customer agreed to something, or that they no longer do."""
    person = find_person(request, pk)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return again(request, pk, consent_form=form)
    by, now, given = Actor.agent(request.user.pk), timezone.now(), form.cleaned_data
    if request.POST.get("withdraw"):
        withdraw_consent(person, purpose=given["purpose"], by=by, at=now)
    else:
        evidence = given["evidence"] or _("entered by %(name)s") % {"name": request.user}
        give_consent(person, purpose=given["purpose"], evidence=evidence, by=by, at=now)
    return redirect("desk:customer", pk=pk)

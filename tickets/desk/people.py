"""Who belongs to a ticket, and whose address works again."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from customers.models import Identity
from customers.operations import trust_address
from helpdesk.lib.actors import Actor
from helpdesk.web import AgentRequest, agent_required
from tickets.desk.files import find_message
from tickets.desk.ticket import done, find_ticket
from tickets.operations import add_participant, remove_participant


@agent_required
@require_POST
def add_sender(request: AgentRequest, pk: int) -> HttpResponse:
    """Let whoever sent a message belong to its ticket from now on."""
    message = find_message(request, pk)
    if message.customer is None or "@" not in message.author_address:
        raise Http404
    add_participant(
        message.ticket,
        customer=message.customer,
        address=message.author_address,
        by=Actor.agent(request.user.pk),
        at=timezone.now(),
    )
    return done(request, message.ticket)


@agent_required
@require_POST
def confirm(request: AgentRequest, number: int, pk: int) -> HttpResponse:
    """Say that somebody named in a mail does belong to the ticket."""
    ticket = find_ticket(request.user, number)
    person = get_object_or_404(ticket.participants.select_related("customer"), pk=pk)
    add_participant(
        ticket,
        customer=person.customer,
        address=person.address,
        by=Actor.agent(request.user.pk),
        at=timezone.now(),
    )
    return done(request, ticket)


@agent_required
@require_POST
def remove(request: AgentRequest, number: int, pk: int) -> HttpResponse:
    """Take somebody off the ticket; who is off already stays off."""
    ticket = find_ticket(request.user, number)
    person = ticket.participants.filter(pk=pk).first()
    if person is not None:
        remove_participant(person, by=Actor.agent(request.user.pk), at=timezone.now())
    return done(request, ticket)


@agent_required
@require_POST
def trust_of_customer(request: AgentRequest, pk: int, identity_pk: int) -> HttpResponse:
    """Say on the profile that mail to one of the customer's addresses works again."""
    identity = get_object_or_404(Identity, pk=identity_pk, customer=pk)
    trust_address(identity, by=Actor.agent(request.user.pk), at=timezone.now())
    return redirect("desk:customer", pk)


@agent_required
@require_POST
def trust(request: AgentRequest, number: int, pk: int) -> HttpResponse:
    """Say that mail to an address of somebody on this ticket works again."""
    ticket = find_ticket(request.user, number)
    people = {ticket.customer_id, *ticket.participants.values_list("customer", flat=True)}
    identity = get_object_or_404(Identity, pk=pk, customer__in=people)
    trust_address(identity, by=Actor.agent(request.user.pk), at=timezone.now())
    return done(request, ticket)

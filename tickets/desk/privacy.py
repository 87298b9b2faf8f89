"""One person's data: handing it out and erasing it, with how far that is."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import open_blob
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.privacy.models import DataRequest
from tickets.privacy.requesting import confirmation_of, request_erasing, request_export

SHOWN = 20


@require_safe
@agent_required
def data(request: AgentRequest, pk: int) -> HttpResponse:
    """What was asked for about a customer's data and how far it is; the forms to ask."""
    customer = _customer(request.user, pk)
    requests = list(customer.data_requests.select_related("agent").order_by("-at", "-pk")[:SHOWN])
    context = {
        "section": "customers",
        "customer": customer,
        "requests": requests,
        "is_running": any(one.state != DataRequest.State.DONE for one in requests),
        "typed": confirmation_of(customer),
    }
    return render(request, "tickets/desk/privacy.html", context)


@require_POST
@agent_required
def export(request: AgentRequest, pk: int) -> HttpResponse:
    """Have all we know of a customer put into a file."""
    customer = _customer(request.user, pk)
    try:
        request_export(customer, by=Actor.agent(request.user.pk), at=timezone.now())
    except DomainError as error:
        return refusal(request, error)
    return redirect("desk:customer-data", pk)


@require_POST
@agent_required
def erase(request: AgentRequest, pk: int) -> HttpResponse:
    """Erase a customer for good, once their name was typed."""
    customer = _customer(request.user, pk)
    typed, by = request.POST.get("typed", ""), Actor.agent(request.user.pk)
    try:
        request_erasing(customer, typed=typed, by=by, at=timezone.now())
    except DomainError as error:
        return refusal(request, error)
    messages.success(request, _("The person is being erased."))
    return redirect("desk:customer-data", pk)


@require_safe
@agent_required
def exported_file(request: AgentRequest, pk: int, request_pk: int) -> HttpResponseBase:
    """The zip of an export, while it is kept."""
    customer = _customer(request.user, pk)
    found = get_object_or_404(customer.data_requests.exclude(sha256=""), pk=request_pk)
    try:
        blob = open_blob(found.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"customer-{customer.pk}.zip"
    return FileResponse(blob, as_attachment=True, filename=name, content_type="application/zip")


def _customer(agent: Agent, pk: int) -> Customer:
    if not agent.may(Permission.HANDLE_PERSONAL_DATA):
        raise PermissionDenied
    return get_object_or_404(Customer.objects.visible_to(agent), pk=pk)

"""A new contact: a mail from us, or a call, visit or letter written down."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from customers.models import Customer, Identity
from customers.operations import add_identity, find_customer, identify_customer
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required
from tickets.desk.new_forms import CLOCK, LogForm, WriteForm
from tickets.models import Ticket
from tickets.operations import ContactKind, NewMessage, open_logged_ticket, write_to_customer
from tickets.search import search


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def write(request: AgentRequest) -> HttpResponse:
    """Write to a customer; `?customer=<id>` fills in their address."""
    customer = _asked_customer(request)
    if request.method != "POST":
        form = WriteForm(agent=request.user, initial=_first_address(customer) | _team_of(request))
        return _page(request, "write", form, customer)
    form = WriteForm(request.POST, agent=request.user)
    if not form.is_valid():
        return _page(request, "write", form, customer, status=422)
    try:
        ticket = _write(request, form.cleaned_data, customer, at=timezone.now())
    except DomainError as error:
        form.add_error("to", str(error))
        return _page(request, "write", form, customer, status=409)
    return redirect("desk:ticket", ticket.number)


def _write(
    request: AgentRequest, given: dict[str, Any], asked: Customer | None, *, at: datetime
) -> Ticket:
    by, to = Actor.agent(request.user.pk), given["to"]
    if asked is not None and find_customer(kind="email", value=to) is None:
        add_identity(asked, kind="email", value=to, by=by, at=at)  # a new address of theirs
    person = identify_customer(kind="email", value=to, name=given["name"], by=by, at=at)
    content = NewMessage(text=given["text"], subject=given["subject"], recipients=(to,))
    return write_to_customer(
        customer=person,
        subject=given["subject"],
        content=content,
        team=given["team"],
        by=by,
        at=at,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def log(request: AgentRequest) -> HttpResponse:
    """Write down a call, visit or letter; the button `find` looks for the customer first."""
    customer = _asked_customer(request)
    if request.method != "POST":
        now = timezone.localtime()
        initial = {"happened_at": now.strftime(CLOCK), "was_answered": True} | _team_of(request)
        return _page(request, "log", LogForm(agent=request.user, initial=initial), customer)
    if "find" in request.POST:
        return _found(request, customer)
    form = LogForm(request.POST, agent=request.user)
    if not form.is_valid():
        return _page(request, "log", form, customer, status=422)
    given = form.cleaned_data
    by, now = Actor.agent(request.user.pk), timezone.now()
    person = given["customer"]
    if person is None:
        kind, value = given["identity"]
        person = identify_customer(kind=kind, value=value, name=given["name"], by=by, at=now)
    ticket = open_logged_ticket(
        customer=person,
        subject=given["subject"],
        kind=ContactKind(given["kind"]),
        direction=given["direction"],
        text=given["text"],
        was_answered=given["was_answered"],
        team=given["team"],
        by=by,
        at=given["happened_at"],
    )
    return redirect("desk:ticket", ticket.number)


def _found(request: AgentRequest, customer: Customer | None) -> HttpResponse:
    """Show who may be meant, with all that was typed still in the form."""
    matches = search(request.POST.get("who", ""), agent=request.user).customers
    form = LogForm(agent=request.user, initial=request.POST.dict())
    return _page(request, "log", form, customer, matches=matches, was_sought=True)


def _page(
    request: AgentRequest,
    name: str,
    form: WriteForm | LogForm,
    customer: Customer | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "customer": customer, "mode": name, "section": "new"} | more
    return render(request, f"tickets/desk/new_{name}.html", context, status=status)


def _asked_customer(request: AgentRequest) -> Customer | None:
    """The customer a link or the form names; one the agent may not see is not found."""
    asked = request.POST.get("customer") or request.GET.get("customer", "")
    if not asked.isascii() or not asked.isdecimal():
        return None
    return get_object_or_404(Customer.objects.visible_to(request.user), pk=asked[:18])


def _first_address(customer: Customer | None) -> dict[str, str]:
    if customer is None:
        return {}
    addresses = Identity.objects.filter(customer=customer, kind=Identity.Kind.EMAIL)
    proven_first = addresses.order_by("verified_at", "pk").values_list("shown", flat=True)
    return {"to": proven_first.first() or "", "name": customer.name}


def _team_of(request: AgentRequest) -> dict[str, int | None]:
    return {"team": request.user.teams.values_list("pk", flat=True).first()}

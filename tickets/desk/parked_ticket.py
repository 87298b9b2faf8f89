"""A ticket made by hand of what nobody could read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from customers.errors import NotAnAddress
from helpdesk.accounts.models import Team
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest
from tickets.channels.models import Arrival
from tickets.channels.parked import Legible, legible, open_from_arrival
from tickets.desk.arrivals import may_handle_parked

TEXT_OFFERED = 20_000


class TicketForm(forms.Form):
    """Who wrote, about what and which words, as far as a person can tell."""

    address = forms.EmailField(
        label=_("Sender's address"),
        error_messages={
            "required": _("Enter the address of who wrote this."),
            "invalid": _("Enter a whole address, like kofi@example.com."),
        },
    )
    name = forms.CharField(label=_("Sender's name"), required=False, max_length=200)
    subject = forms.CharField(
        label=_("Subject"), max_length=300, error_messages={"required": _("Enter a subject.")}
    )
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), required=False)
    text = forms.CharField(
        label=_("What they wrote"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": _("Enter what they wrote, or what you make of it.")},
    )

    def __init__(self, *args: Any, read: Legible, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["list"] = "senders"
        self.senders = read.senders


@require_http_methods(["GET", "HEAD", "POST"])
@may_handle_parked
def make_ticket(request: AgentRequest, pk: int) -> HttpResponse:
    """Show what can be read and make a ticket of it; the original stays with the ticket."""
    row = get_object_or_404(Arrival, pk=pk)
    read = legible(bytes(row.raw), envelope_from=row.envelope_from)
    name, address = read.senders[0] if read.senders else ("", "")
    offered = {
        "address": address,
        "name": name,
        "subject": read.subject,
        "text": read.text[:TEXT_OFFERED],
        "team": row.mailbox.team_id if row.mailbox else None,
    }
    form = TicketForm(request.POST or None, read=read, initial=offered)
    if request.method == "POST" and form.is_valid():
        try:
            message = open_from_arrival(
                row, **form.cleaned_data, agent=request.user, at=timezone.now()
            )
        except (DomainError, NotAnAddress) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("The ticket is made. The original is with it."))
            return redirect("desk:ticket", message.ticket.number)
    context = {"form": form, "arrival": row, "section": "parked"}
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/arrivals_ticket.html", context, status=status)

"""An organisation's page: its people, what they share, and their numbers together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from customers.models import Attribute, Customer, Organisation
from customers.operations import update_organisation
from customers.queries import people_of
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.web import AgentRequest, agent_required
from tickets.desk.cx import cx_block, cx_rows_of, window_in
from tickets.desk.person_forms import attribute_fields, attribute_values
from tickets.desk.person_words import attribute_words
from tickets.models import Category, Ticket, Topic

OPEN_TICKETS = 500
# So many people with one topic in so long a time may be one incident (UX A7).
SHARED_FOR, SHARED_BY, INCIDENT_FROM = timedelta(days=7), 2, 3


@dataclass
class PersonCard:
    """One of an organisation's people, with what is open, waiting and solved for them."""

    person: Customer
    tickets: list[Ticket] = field(default_factory=list)
    open: int = 0
    waiting: int = 0
    solved: int = 0


@require_safe
@agent_required
def organisation(request: AgentRequest, pk: int) -> HttpResponse:
    """The people of an organisation, what is open for each, and their numbers together."""
    agent, now = request.user, timezone.now()
    group = find_organisation(request, pk)
    kinds = Attribute.objects.filter(subject=Attribute.Subject.ORGANISATION)
    context = {
        "organisation": group,
        "cards": _cards(group, agent),
        "shared": _shared(group, agent, at=now),
        "incident_from": INCIDENT_FROM,
        "domains": list(group.domains.order_by("domain")),
        "attributes": attribute_words(list(kinds.values("key", "label", "kind")), group.attributes),
        "cx": cx_block(
            group, agent=request.user, at=now, window=window_in(request.GET.get("window", ""))
        ),
        "section": "customers",
    }
    return render(request, "tickets/desk/organisation.html", context)


@require_safe
@agent_required
def cx_rows(request: AgentRequest, pk: int, block: str) -> HttpResponse:
    """The rows one number of an organisation's summary is made of."""
    group = find_organisation(request, pk)
    window = window_in(request.GET.get("window", ""))
    agent, now = request.user, timezone.now()
    context = cx_rows_of(group, block=block, window=window, agent=agent, at=now)
    back = reverse("desk:organisation", args=[pk])
    context |= {"subject": group, "back": back, "section": "customers"}
    return render(request, "tickets/desk/customer_cx.html", context)


class OrganisationForm(forms.ModelForm):
    """What was agreed with an organisation, and who looks after it."""

    class Meta:
        model = Organisation
        fields = ("tier", "time_zone", "notes")
        labels = {
            "tier": _("Tier"),
            "time_zone": _("Time zone"),
            "notes": _("Contract and notes"),
        }
        widgets = {"notes": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account_owner"] = forms.ModelChoiceField(
            label=_("Account owner"),
            required=False,
            initial=self.instance.account_owner_id,
            queryset=Agent.objects.filter(Q(is_active=True) | Q(pk=self.instance.account_owner_id)),
        )
        self.fields |= attribute_fields(Attribute.Subject.ORGANISATION, self.instance.attributes)

    def changes(self) -> dict[str, Any]:
        """Only what differs from what we had."""
        own = [name for name in self.changed_data if not name.startswith("attribute-")]
        changes = {name: self.cleaned_data[name] for name in own}
        attributes = attribute_values(self.cleaned_data, self.instance.attributes)
        if attributes != self.instance.attributes:
            changes["attributes"] = attributes
        return changes


@agent_required
def edit_details(request: AgentRequest, pk: int) -> HttpResponse:
    """The form of what was agreed with an organisation; saving changes only what differs."""
    group = find_organisation(request, pk)
    form = OrganisationForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid():
        by = Actor.agent(request.user.pk)
        update_organisation(group, changes=form.changes(), by=by, at=timezone.now())
        return redirect("desk:organisation", pk=pk)
    context = {"organisation": group, "form": form, "section": "customers"}
    status = 422 if form.errors else 200
    return render(request, "tickets/desk/organisation_details.html", context, status=status)


def find_organisation(request: AgentRequest, pk: int) -> Organisation:
    """Return an organisation, seen by those who may see customers at all. Raises Http404."""
    rows = Organisation.objects.select_related("cx_summary", "account_owner")
    group = get_object_or_404(rows, pk=pk)
    if not Customer.objects.visible_to(request.user).exists():
        raise Http404
    return group


def _cards(group: Organisation, agent: Agent) -> list[PersonCard]:
    cards = {person.pk: PersonCard(person) for person in people_of(group, agent=agent)}
    seen = Ticket.objects.visible_to(agent).filter(customer__in=cards)
    waiting = Q(category__in=(Category.WAIT_CUSTOMER, Category.WAIT_OTHER))
    counted = (
        seen.order_by()
        .values("customer")
        .annotate(
            open=Count("pk", filter=Q(is_finished=False) & ~waiting),
            waiting=Count("pk", filter=waiting),
            solved=Count("pk", filter=Q(is_finished=True)),
        )
    )
    for row in counted:
        card = cards[row["customer"]]
        card.open, card.waiting, card.solved = row["open"], row["waiting"], row["solved"]
    unfinished = seen.unfinished().select_related("status").order_by("-updated_at", "-id")
    for ticket in unfinished[:OPEN_TICKETS]:
        cards[ticket.customer_id].tickets.append(ticket)
    return list(cards.values())


def _shared(group: Organisation, agent: Agent, *, at: datetime) -> list[dict[str, Any]]:
    """Topics several people of an organisation wrote about this week, the most people first."""
    recent = Ticket.objects.visible_to(agent).filter(
        customer__organisation=group, opened_at__gte=at - SHARED_FOR, topic__isnull=False
    )
    by_topic: dict[Topic, list[Ticket]] = defaultdict(list)
    for ticket in recent.select_related("topic", "customer").order_by("-opened_at")[:OPEN_TICKETS]:
        if ticket.topic is not None:
            by_topic[ticket.topic].append(ticket)
    shared = [
        {"topic": topic, "tickets": tickets, "people": people}
        for topic, tickets in by_topic.items()
        if (people := len({ticket.customer_id for ticket in tickets})) >= SHARED_BY
    ]
    return sorted(shared, key=lambda row: (-cast(int, row["people"]), str(row["topic"])))

"""Customers who may be one person: side by side, for an agent to say what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer, Duplicate, Identity
from customers.operations import EDITABLE, share_identity
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.lib.text import id_in
from helpdesk.web import AgentRequest, agent_required, refusal
from tickets.desk.customer_forms import LABELS
from tickets.joining.customers import merge_customers, refuse_merge
from tickets.joining.duplicates import keep_apart
from tickets.joining.models import Merge

PAGE = 50
COUNTED = ("identities", "tickets", "facts", "promises", "orders", "notes")


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person's, with why in words."""

    first: Customer
    second: Customer
    score: int
    reasons: str


@dataclass(frozen=True)
class Choice:
    """One detail of which two records know different values."""

    name: str
    label: str
    of_source: str
    of_target: str
    takes_source: bool


@require_safe
@agent_required
def duplicate_list(request: AgentRequest) -> HttpResponse:
    """Suggested duplicates, the likeliest first, and what was merged last."""
    people = Customer.objects.visible_to(request.user)
    pairs = Duplicate.objects.filter(
        state=Duplicate.State.SUGGESTED, first__in=people, second__in=people
    ).select_related("first__organisation", "second__organisation")
    merges = Merge.objects.filter(kind=Merge.Kind.CUSTOMERS, undone_at=None, is_final=False)
    recent = list(merges.select_related("agent").order_by("-pk")[:10])
    names = Customer.objects.in_bulk([pk for one in recent for pk in (one.source, one.target)])
    context = {
        "section": "customers",
        "pairs": [_pair(pair) for pair in pairs.order_by("-score", "-pk")[:PAGE]],
        "merges": [(one, names[one.source], names[one.target]) for one in recent],
    }
    return render(request, "tickets/desk/duplicates.html", context)


def _pair(pair: Duplicate) -> Pair:
    return Pair(pair.first, pair.second, pair.score, reason_words(pair.reasons))


def reason_words(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Why two customers may be one, in words: "quoted #1192, same name, order A-1042"."""
    words = {
        "phone": _("phone %(value)s in the text"),
        "quoted": _("quoted #%(value)s"),
        "name": _("same name"),
        "similar_name": _("similar name, %(value)s"),
        "order": _("order %(value)s"),
        "domain": _("both write from %(value)s"),
    }
    return ", ".join(words[one["code"]] % one for one in reasons if one["code"] in words)


@agent_required
def merge(request: AgentRequest, pk: int) -> HttpResponse:
    """Compare a customer with another (`?with=`), choose what is right, and make them one."""
    asked = request.POST if request.method == "POST" else request.GET
    one = _visible(request, pk)
    other_pk = id_in(asked.get("with", ""))
    if other_pk is None:
        return redirect("desk:duplicates")
    other = _visible(request, other_pk)
    source, target = (one, other) if asked.get("keep") == str(other.pk) else (other, one)
    if request.method == "POST":
        take = [name for name in EDITABLE if request.POST.get(f"field-{name}") == str(source.pk)]
        by, now = Actor.agent(request.user.pk), timezone.now()
        try:
            merge_customers(source, into=target, take=take, by=by, at=now)
        except DomainError as error:
            return refusal(request, error)
        messages.success(request, _("Merged. It can be undone at any time."))
        return redirect(target)
    context = {
        "section": "customers",
        "source": _counted(source),
        "target": _counted(target),
        "choices": list(_choices(source, target)),
        "refused": _refused(source, target),
        "why": _why(source, target),
    }
    return render(request, "tickets/desk/customer_merge.html", context)


@require_POST
@agent_required
def different(request: AgentRequest, pk: int) -> HttpResponse:
    """Say that two customers are different people."""
    one = _visible(request, pk)
    other = _visible(request, id_in(request.POST.get("with", "")))
    keep_apart(one, other, by=Actor.agent(request.user.pk), at=timezone.now())
    messages.success(request, _("Kept: these are different people."))
    back = id_in(request.POST.get("ticket", ""))
    return redirect(one) if back is None else redirect("desk:ticket", back)


@require_POST
@agent_required
def share(request: AgentRequest, pk: int, identity_pk: int) -> HttpResponse:
    """Say that several people stand behind an address, or no longer."""
    person = _visible(request, pk)
    identity = get_object_or_404(Identity, pk=identity_pk, customer=person)
    is_shared = bool(request.POST.get("shared"))
    by = Actor.agent(request.user.pk)
    share_identity(identity, is_shared=is_shared, by=by, at=timezone.now())
    return redirect(person)


def _visible(request: AgentRequest, pk: int | None) -> Customer:
    people = Customer.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(people, pk=pk)


def _counted(customer: Customer) -> Customer:
    counts = {f"{name}_n": Count(name, distinct=True) for name in COUNTED}
    people = Customer.objects.select_related("organisation").prefetch_related("identities")
    return people.annotate(**counts).get(pk=customer.pk)


def _choices(source: Customer, target: Customer) -> Any:
    labels = {**LABELS, "organisation": _("Organisation")}
    for name, label in labels.items():
        mine, theirs = getattr(source, name), getattr(target, name)
        if mine and mine != theirs:
            yield Choice(name, str(label), str(mine), str(theirs or ""), takes_source=not theirs)


def _refused(source: Customer, target: Customer) -> str:
    try:
        refuse_merge(source, target)
    except DomainError as error:
        return str(error)
    return ""


def _why(source: Customer, target: Customer) -> str:
    pair = Duplicate.objects.filter(
        Q(first=source, second=target) | Q(first=target, second=source)
    ).first()
    return reason_words(pair.reasons) if pair else ""

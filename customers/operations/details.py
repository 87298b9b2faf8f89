from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Customer, CustomerNote, Order, Organisation, OrganisationDomain
from customers.operations.touchpoints import note_change, record_touchpoint
from helpdesk.lib.actors import Actor

EDITABLE = frozenset(
    {
        "name",
        "how_to_say",
        "pronouns",
        "tier",
        "language",
        "time_zone",
        "place",
        "country",
        "preferred_channel",
        "contact_from",
        "contact_until",
        "account_owner",
        "attributes",
        "customer_since_on",
        "organisation",
    }
)


@transaction.atomic
def update_customer(
    customer: Customer, *, changes: dict[str, Any], by: Actor, at: datetime
) -> Customer:
    """Change what we know about who somebody is; only the fields named in `changes`."""
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise ValueError(f"not a customer's detail: {', '.join(sorted(unknown))}")
    customer = Customer.objects.lock(customer.pk)
    for field, value in changes.items():
        setattr(customer, field, value)
    customer.save(update_fields=list(changes))
    note_change(customer.pk)
    return customer


@transaction.atomic
def create_organisation(
    *, name: str, domains: tuple[str, ...] = (), tier: str = "", by: Actor, at: datetime
) -> Organisation:
    """Return the organisation of this name, with these mail domains added to it."""
    organisation = Organisation.objects.filter(name__iexact=name).first()
    if organisation is None:
        organisation = Organisation.objects.create(name=name, tier=tier, created_at=at)
    for domain in domains:
        OrganisationDomain.objects.get_or_create(
            domain=domain.lower(), defaults={"organisation": organisation}
        )
    return organisation


@transaction.atomic
def add_customer_note(
    customer: Customer,
    *,
    text: str,
    is_pinned: bool = False,
    is_guard: bool = False,
    by: Actor,
    at: datetime,
) -> CustomerNote:
    """Keep a remark about a customer for every later agent; pinned ones show in the briefing.

    A guard is an instruction that comes before every suggestion, pinned or not.
    """
    note_change(customer.pk)
    return CustomerNote.objects.create(
        customer=customer,
        text=text,
        is_pinned=is_pinned,
        is_guard=is_guard,
        author_id=by.agent_id,
        at=at,
    )


@transaction.atomic
def pin_customer_note(
    note: CustomerNote, *, is_pinned: bool, by: Actor, at: datetime
) -> CustomerNote:
    """Show a remark on top of the profile and in the briefing, or no longer there."""
    CustomerNote.objects.filter(pk=note.pk).update(is_pinned=is_pinned)
    note.is_pinned = is_pinned
    note_change(note.customer_id)
    return note


@transaction.atomic
def record_order(
    customer: Customer,
    *,
    number: str,
    kind: str,
    placed_at: datetime,
    currency: str,
    total: str,
    status: str = "",
    items: list[dict[str, Any]] | None = None,
) -> Order:
    """Note a purchase or return the shop told us of. The same number again changes nothing."""
    order, created = Order.objects.get_or_create(
        number=number,
        defaults={
            "customer": customer,
            "kind": kind,
            "placed_at": placed_at,
            "currency": currency,
            "total": total,
            "status": status,
            "items": items or [],
        },
    )
    if created:
        record_touchpoint(
            customer.pk,
            kind="order",
            at=placed_at,
            title=number,
            data={"kind": kind, "currency": currency, "total": str(total)},
            ref_kind="order",
            ref_id=order.pk,
        )
    return order

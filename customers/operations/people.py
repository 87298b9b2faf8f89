"""What we know about a person besides their addresses: relations, consent, attributes."""

from datetime import datetime
from typing import Any

from django.db import transaction

from customers.errors import NotRelated
from customers.models import Consent, Customer, Organisation, Relationship
from customers.operations.touchpoints import note_change
from helpdesk.lib.actors import Actor

ORGANISATION_EDITABLE = frozenset({"tier", "time_zone", "notes", "account_owner", "attributes"})


@transaction.atomic
def relate_customers(
    customer: Customer, *, other: Customer, kind: str, by: Actor, at: datetime
) -> Relationship:
    """Note that `customer` is the `kind` of `other`; both profiles show it. Once is enough.

    Raises NotRelated.
    """
    if customer.pk == other.pk:
        raise NotRelated
    relationship, is_new = Relationship.objects.get_or_create(
        customer=customer,
        other=other,
        kind=Relationship.Kind(kind),
        defaults={"added_by_id": by.agent_id, "at": at},
    )
    if is_new:
        note_change(customer.pk, other.pk)
    return relationship


@transaction.atomic
def end_relationship(relationship: Relationship, *, by: Actor, at: datetime) -> None:
    """Take a relationship back, on both sides. Repeating it changes nothing."""
    if Relationship.objects.filter(pk=relationship.pk).delete()[0]:
        note_change(relationship.customer_id, relationship.other_id)


@transaction.atomic
def give_consent(
    customer: Customer, *, purpose: str, evidence: str = "", by: Actor, at: datetime
) -> Consent:
    """Note that a customer agreed to something, and how we know. What stands stays."""
    consent, is_new = Consent.objects.get_or_create(
        customer=customer,
        purpose=Consent.Purpose(purpose),
        withdrawn_at=None,
        defaults={"given_at": at, "evidence": evidence[:200]},
    )
    if is_new:
        note_change(customer.pk)
    return consent


@transaction.atomic
def withdraw_consent(customer: Customer, *, purpose: str, by: Actor, at: datetime) -> None:
    """Note that a customer no longer agrees. Repeating it changes nothing."""
    standing = Consent.objects.filter(customer=customer, purpose=purpose, withdrawn_at=None)
    if standing.update(withdrawn_at=at):
        note_change(customer.pk)


@transaction.atomic
def update_organisation(
    organisation: Organisation, *, changes: dict[str, Any], by: Actor, at: datetime
) -> Organisation:
    """Change what we know about an organisation; only the fields named in `changes`."""
    unknown = changes.keys() - ORGANISATION_EDITABLE
    if unknown:
        raise ValueError(f"not an organisation's detail: {', '.join(sorted(unknown))}")
    rows = Organisation.objects.select_for_update(of=("self",), no_key=True)
    organisation = rows.get(pk=organisation.pk)
    for field, value in changes.items():
        setattr(organisation, field, value)
    organisation.save(update_fields=list(changes))
    note_change(*organisation.customers.values_list("pk", flat=True))
    return organisation

from datetime import datetime

from django.db import transaction

from customers.models import Customer, Membership, Organisation
from customers.operations.touchpoints import note_change
from helpdesk.lib.actors import Actor


@transaction.atomic
def join_organisation(
    customer: Customer, *, organisation: Organisation, role: str = "", by: Actor, at: datetime
) -> Membership | None:
    """Note that somebody also belongs to another organisation; None where it is their main one."""
    customer = Customer.objects.lock(customer.pk)
    if customer.organisation_id == organisation.pk:
        return None
    membership, _ = Membership.objects.update_or_create(
        customer=customer,
        organisation=organisation,
        defaults={"role": role.strip()[:80]},
        create_defaults={"role": role.strip()[:80], "since": at},
    )
    note_change(customer.pk)
    return membership


@transaction.atomic
def leave_organisation(membership: Membership, *, by: Actor, at: datetime) -> None:
    """Somebody no longer belongs to another organisation. Twice is once."""
    Membership.objects.filter(pk=membership.pk).delete()
    note_change(membership.customer_id)

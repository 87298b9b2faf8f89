from datetime import datetime

from django.db import connection, transaction

from customers.errors import IdentityTaken
from customers.models import Customer, Identity, OrganisationDomain
from customers.operations.addresses import normalise
from customers.operations.touchpoints import note_change
from helpdesk.lib.actors import Actor


def find_customer(*, kind: str, value: str) -> Customer | None:
    """Return the customer an address belongs to, or None. Raises NotAnAddress."""
    identity = (
        Identity.objects.filter(kind=kind, value=normalise(kind, value))
        .select_related("customer")
        .first()
    )
    return identity.customer if identity else None


@transaction.atomic
def identify_customer(
    *, kind: str, value: str, name: str = "", language: str = "", by: Actor, at: datetime
) -> Customer:
    """Return the customer with this address, creating them at first contact.

    The address of a new customer is claimed, not verified; a new e-mail address joins the
    organisation that owns its domain. A name is taken over where we had none.
    Raises NotAnAddress.
    """
    stored = normalise(kind, value)
    if known := _known(kind, stored):
        if name and not known.name:
            known.name = name[:200]
            known.save(update_fields=["name"])
        return known
    customer = Customer.objects.create(
        name=name[:200],
        language=language,
        organisation_id=_organisation_of(kind, stored),
        created_at=at,
    )
    if _claim(customer, kind=kind, stored=stored, shown=value.strip(), at=at):
        return customer
    customer.delete()  # somebody else met this person in the same instant
    return Identity.objects.select_related("customer").get(kind=kind, value=stored).customer


@transaction.atomic
def add_identity(
    customer: Customer, *, kind: str, value: str, evidence: str = "", by: Actor, at: datetime
) -> Identity:
    """Note another address of a customer, claimed. Adding it again changes nothing.

    Raises IdentityTaken when it belongs to somebody else, NotAnAddress.
    """
    customer = Customer.objects.lock(customer.pk)
    identity, _ = Identity.objects.get_or_create(
        kind=kind,
        value=normalise(kind, value),
        defaults={
            "customer": customer,
            "shown": value.strip(),
            "evidence": evidence,
            "created_at": at,
        },
    )
    if identity.customer_id != customer.pk:
        raise IdentityTaken(value=value)
    note_change(customer.pk)
    return identity


@transaction.atomic
def verify_identity(identity: Identity, *, evidence: str, by: Actor, at: datetime) -> Identity:
    """Record that an address is proven to be the customer's, and how. The first proof stays."""
    identity = Identity.objects.select_for_update(no_key=True).get(pk=identity.pk)
    if identity.is_verified:
        return identity
    identity.verified_at = at
    identity.evidence = evidence[:200]
    identity.save(update_fields=["verified_at", "evidence"])
    note_change(identity.customer_id)
    return identity


def _claim(customer: Customer, *, kind: str, stored: str, shown: str, at: datetime) -> bool:
    """Give a new customer an address, unless it has become somebody's meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_identity (customer_id, kind, value, shown, evidence, created_at)"
            " VALUES (%s, %s, %s, %s, '', %s) ON CONFLICT DO NOTHING",
            [customer.pk, kind, stored, shown, at],
        )
        return bool(cursor.rowcount)


def _known(kind: str, stored: str) -> Customer | None:
    identity = Identity.objects.filter(kind=kind, value=stored).select_related("customer").first()
    return identity.customer if identity else None


def _organisation_of(kind: str, stored: str) -> int | None:
    if kind != Identity.Kind.EMAIL:
        return None
    domain = stored.rpartition("@")[2]
    return (
        OrganisationDomain.objects.filter(domain=domain)
        .values_list("organisation_id", flat=True)
        .first()
    )

from datetime import datetime, timedelta

from django.db import connection, transaction

from customers.errors import IdentityTaken
from customers.models import Customer, Identity, IdentityEvent, OrganisationDomain
from customers.operations.addresses import normalise
from customers.operations.ledger import record_identity_event
from customers.operations.touchpoints import note_change
from helpdesk.lib.actors import Actor

# How exact it is known when an address was last used; spares an UPDATE a mail.
SEEN_TO = timedelta(hours=1)


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
    if identity := _known(kind, stored):
        _see(identity, at=at)
        known = identity.customer
        if name and not known.name and known.erased_at is None:
            known.name = name[:200]
            known.save(update_fields=["name"])
        return known
    customer = Customer.objects.create(
        name=name[:200],
        language=language,
        organisation_id=_organisation_of(kind, stored),
        created_at=at,
    )
    if _claim(customer, kind=kind, stored=stored, shown=value.strip(), by=by, at=at):
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
    identity, created = Identity.objects.get_or_create(
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
    if created:
        added = IdentityEvent.Kind.ADDED
        record_identity_event(customer.pk, added, identity=identity, by=by, at=at)
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
    verified = IdentityEvent.Kind.VERIFIED
    record_identity_event(identity.customer_id, verified, identity=identity, by=by, at=at)
    note_change(identity.customer_id)
    return identity


_CLAIM = """
WITH claimed AS (
    INSERT INTO customers_identity
        (customer_id, kind, value, shown, evidence, created_at, last_seen_at)
    VALUES (%(customer)s, %(kind)s, %(value)s, %(shown)s, '', %(at)s, %(at)s)
    ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO customers_identityevent
    (customer_id, kind, identity_id, value, detail, at, actor_kind, agent_id)
SELECT %(customer)s, 'added', id, %(shown)s, '{}', %(at)s, %(actor)s, %(agent)s FROM claimed
"""


def _claim(
    customer: Customer, *, kind: str, stored: str, shown: str, by: Actor, at: datetime
) -> bool:
    """Give a new customer an address, unless it has become somebody's meanwhile."""
    values: dict[str, str | int | datetime | None] = {
        "customer": customer.pk,
        "kind": kind,
        "value": stored,
        "shown": shown,
        "at": at,
        "actor": by.kind.value,
        "agent": by.agent_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        return bool(cursor.rowcount)


def _known(kind: str, stored: str) -> Identity | None:
    return Identity.objects.filter(kind=kind, value=stored).select_related("customer").first()


def _see(identity: Identity, *, at: datetime) -> None:
    """Note when an address was last used, to the hour."""
    if identity.last_seen_at is None or at - identity.last_seen_at >= SEEN_TO:
        Identity.objects.filter(pk=identity.pk).update(last_seen_at=at)


def _organisation_of(kind: str, stored: str) -> int | None:
    if kind != Identity.Kind.EMAIL:
        return None
    domain = stored.rpartition("@")[2]
    return (
        OrganisationDomain.objects.filter(domain=domain)
        .values_list("organisation_id", flat=True)
        .first()
    )

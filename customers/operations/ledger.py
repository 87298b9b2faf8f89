"""The ledger of identities: what was added, proven, shared, moved and removed, by whom."""

from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Identity, IdentityEvent
from customers.operations.touchpoints import note_change
from helpdesk.lib.actors import Actor


def record_identity_event(
    customer_id: int,
    kind: IdentityEvent.Kind,
    *,
    identity: Identity | None = None,
    detail: dict[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> IdentityEvent:
    """Append to the ledger of a customer. Part of an operation that holds a transaction."""
    return IdentityEvent.objects.create(
        customer_id=customer_id,
        kind=kind,
        identity_id=identity.pk if identity else None,
        value=identity.shown if identity else "",
        detail=detail or {},
        at=at,
        actor_kind=by.kind.value,
        agent_id=by.agent_id,
    )


@transaction.atomic
def share_identity(identity: Identity, *, is_shared: bool, by: Actor, at: datetime) -> Identity:
    """Say that several people stand behind an address, or that it is one person's after all.

    Mail from a shared one goes to its customer, the household, until an agent says who wrote.
    """
    identity = Identity.objects.select_for_update(no_key=True).get(pk=identity.pk)
    if identity.is_shared == is_shared:
        return identity
    identity.is_shared = is_shared
    identity.save(update_fields=["is_shared"])
    kind = IdentityEvent.Kind.SHARED if is_shared else IdentityEvent.Kind.UNSHARED
    record_identity_event(identity.customer_id, kind, identity=identity, by=by, at=at)
    note_change(identity.customer_id)
    return identity


@transaction.atomic
def remove_identity(identity: Identity, *, by: Actor, at: datetime) -> None:
    """Forget an address that is not this customer's; what was written from it stays."""
    identity = Identity.objects.select_for_update().get(pk=identity.pk)
    kind = IdentityEvent.Kind.REMOVED
    record_identity_event(identity.customer_id, kind, identity=identity, by=by, at=at)
    note_change(identity.customer_id)
    identity.delete()

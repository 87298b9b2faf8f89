from datetime import datetime, timedelta

from django.db import transaction

from customers.models import Identity, MailReturn
from customers.operations.addresses import normalise
from helpdesk.lib.actors import Actor

# So many hard returns, over so long a time, and an address counts as dead: one server's bad day
# or one forged report does not do it.
HARD_RETURNS = 3
OVER = timedelta(hours=24)


@transaction.atomic
def note_mail_return(
    *,
    address: str,
    kind: str,
    status: str = "",
    reason: str = "",
    ticket_number: int | None = None,
    at: datetime,
) -> MailReturn | None:
    """Keep that mail to an address came back; mark the address once that has gone on for a day.

    None for an address nobody here has. Raises NotAnAddress.
    """
    identity = (
        Identity.objects.select_for_update(no_key=True)
        .filter(kind=Identity.Kind.EMAIL, value=normalise(Identity.Kind.EMAIL, address))
        .first()
    )
    if identity is None:
        return None
    returned = MailReturn.objects.create(
        identity=identity,
        kind=kind,
        at=at,
        status=status[:12],
        reason=reason[:300],
        ticket_number=ticket_number,
    )
    if identity.undeliverable_since is None and _is_dead(identity):
        identity.undeliverable_since = at
        identity.save(update_fields=["undeliverable_since"])
    return returned


@transaction.atomic
def trust_address(identity: Identity, *, by: Actor, at: datetime) -> Identity:
    """Say that mail to an address works again: what came back before no longer counts."""
    identity = Identity.objects.select_for_update(no_key=True).get(pk=identity.pk)
    identity.returns.filter(forgiven_at=None).update(forgiven_at=at)
    identity.undeliverable_since = None
    identity.save(update_fields=["undeliverable_since"])
    return identity


def _is_dead(identity: Identity) -> bool:
    hard = identity.returns.filter(kind=MailReturn.Kind.HARD, forgiven_at=None).order_by("at")
    times = list(hard.values_list("at", flat=True))
    return len(times) >= HARD_RETURNS and times[-1] - times[0] >= OVER

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from customers.models import Customer, Fact
from customers.operations.touchpoints import note_change
from helpdesk.lib.actors import Actor
from helpdesk.lib.secrets_in_text import mask_secrets

# How long a kind of fact stays true; what is not named here does not expire (BRIEFING 3.6).
LIFETIMES = {"device": timedelta(days=90), "address": timedelta(days=365)}


@transaction.atomic(savepoint=False)
def remember_fact(
    customer: Customer,
    *,
    key: str,
    value: str,
    source: str,
    lifetime: timedelta | None = None,
    by: Actor,
    at: datetime,
    **where: Any,
) -> Fact:
    """Keep something the customer told us, so that nobody asks again.

    `where` are `ticket_number`, `message_id` and `team_id`: the evidence. Hearing the same again
    keeps the newer evidence; a different value is kept beside the old one. It is known for
    `lifetime`, else as long as its kind is.
    """
    lifetime = lifetime or LIFETIMES.get(key)
    fact, created = Fact.objects.get_or_create(
        customer=customer,
        key=key[:60],
        value=mask_secrets(value).strip()[:500],
        defaults={
            "source": source,
            "at": at,
            "expires_at": at + lifetime if lifetime else None,
            **where,
        },
    )
    if not created and at > fact.at:
        Fact.objects.filter(pk=fact.pk).update(
            at=at, source=source, expires_at=at + lifetime if lifetime else None, **where
        )
        fact.refresh_from_db()
    note_change(customer.pk)
    return fact

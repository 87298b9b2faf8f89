from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from customers.models import Customer, Fact, Promise, Touchpoint, TouchpointYear

# What a timeline row keeps of a text in place; the whole is one click away at its source.
TEXT_LIMIT = 20_000


# Part of an operation that holds a transaction; it refuses nothing, so it needs no savepoint.
@transaction.atomic(savepoint=False)
def record_touchpoint(
    customer_id: int,
    *,
    kind: str,
    at: datetime,
    is_contact: bool = False,
    may_repeat: bool = True,
    **fields: Any,
) -> Touchpoint | None:
    """Append one moment to a customer's timeline; None when it was recorded before.

    `is_contact` counts it as the customer having turned to us. `may_repeat` off spares the look for
    it where its reference is new in this transaction. `fields` are those of Touchpoint.
    """
    fields["text"] = fields.get("text", "")[:TEXT_LIMIT]
    fields["title"] = fields.get("title", "")[:300]
    if may_repeat and fields.get("ref_id") is not None and _is_recorded(kind, fields):
        return None
    _count(customer_id, at, is_contact=is_contact)
    return Touchpoint.objects.create(
        customer_id=customer_id, kind=kind, at=at, is_contact=is_contact, **fields
    )


@transaction.atomic
def withdraw_touchpoint(customer_id: int, *, kind: str, ref_kind: str, ref_id: int) -> None:
    """Take a moment off the timeline that was undone before it meant anything."""
    moment = Touchpoint.objects.filter(
        customer_id=customer_id, kind=kind, ref_kind=ref_kind, ref_id=ref_id
    ).first()
    if moment is None:
        return
    TouchpointYear.objects.filter(
        customer_id=customer_id, year=moment.at.astimezone(UTC).year
    ).update(touchpoints=F("touchpoints") - 1)
    moment.delete()


def contacts_since(customer_id: int, *, since: datetime, until: datetime) -> list[datetime]:
    """Return when a customer turned to us in [since, until], newest first (contact episodes)."""
    return list(
        Touchpoint.objects.filter(
            customer_id=customer_id, at__gte=since, at__lte=until, is_contact=True
        )
        .order_by("-at")
        .values_list("at", flat=True)
    )


def hand_over_traces(*, ticket_number: int, team_id: int | None) -> None:
    """Let what a ticket left on its customer follow it to another team: who sees it changes too."""
    for model in (Touchpoint, Promise, Fact):
        model.objects.filter(ticket_number=ticket_number).update(team_id=team_id)
    seen = Touchpoint.objects.filter(ticket_number=ticket_number).values("customer")
    Customer.objects.filter(pk__in=seen).update(revision=F("revision") + 1)


def note_change(*customer_ids: int) -> None:
    """Count a change of what we know about customers: their briefings are made anew.

    Part of every operation that changes a customer and records no touchpoint.
    """
    Customer.objects.filter(pk__in=customer_ids).update(revision=F("revision") + 1)


def _is_recorded(kind: str, fields: dict[str, Any]) -> bool:
    known = Q(kind=kind, ref_kind=fields.get("ref_kind", ""), ref_id=fields["ref_id"])
    return Touchpoint.objects.filter(known).exists()


def _count(customer_id: int, at: datetime, *, is_contact: bool) -> None:
    """Count a moment on its customer, as a contact where it is one, and on its year, in one
    statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH counted AS (UPDATE customers_customer SET revision = revision + 1,"
            " contacts_count = contacts_count + %s, last_contact_at ="
            " CASE WHEN %s THEN greatest(last_contact_at, %s) ELSE last_contact_at END"
            " WHERE id = %s)"
            " INSERT INTO customers_touchpointyear (customer_id, year, touchpoints)"
            " VALUES (%s, %s, 1) ON CONFLICT (customer_id, year)"
            " DO UPDATE SET touchpoints = customers_touchpointyear.touchpoints + 1",
            [int(is_contact), is_contact, at, customer_id, customer_id, at.astimezone(UTC).year],
        )

"""What a profile says of who somebody is: suggestions, the ledger, merges that can be undone."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from customers.models import Customer, IdentityEvent
from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission
from tickets.desk.merged import same_person
from tickets.joining.models import Merge

MERGES = 10


def merged_into(pk: int, *, agent: Agent) -> Customer | None:
    """Whom a customer was merged into, at the end of the line; None for one who stands."""
    one = Customer.objects.filter(pk=pk).exclude(merged_into=None).first()
    while one is not None and one.merged_into is not None:
        one = one.merged_into
    return one if one and agent.may(Permission.WORK_TICKETS) else None


def ledger_line(row: Mapping[str, Any]) -> dict[str, Any]:
    """One event of the ledger, its moment read back and its kind in words."""
    words = IdentityEvent.Kind(row["kind"]).label
    return {**row, "at": parse_datetime(row["at"]), "words": words}


def identity_of(person: Customer, *, agent: Agent) -> dict[str, Any]:
    """The parts of a profile (customers.queries.profile_of) about identity, in one query."""
    merges = Merge.objects.filter(
        kind=Merge.Kind.CUSTOMERS, target=person.pk, undone_at=None, is_final=False
    )
    return {
        "same": same_person(person.shown_duplicates, person.pk),  # type: ignore[attr-defined]
        "ledger": [ledger_line(row) for row in person.shown_ledger],  # type: ignore[attr-defined]
        "merges": list(merges.order_by("-pk")[:MERGES]),
        "may_handle": agent.may(Permission.HANDLE_PERSONAL_DATA),
    }

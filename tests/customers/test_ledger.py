"""The ledger of identities: what was added, proven, shared and removed, by whom and when."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from customers.models import Customer, Identity, IdentityEvent
from customers.operations import (
    add_identity,
    create_organisation,
    identify_customer,
    join_organisation,
    leave_organisation,
    remove_identity,
    share_identity,
    verify_identity,
)
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM

HOUR = timedelta(hours=1)


def kinds(customer: Customer) -> list[str]:
    return list(customer.identity_events.order_by("id").values_list("kind", flat=True))


def test_every_change_of_an_identity_is_in_the_ledger(kofi: Customer, ana: Agent) -> None:
    by = Actor.agent(ana.pk)
    phone = add_identity(kofi, kind="phone", value="+233 30 222 3333", by=by, at=MONDAY_9AM)
    add_identity(kofi, kind="phone", value="+233 30 222 3333", by=by, at=MONDAY_9AM)
    verify_identity(phone, evidence="called back", by=by, at=MONDAY_9AM)
    share_identity(phone, is_shared=True, by=by, at=MONDAY_9AM)
    share_identity(phone, is_shared=True, by=by, at=MONDAY_9AM)
    remove_identity(phone, by=by, at=MONDAY_9AM)

    assert kinds(kofi) == ["added", "added", "verified", "shared", "removed"]
    last = kofi.identity_events.order_by("id").last()
    assert last is not None
    assert (last.agent, last.value) == (ana, "+233 30 222 3333")


def test_the_ledger_cannot_be_changed(kofi: Customer) -> None:
    events = IdentityEvent.objects.filter(customer=kofi)

    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        events.update(kind="removed")
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        events.delete()
    assert events.update(value="") == 1


def test_when_an_address_was_last_used_is_known_to_the_hour(kofi: Customer) -> None:
    for minutes in (10, 59, 90):
        identify_customer(
            kind="email",
            value="Kofi@example.com",
            by=Actor.system(),
            at=MONDAY_9AM + timedelta(minutes=minutes),
        )

    identity = Identity.objects.get()
    assert identity.created_at == MONDAY_9AM
    assert identity.last_seen_at == MONDAY_9AM + 1.5 * HOUR


def test_somebody_belongs_to_several_organisations(kofi: Customer) -> None:
    by = Actor.system()
    firm = create_organisation(name="Mensah Ltd", by=by, at=MONDAY_9AM)
    choir = create_organisation(name="Choir", by=by, at=MONDAY_9AM)
    Customer.objects.filter(pk=kofi.pk).update(organisation=firm)

    assert join_organisation(kofi, organisation=firm, by=by, at=MONDAY_9AM) is None
    membership = join_organisation(kofi, organisation=choir, role="tenor", by=by, at=MONDAY_9AM)
    join_organisation(kofi, organisation=choir, role="bass", by=by, at=MONDAY_9AM)
    assert membership is not None
    assert list(kofi.memberships.values_list("role", flat=True)) == ["bass"]
    leave_organisation(membership, by=by, at=MONDAY_9AM)
    assert not kofi.memberships.exists()

"""F6 and F10: who holds a mailbox, for how long, and by whose clock."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from helpdesk.lib.clock import database_now
from tests.embedded.instance import await_true
from tickets.channels.email import leases
from tickets.channels.email.leases import LeaseLost, held, take_lease
from tickets.channels.models import Mailbox
from tickets.channels.models.mailbox_parts import LEASE, LONGEST_WAIT

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def box(workspace: None) -> Mailbox:
    return Mailbox.objects.create(name="Held", address="held@localhost.example", door="imap")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED_EVERY", timedelta(milliseconds=20))


def ends_later_than(box: Mailbox, number: int) -> Callable[[], bool]:
    wanted = box.leased_until
    assert wanted is not None
    return lambda: Mailbox.objects.filter(lease_number=number, leased_until__gt=wanted).exists()


def test_the_mailbox_of_a_dead_worker_is_free_within_a_minute(box: Mailbox) -> None:
    at = database_now()
    take_lease(box.pk, at=at)

    assert take_lease(box.pk, at=at + LEASE) is None
    assert take_lease(box.pk, at=at + timedelta(minutes=1)) is not None


def test_a_fetch_that_takes_long_keeps_its_mailbox(box: Mailbox, hurried: None) -> None:
    lease = take_lease(box.pk, at=database_now())
    assert lease is not None
    box.refresh_from_db()

    with held(lease):
        await_true(ends_later_than(box, lease.number))


def test_a_worker_that_lost_its_mailbox_does_not_hold_it_anew(box: Mailbox, hurried: None) -> None:
    lost = take_lease(box.pk, at=database_now() - 2 * LEASE)
    assert lost is not None
    with held(lost):
        last = take_lease(box.pk, at=database_now())
        assert last is not None
        box.refresh_from_db()

    with pytest.raises(LeaseLost):
        lost.write(at=database_now() + HOUR)
    assert not ends_later_than(box, last.number)()


def test_a_lease_of_a_clock_that_was_set_back_holds_nobody_up(box: Mailbox) -> None:
    at = database_now()
    take_lease(box.pk, at=at + HOUR)

    assert box in Mailbox.objects.due(at)
    assert take_lease(box.pk, at=at) is not None


def test_a_wait_of_a_clock_that_was_set_back_is_over(box: Mailbox) -> None:
    at = database_now()
    Mailbox.objects.update(next_fetch_at=at + LONGEST_WAIT)
    assert box not in Mailbox.objects.due(at)

    Mailbox.objects.update(next_fetch_at=at + HOUR)
    assert box in Mailbox.objects.due(at)

"""Fetching from a real IMAP server: each mail once, whatever the server or a worker does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from tests.channels.email.conftest import AddBox
from tests.channels.email.dovecot import Dovecot
from tests.channels.mails import arrival_of, mail
from tickets.channels.email.fetching import fetch_due_mailboxes, fetch_mailbox
from tickets.channels.email.imap import fetch_folder
from tickets.channels.email.leases import Lease, LeaseLost, take_lease
from tickets.channels.models import Arrival, Mailbox
from tickets.models import Message

MAILS = [mail(f"Number {number}", Message_ID=f"<{number}@imap.example>") for number in range(5)]
pytestmark = pytest.mark.django_db(transaction=True)


def fetch() -> int:
    return fetch_due_mailboxes(at=timezone.now())


def at_once(work: Callable[[], int], workers: int = 2) -> list[int]:
    def one(_number: int) -> int:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(one, range(workers)))


def test_new_mail_is_fetched_once_and_becomes_messages(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box()
    dovecot.put(box.imap_user, *MAILS)

    assert (fetch(), fetch()) == (5, 0)

    assert Message.objects.count() == 5
    arrival = arrival_of(MAILS[0])
    assert bytes(arrival.raw) == MAILS[0]
    assert (arrival.source, arrival.mailbox) == (Arrival.Source.IMAP, box)
    box.refresh_from_db()
    assert box.last_error == ""
    assert box.last_fetched_at is not None
    assert box.leased_until is None


def test_only_what_came_since_is_fetched(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box()
    dovecot.put(box.imap_user, *MAILS[:3])
    fetch()

    dovecot.put(box.imap_user, *MAILS[3:])

    assert fetch() == 2
    assert Message.objects.count() == 5


def test_a_renumbered_folder_adds_nothing(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box()
    dovecot.put(box.imap_user, *MAILS)
    fetch()
    box.refresh_from_db()
    before = box.uid_validity

    dovecot.empty(box.imap_user)
    dovecot.put(box.imap_user, *reversed(MAILS), mail("A new one."))

    assert fetch() == 1
    box.refresh_from_db()
    assert box.uid_validity != before
    assert Message.objects.count() == 6


def test_two_workers_at_once_make_one_message_of_each_mail(
    dovecot: Dovecot, add_box: AddBox
) -> None:
    dovecot.put(add_box().imap_user, *MAILS)

    assert sum(at_once(fetch)) == 5
    assert Message.objects.count() == 5


def test_five_workers_on_one_mailbox_make_one_message_of_each_mail(
    dovecot: Dovecot, add_box: AddBox
) -> None:
    dovecot.put(add_box().imap_user, *(mail(f"Of many, {number}") for number in range(60)))

    assert sum(at_once(fetch, workers=5)) == 60
    assert Message.objects.count() == 60


def test_a_stale_worker_moves_nothing_on(dovecot: Dovecot, add_box: AddBox) -> None:
    box, now = add_box(after_fetch="delete"), timezone.now()
    dovecot.put(box.imap_user, *MAILS)
    stale = take_lease(box.pk, at=now - timedelta(minutes=10))
    assert stale is not None
    fresh = take_lease(box.pk, at=now)

    with pytest.raises(LeaseLost):
        fetch_folder(Mailbox.objects.get(pk=box.pk), stale)

    box.refresh_from_db()
    assert fresh == Lease(box.pk, stale.number + 1)
    assert box.last_uid == 0
    assert dovecot.count(box.imap_user) == 5  # kept here, and left there for who holds it
    assert fetch_mailbox(box.pk, at=now + timedelta(minutes=6)) == 0
    assert dovecot.count(box.imap_user) == 0
    assert Message.objects.count() == 5


def test_a_mailbox_waits_for_its_lease_and_for_no_dead_worker(
    dovecot: Dovecot, add_box: AddBox
) -> None:
    now = timezone.now()
    box = add_box(leased_until=now + timedelta(seconds=25))
    dovecot.put(box.imap_user, *MAILS)

    assert fetch_due_mailboxes(at=now) == 0
    assert fetch_due_mailboxes(at=now + timedelta(seconds=30)) == 5


def test_flags_on_the_server_stay_as_people_set_them(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box()
    dovecot.put(box.imap_user, MAILS[0])
    dovecot.put(box.imap_user, MAILS[1], flags=(b"\\Flagged", b"\\Seen"))

    assert fetch() == 2

    assert dovecot.flags(box.imap_user) == [set(), {b"\\Flagged", b"\\Seen"}]


def test_mail_people_have_read_is_fetched_all_the_same(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box()
    dovecot.put(box.imap_user, *MAILS, flags=(b"\\Seen",))

    assert fetch() == 5


def test_mail_moved_away_and_back_adds_nothing(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box()
    dovecot.put(box.imap_user, *MAILS)
    dovecot.add_folder(box.imap_user, "Later")
    fetch()

    dovecot.move(box.imap_user, "Support", "Later")
    assert fetch() == 0
    dovecot.move(box.imap_user, "Later", "Support")

    assert fetch() == 0
    assert Message.objects.count() == 5


def test_mail_that_is_safe_here_is_moved_on_the_server(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box(after_fetch="move", after_fetch_folder="Done")
    dovecot.add_folder(box.imap_user, "Done")
    dovecot.put(box.imap_user, *MAILS)

    assert fetch() == 5

    assert dovecot.count(box.imap_user) == 0
    assert dovecot.count(box.imap_user, "Done") == 5


def test_mail_that_is_safe_here_is_marked_as_read(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box(after_fetch="seen")
    dovecot.put(box.imap_user, MAILS[0])

    fetch()

    assert dovecot.flags(box.imap_user) == [{b"\\Seen"}]


def test_mail_over_the_limit_is_parked_by_its_header(
    dovecot: Dovecot, add_box: AddBox, settings: Settings
) -> None:
    settings.MAIL_SIZE_LIMIT = 10_000
    box = add_box(after_fetch="delete")
    dovecot.put(box.imap_user, mail("x" * 20_000, subject="Far too large"), MAILS[0])

    assert fetch() == 2

    large = Arrival.objects.parked().get()
    assert "larger than the limit" in large.reason
    assert b"Far too large" in bytes(large.raw)
    assert large.size < 1_000
    assert dovecot.count(box.imap_user) == 1  # it is nowhere else, so it stays there
    assert fetch() == 0


def test_mail_of_before_a_day_is_left_out(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box(imap_since=timezone.now().date() + timedelta(days=2))
    dovecot.put(box.imap_user, *MAILS)

    assert fetch() == 0

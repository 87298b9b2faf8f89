"""Fetching from a real IMAP server: each mail once, whatever the server or a worker does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from helpdesk.lib.actors import Actor
from tests.channels.email.dovecot import PASSWORD, Dovecot, running_dovecot
from tests.channels.mails import arrival_of, mail
from tickets.channels.email.fetching import fetch_due_mailboxes, fetch_mailbox
from tickets.channels.email.imap import fetch_folder
from tickets.channels.email.leases import Lease, LeaseLost, take_lease
from tickets.channels.mailboxes import change_mailbox
from tickets.channels.models import Arrival, Mailbox
from tickets.models import Message

MAILS = [mail(f"Number {number}", Message_ID=f"<{number}@imap.example>") for number in range(5)]
AddBox = Callable[..., Mailbox]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def add_box(workspace: None, dovecot: Dovecot, request: pytest.FixtureRequest) -> AddBox:
    """Add a mailbox whose user on the server belongs to this test alone."""

    def add_box(name: str = "box", **fields: object) -> Mailbox:
        whole: dict[str, object] = {
            "name": name,
            "address": f"{name}@localhost.example",
            "door": Mailbox.Door.IMAP,
            "imap_host": "127.0.0.1",
            "imap_port": dovecot.port,
            "imap_security": "none",
            "imap_user": f"{name}-{request.node.name}",
            "imap_secret": PASSWORD,
            "imap_folder": "Support",
        }
        return Mailbox.objects.create(**(whole | fields))

    return add_box


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


def test_a_wrong_password_is_shown_and_stops_no_other_mailbox(
    dovecot: Dovecot, add_box: AddBox
) -> None:
    wrong = add_box("a-wrong-one", imap_secret="not this")  # noqa: S106
    right = add_box("right")
    dovecot.put(wrong.imap_user, mail("Behind the wrong one."))
    dovecot.put(right.imap_user, *MAILS)

    assert fetch() == 5

    wrong.refresh_from_db()
    assert "Authentication failed" in wrong.last_error
    assert wrong.leased_until is None
    assert fetch() == 0  # it waits before it tries again
    right_one = {"imap_secret": PASSWORD}
    change_mailbox(wrong, changes=right_one, by=Actor.system(), at=timezone.now())
    assert fetch() == 1
    wrong.refresh_from_db()
    assert wrong.last_error == ""


def test_a_server_that_is_away_is_shown_and_stops_no_other_mailbox(
    dovecot: Dovecot, add_box: AddBox
) -> None:
    away = add_box("away", imap_port=1)
    dovecot.put(add_box("right").imap_user, *MAILS)

    assert fetch() == 5
    away.refresh_from_db()
    assert "refused" in away.last_error


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


def test_a_folder_that_is_not_there_is_named(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box(after_fetch="move", after_fetch_folder="Nowhere")
    dovecot.put(box.imap_user, *MAILS)
    other = add_box("other", imap_folder="Absent")

    fetch()

    assert Message.objects.count() == 5
    box.refresh_from_db()
    other.refresh_from_db()
    assert "Nowhere" in box.last_error
    assert "Absent" in other.last_error
    assert dovecot.count(box.imap_user) == 5


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


def test_faults_in_a_row_are_counted_and_wait_longer_each_time(add_box: AddBox) -> None:
    box, now = add_box("away", imap_port=1), timezone.now()

    for _number in range(3):
        fetch_due_mailboxes(at=now)
        box.refresh_from_db()
        assert box.next_fetch_at is not None
        now = box.next_fetch_at

    assert box.failures == 3
    assert box.is_failing(timezone.now())
    assert box.next_fetch_at is not None
    assert 80 < (box.next_fetch_at - timezone.now()).total_seconds() < 145
    assert list(Mailbox.objects.failing(timezone.now())) == [box]


def test_a_name_that_cannot_be_found_is_told_from_a_closed_door(add_box: AddBox) -> None:
    lost, closed = add_box("lost", imap_host="imap.invalid"), add_box("closed", imap_port=1)

    fetch()

    lost.refresh_from_db()
    closed.refresh_from_db()
    assert "cannot be found" in lost.last_error
    assert "nothing listens" in closed.last_error


def test_encryption_where_there_is_none_is_told(add_box: AddBox) -> None:
    box = add_box("tls", imap_security="tls")

    fetch()

    box.refresh_from_db()
    assert "TLS" in box.last_error

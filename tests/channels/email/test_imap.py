"""Fetching from a real IMAP server: each mail once, whatever the server or a worker does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.channels.email.dovecot import PASSWORD, Dovecot, running_dovecot
from tests.channels.mails import arrival_of, mail
from tickets.channels.email.imap import fetch_due_mailboxes, fetch_mailbox
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
            "imap_tls": False,
            "imap_user": f"{name}-{request.node.name}",
            "imap_secret": PASSWORD,
            "imap_folder": "Support",
        }
        return Mailbox.objects.create(**(whole | fields))

    return add_box


def fetch() -> int:
    return fetch_due_mailboxes(at=timezone.now())


def at_once(work: Callable[[], int]) -> list[int]:
    def one(_number: int) -> int:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(one, range(2)))


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


def test_even_without_the_lease_each_mail_is_kept_once(dovecot: Dovecot, add_box: AddBox) -> None:
    box = add_box()
    dovecot.put(box.imap_user, *MAILS)

    assert sum(at_once(lambda: fetch_mailbox(Mailbox.objects.get(pk=box.pk)))) == 5
    assert Message.objects.count() == 5


def test_a_mailbox_waits_for_its_lease_and_for_no_dead_worker(
    dovecot: Dovecot, add_box: AddBox
) -> None:
    now = timezone.now()
    box = add_box(leased_until=now + timedelta(minutes=1))
    dovecot.put(box.imap_user, *MAILS)

    assert fetch_due_mailboxes(at=now) == 0
    assert fetch_due_mailboxes(at=now + timedelta(minutes=2)) == 5


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
    wrong.imap_secret = PASSWORD
    wrong.save(update_fields=["imap_secret"])
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

"""What is wrong with an IMAP server is shown in words, and holds up no other mailbox."""

import pytest
from django.utils import timezone

from helpdesk.lib.actors import Actor
from tests.channels.email.conftest import AddBox
from tests.channels.email.dovecot import PASSWORD, Dovecot
from tests.channels.email.test_imap import MAILS, fetch
from tests.channels.mails import mail
from tickets.channels.email.fetching import fetch_due_mailboxes
from tickets.channels.mailboxes import change_mailbox
from tickets.channels.models import Mailbox
from tickets.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


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

"""F4 and F6: an IMAP server that is cut, slow or silent; and five workers at one mailbox."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from tests.channels.email.dovecot import PASSWORD, Dovecot, running_dovecot
from tests.channels.mails import mail
from tests.faults.tools.proxy import Faults, Proxy
from tickets.channels.email import imap
from tickets.channels.email.fetching import fetch_mailbox
from tickets.channels.models import Arrival, Mailbox

MAILS = [mail(f"This is mail {n}. " * 200, Message_ID=f"<{n}@cut.example>") for n in range(12)]
MORE = (0, 600, 1_500, 20_000, 40_000)
LONG = pytest.mark.faults
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def proxy(dovecot: Dovecot) -> Iterator[Proxy]:
    with Proxy(dovecot.port) as between:
        yield between


@pytest.fixture
def box(workspace: None, dovecot: Dovecot, proxy: Proxy, request: pytest.FixtureRequest) -> Mailbox:
    """A mailbox behind the proxy, with twelve mails on its server."""
    proxy.faults = Faults()
    user = f"user{abs(hash(request.node.name))}"
    dovecot.put(user, *MAILS)
    return add_box("behind", user, proxy.port)


def add_box(name: str, user: str, port: int) -> Mailbox:
    return Mailbox.objects.create(
        name=name,
        address=f"{name}@localhost.example",
        door="imap",
        imap_host="127.0.0.1",
        imap_port=port,
        imap_security="none",
        imap_user=user,
        imap_secret=PASSWORD,
        imap_folder="Support",
        after_fetch="delete",
    )


def fetch(box: Mailbox) -> Mailbox:
    fetch_mailbox(box.pk, at=timezone.now())
    box.refresh_from_db()
    return box


def assert_whole_once_healed(box: Mailbox, proxy: Proxy, dovecot: Dovecot) -> None:
    """Each mail is kept byte for byte, once, and the mailbox is empty and healthy."""
    proxy.faults = Faults()
    fetch(box)
    kept = sorted(bytes(raw) for raw in Arrival.objects.values_list("raw", flat=True))
    assert kept == sorted(MAILS)
    assert dovecot.count(box.imap_user) == 0
    assert (box.failures, box.last_error, box.leased_until) == (0, "", None)


@pytest.mark.parametrize("is_reset", [False, True], ids=["end", "reset"])
@pytest.mark.parametrize("after", [60, 5_000, *(pytest.param(n, marks=LONG) for n in MORE)])
def test_a_cut_anywhere_loses_and_doubles_nothing(
    box: Mailbox,
    proxy: Proxy,
    dovecot: Dovecot,
    after: int,
    is_reset: bool,  # noqa: FBT001
) -> None:
    proxy.faults = Faults(cut_after=after, is_reset=is_reset)
    fetch(box)
    assert box.failures == 1
    assert box.last_error
    assert box.next_fetch_at is not None

    assert_whole_once_healed(box, proxy, dovecot)


def test_a_server_that_says_bye_is_tried_again(
    box: Mailbox, proxy: Proxy, dovecot: Dovecot
) -> None:
    proxy.faults = Faults(cut_after=1_000, says_last=b"\r\n* BYE going down\r\n")
    assert fetch(box).failures == 1

    assert_whole_once_healed(box, proxy, dovecot)


def test_a_server_that_sends_byte_by_byte_is_waited_for(
    box: Mailbox, proxy: Proxy, dovecot: Dovecot
) -> None:
    proxy.faults = Faults(slice_size=1)
    fetch(box)

    assert_whole_once_healed(box, proxy, dovecot)


def test_a_silent_server_is_given_up_and_no_other_mailbox_waits_for_it(
    box: Mailbox, proxy: Proxy, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "TIMEOUT", 2)
    other = add_box("other", "other", dovecot.port)
    dovecot.put("other", mail("Of the other", Message_ID="<other@cut.example>"))
    proxy.faults = Faults(is_deaf=True)
    with ThreadPoolExecutor(1) as thread:
        silent = thread.submit(fetch_and_close, box.pk)
        assert fetch(other).failures == 0
        silent.result()

    box.refresh_from_db()
    assert "does not answer" in box.last_error
    Arrival.objects.filter(mailbox=other).delete()
    assert_whole_once_healed(box, proxy, dovecot)


def test_five_workers_at_one_mailbox_keep_each_mail_once(
    box: Mailbox, proxy: Proxy, dovecot: Dovecot
) -> None:
    with ThreadPoolExecutor(5) as threads:
        kept = list(threads.map(fetch_and_close, [box.pk] * 5))

    assert sum(kept) == len(MAILS)
    assert_whole_once_healed(box, proxy, dovecot)


def fetch_and_close(pk: int) -> int:
    try:
        return fetch_mailbox(pk, at=timezone.now())
    finally:
        connection.close()

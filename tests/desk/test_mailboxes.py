"""Mailboxes at the desk: added, changed and looked after without the admin."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.channels.mailboxes import (
    DefaultMailboxNeeded,
    MailboxTaken,
    NoSuchSetting,
    add_mailbox,
    change_mailbox,
)
from tickets.channels.models import Mailbox, MailboxChange, MailboxSignIn

SYSTEM = Actor.system()
DOOR = {
    "door": "imap",
    "imap_host": "imap.example.com",
    "imap_port": "993",
    "imap_security": "tls",
    "imap_user": "support",
    "imap_auth": "password",
    "imap_secret": "hidden words",
    "imap_folder": "INBOX",
    "after_fetch": "leave",
}


@pytest.fixture
def head(client: Client, ines: Agent) -> Client:
    """A browser signed in as the supervisor; nothing is known of mailboxes of other tests."""
    cache.clear()
    client.force_login(ines)
    return client


@pytest.fixture
def box(db: None) -> Mailbox:
    settings = {"name": "Support", "address": "support@example.com"}
    return add_mailbox(settings=settings, by=SYSTEM, at=MONDAY_9AM)


def settings_of(box: Mailbox, part: str) -> str:
    return f"/desk/mailboxes/{box.pk}/settings/{part}"


def test_a_mailbox_is_added_and_its_door_asked_next(head: Client, support: Team) -> None:
    given = {"name": "Help", "address": "Help@Example.com", "team": support.pk, "door": "imap"}

    answer = head.post("/desk/mailboxes/new", given)

    box = Mailbox.objects.get()
    assert (box.address, box.team, box.is_default) == ("help@example.com", support, True)
    assert answer["Location"] == settings_of(box, "door")
    assert "imap_host" in head.get(answer["Location"]).content.decode()


def test_a_secret_goes_in_and_never_comes_out(head: Client, box: Mailbox) -> None:
    head.post(settings_of(box, "door"), DOOR)
    head.post(settings_of(box, "door"), DOOR | {"imap_secret": "", "imap_folder": "Support"})

    box = Mailbox.objects.get()
    assert (box.imap_secret, box.imap_folder) == ("hidden words", "Support")
    for path in ("", "/settings/door", "/settings/out"):
        assert "hidden words" not in head.get(f"/desk/mailboxes/{box.pk}{path}").content.decode()
    assert "hidden words" not in str(list(MailboxChange.objects.values()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT imap_secret FROM channels_mailbox")
        assert "hidden words" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"imap_host": ""}, "Enter the name of the IMAP server."),
        ({"imap_secret": ""}, "Enter the password."),
        ({"imap_port": "0"}, "greater than or equal to 1"),
        ({"after_fetch": "move"}, "Enter the folder to move mail to."),
        ({"imap_auth": "oauth2"}, "Enter the client id of your application."),
        ({"door": "webhook"}, "Choose the provider that posts here."),
        ({"door": "sqs"}, "Enter the address of the SQS queue."),
    ],
)
def test_what_a_door_needs_is_asked(
    head: Client, box: Mailbox, changed: dict[str, str], said: str
) -> None:
    answer = head.post(settings_of(box, "door"), DOOR | changed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Mailbox.objects.get().imap_host == ""


def test_tokens_go_to_encrypted_addresses_only(head: Client, box: Mailbox) -> None:
    door = DOOR | {"imap_auth": "oauth2", "sign_in_with": "other", "client_id": "us"}
    addresses = {"authorise_url": "https://p.example/a", "token_url": "http://p.example/t"}

    refused = head.post(settings_of(box, "door"), door | addresses)
    head.post(settings_of(box, "door"), door | addresses | {"token_url": "https://p.example/t"})

    assert "Tokens may only go to an https address." in refused.content.decode()
    assert MailboxSignIn.objects.get().token_url == "https://p.example/t"  # noqa: S105


def test_a_sign_in_for_sending_needs_an_application(head: Client, box: Mailbox) -> None:
    out = {"outgoing": "smtp", "smtp_host": "smtp.example.com", "smtp_port": "587"}
    out |= {"smtp_security": "starttls", "smtp_user": "u", "smtp_auth": "oauth2"}

    refused = head.post(settings_of(box, "out"), out)
    head.post(settings_of(box, "out"), out | {"smtp_auth": "password", "smtp_secret": "words"})

    assert "Name the application to sign in with" in refused.content.decode()
    box = Mailbox.objects.get()
    assert (box.outgoing, box.smtp_host, box.smtp_secret) == ("smtp", "smtp.example.com", "words")


def test_all_of_the_first_part_is_saved(head: Client, box: Mailbox, support: Team) -> None:
    given = {"name": "Help", "address": box.address, "aliases": "a@example.com\nB@example.com",
             "team": support.pk, "is_active": "on", "is_default": "on", "takes": "to",
             "language": "en-gb", "signature": "Kind regards", "quotes": "full"}  # fmt: skip
    given |= {"acknowledges": "on", "acknowledges_hourly": "2", "acknowledges_daily": "9"}

    assert head.post(settings_of(box, "address"), given).status_code == 302

    box.refresh_from_db()
    assert (box.aliases, box.takes, box.quotes) == (
        ["a@example.com", "b@example.com"],
        "to",
        "full",
    )
    assert (box.signature, box.acknowledges, box.acknowledges_hourly) == ("Kind regards", True, 2)
    page = head.get(f"/desk/mailboxes/{box.pk}").content.decode()
    assert "Ines Costa" in page
    assert "at most 2 an hour and 9 a day" in page


def test_the_history_tells_old_and_new_in_words(head: Client, box: Mailbox) -> None:
    by, long = SYSTEM, "Kind regards\nyour support team"
    changes = {"quotes": "full", "signature": long, "imap_secret": "hidden words"}
    change_mailbox(box, changes=changes, by=by, at=MONDAY_9AM)
    change_mailbox(box, changes={"signature": ""}, by=by, at=MONDAY_9AM)

    page = head.get(f"/desk/mailboxes/{box.pk}").content.decode()

    assert "Replies quote: from “Nothing” to “The whole conversation”" in page
    assert page.count(long) == 2
    assert "IMAP password: changed; it is never shown" in page
    assert "The installation" in page


def test_an_address_leads_to_one_mailbox(box: Mailbox) -> None:
    other = {"name": "Other", "address": "other@example.com"}

    for taken in ({"address": box.address}, {"aliases": [box.address]}, {"name": box.name}):
        with pytest.raises(MailboxTaken):
            add_mailbox(settings=other | taken, by=SYSTEM, at=MONDAY_9AM)


def test_one_mailbox_is_always_the_default(box: Mailbox) -> None:
    settings = {"name": "Other", "address": "other@example.com", "is_default": True}
    for change in ({"is_default": False}, {"is_active": False}):
        with pytest.raises(DefaultMailboxNeeded):
            change_mailbox(box, changes=change, by=SYSTEM, at=MONDAY_9AM)

    other = add_mailbox(settings=settings, by=SYSTEM, at=MONDAY_9AM)

    assert list(Mailbox.objects.filter(is_default=True)) == [other]


def test_only_settings_are_set(box: Mailbox) -> None:
    for name in ("lease_number", "last_uid", "hook_key", "id"):
        with pytest.raises(NoSuchSetting):
            change_mailbox(box, changes={name: 7}, by=SYSTEM, at=MONDAY_9AM)


def test_another_folder_begins_anew_and_fences_off_who_is_fetching(box: Mailbox) -> None:
    Mailbox.objects.update(last_uid=9, uid_validity=1, failures=3, leased_until=timezone.now())

    change_mailbox(box, changes={"imap_folder": "Other"}, by=SYSTEM, at=MONDAY_9AM)
    change_mailbox(box, changes={"signature": "Regards"}, by=SYSTEM, at=MONDAY_9AM)

    box.refresh_from_db()
    assert (box.last_uid, box.uid_validity, box.failures) == (0, None, 0)
    assert (box.leased_until, box.lease_number) == (None, 1)


def test_a_failing_mailbox_is_told_on_every_page_of_who_may_mend_it(
    head: Client, client: Client, box: Mailbox, ana: Agent
) -> None:
    long = "imap.example.com:993 refused the user or the password: " + "x" * 200
    Mailbox.objects.update(door="imap", failures=3, last_error=long, failing_since=MONDAY_9AM)

    assert "1 mailbox does not get its mail." in head.get("/desk/me/").content.decode()
    page = head.get("/desk/mailboxes/").content.decode()
    assert long in page
    assert "failed 3 times in a row" in page
    assert client.get("/readyz").json()["mailboxes_failing"] == 1
    client.force_login(ana)
    assert "does not get its mail" not in client.get("/desk/me/").content.decode()


def test_a_mailbox_nobody_fetches_any_more_is_told(head: Client, box: Mailbox) -> None:
    long_ago = timezone.now() - timedelta(minutes=6)
    Mailbox.objects.update(door="imap", last_fetched_at=long_ago)

    assert "1 mailbox does not get its mail." in head.get("/desk/me/").content.decode()


def test_lag_and_backlog_are_told(head: Client, client: Client, box: Mailbox) -> None:
    waits = timezone.now() - timedelta(minutes=10)
    Mailbox.objects.update(
        door="imap", backlog=40, waiting_since=waits, last_fetched_at=timezone.now()
    )

    page = head.get("/desk/mailboxes/").content.decode()
    assert "40 mails wait there" in page
    assert "the oldest for 10 m" in page
    state = client.get("/readyz").json()
    assert state["mailboxes_backlog"] == 40
    assert 599 < state["mailboxes_lag_seconds"] < 630


def test_a_secret_that_cannot_be_opened_can_be_entered_anew(head: Client, box: Mailbox) -> None:
    head.post(settings_of(box, "door"), DOOR)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE channels_mailbox SET imap_secret = 'of another key'")

    assert head.get("/desk/mailboxes/").status_code == 200
    assert head.get(settings_of(box, "door")).status_code == 200
    refused = head.post(settings_of(box, "door"), DOOR | {"imap_secret": ""})
    assert "Enter the password." in refused.content.decode()
    assert head.post(settings_of(box, "door"), DOOR).status_code == 302
    assert Mailbox.objects.get().imap_secret == DOOR["imap_secret"]


def test_the_password_of_a_hook_is_shown_once(head: Client, box: Mailbox) -> None:
    change_mailbox(
        box, changes={"door": "webhook", "provider": "postmark"}, by=SYSTEM, at=MONDAY_9AM
    )

    made = head.post(f"/desk/mailboxes/{box.pk}/hook")

    box = Mailbox.objects.get()
    assert f":{box.hook_secret}@" in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    page = head.get(f"/desk/mailboxes/{box.pk}").content.decode()
    assert box.hook_key in page
    assert box.hook_secret not in page


def test_the_list_costs_the_same_for_any_number(
    head: Client, box: Mailbox, django_assert_num_queries: Callable[..., Any]
) -> None:
    head.get("/desk/mailboxes/")
    for number in (1, 8):
        for extra in range(number):
            name = f"{number}-{extra}"
            settings = {"name": name, "address": f"{name}@example.com"}
            add_mailbox(settings=settings, by=SYSTEM, at=MONDAY_9AM)
        with django_assert_num_queries(2):
            head.get("/desk/mailboxes/")

"""Signing a mailbox in at a real token server on loopback."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import TransientError
from tests.channels.email.token_server import TokenServer, running_token_server
from tickets.channels.email.faults import SignInNeeded
from tickets.channels.email.fetching import fetch_mailbox
from tickets.channels.email.oauth import access_token
from tickets.channels.mailboxes import add_mailbox, set_sign_in
from tickets.channels.models import Mailbox, MailboxSignIn


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with running_token_server() as server:
        yield server


@pytest.fixture
def box(db: None, server: TokenServer) -> Mailbox:
    """A mailbox that signs in at the server, and has not yet."""
    by, now = Actor.system(), timezone.now()
    settings: dict[str, object] = {
        "name": "M",
        "address": "m@example.com",
        "door": "imap",
        "imap_auth": "oauth2",
    }
    settings |= {"imap_user": "m@example.com", "imap_host": "127.0.0.1", "imap_port": 1}
    box = add_mailbox(settings=settings, by=by, at=now)
    place = {"provider": "other", "client_id": "us", "client_secret": "hush", "scopes": ["mail"]}
    place |= {"token_url": server.url, "authorise_url": "https://provider.example/authorise"}
    set_sign_in(box, settings=place, by=by, at=now)
    return box


def begin(client: Client, box: Mailbox) -> dict[str, str]:
    """Begin signing in at the desk; return what the provider's page is asked."""
    page = client.post(f"/desk/mailboxes/{box.pk}/sign-in").content.decode()
    found = re.search(r'href="(https://provider[^"]+)"', page)
    assert found
    query = parse_qs(urlsplit(found[1].replace("&amp;", "&")).query)
    return {name: values[0] for name, values in query.items()}


def sign_in(client: Client, box: Mailbox, server: TokenServer) -> None:
    asked = begin(client, box)
    server.codes["the-code"] = asked["code_challenge"]
    client.get("/desk/mailboxes/signed-in", {"code": "the-code", "state": asked["state"]})


def ends(box: Mailbox, at: datetime) -> None:
    MailboxSignIn.objects.filter(mailbox=box).update(expires_at=at)


def test_signing_in_brings_tokens_that_are_sealed(
    client: Client, ines: Agent, box: Mailbox, server: TokenServer
) -> None:
    client.force_login(ines)

    sign_in(client, box, server)

    assert access_token(box, at=timezone.now()) == "access-1"
    assert server.asked[0]["client_secret"] == "hush"  # noqa: S105
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM channels_mailboxsignin")
        access, refresh = cursor.fetchone()
    assert "access-1" not in access
    assert "refresh-1" not in refresh
    noted = box.changes.first()
    assert noted is not None
    assert (noted.agent, noted.new) == (ines, {"sign_in.signed_in_at": True})


def test_the_provider_is_asked_with_pkce_and_state(
    client: Client, ines: Agent, box: Mailbox
) -> None:
    client.force_login(ines)

    asked = begin(client, box)

    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 32
    assert asked["redirect_uri"].endswith("/desk/mailboxes/signed-in")
    assert asked["scope"] == "mail"


@pytest.mark.parametrize("state", ["", "wrong"])
def test_a_code_with_another_state_is_not_taken(
    client: Client, ines: Agent, box: Mailbox, server: TokenServer, state: str
) -> None:
    client.force_login(ines)
    begin(client, box)

    client.get("/desk/mailboxes/signed-in", {"code": "the-code", "state": state})

    assert server.asked == []


def test_a_token_is_refreshed_before_it_ends(
    client: Client, ines: Agent, box: Mailbox, server: TokenServer
) -> None:
    client.force_login(ines)
    sign_in(client, box, server)
    now = timezone.now()

    ends(box, now + timedelta(minutes=10))
    assert access_token(box, at=now) == "access-1"
    ends(box, now + timedelta(minutes=4))
    assert access_token(box, at=now) == "access-2"
    ends(box, now)
    assert access_token(box, at=now) == "access-3"  # with the refresh token that came last


def test_a_refused_refresh_asks_for_a_new_sign_in(
    client: Client, ines: Agent, box: Mailbox, server: TokenServer
) -> None:
    client.force_login(ines)
    sign_in(client, box, server)
    server.refresh_tokens.clear()
    ends(box, timezone.now())

    fetch_mailbox(box.pk, at=timezone.now())

    page = client.get(f"/desk/mailboxes/{box.pk}").content.decode()
    assert "Somebody has to sign in: The grant was revoked." in page
    assert "Somebody has to sign in again." in page
    asked = len(server.asked)
    with pytest.raises(SignInNeeded):
        access_token(box, at=timezone.now())
    assert len(server.asked) == asked  # it is not asked over and over
    sign_in(client, box, server)
    assert access_token(box, at=timezone.now()).startswith("access-")


def test_a_provider_that_is_away_ends_no_sign_in(
    client: Client, ines: Agent, box: Mailbox, server: TokenServer
) -> None:
    client.force_login(ines)
    sign_in(client, box, server)
    now, server.status = timezone.now(), 503

    ends(box, now + timedelta(minutes=1))
    assert access_token(box, at=now) == "access-1"  # it lives a minute yet
    ends(box, now)
    with pytest.raises(TransientError):
        access_token(box, at=now)
    server.status = 200
    assert access_token(box, at=now) == "access-2"


@pytest.mark.django_db(transaction=True)
def test_of_five_workers_one_refreshes(
    client: Client, ines: Agent, box: Mailbox, server: TokenServer
) -> None:
    client.force_login(ines)
    sign_in(client, box, server)
    now = timezone.now()
    ends(box, now + timedelta(minutes=2))

    def ask(_number: int) -> str:
        try:
            return access_token(Mailbox.objects.get(pk=box.pk), at=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as threads:
        found = set(threads.map(ask, range(5)))

    assert found <= {"access-1", "access-2"}
    assert server.given == 2

"""Each mailbox's way out, and the guided test over real sockets."""

import base64
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from anymail.exceptions import AnymailRequestsAPIError
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from requests import Response

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import TransientError
from tests.conftest import MONDAY_9AM
from tests.embedded.instance import free_port
from tickets.channels.base import Undeliverable
from tickets.channels.email.intake import keep_mail
from tickets.channels.email.outgoing import (
    joined_mail_id,
    mail_id_pieces,
    outgoing_connection,
    sending_fault,
)
from tickets.channels.email.tasks import await_test_mail, run_mailbox_test
from tickets.channels.email.trying import PATIENCE, look_for_mail, start_test
from tickets.channels.mailboxes import add_mailbox
from tickets.channels.models import Arrival, Mailbox, MailboxSignIn, MailboxTest
from tickets.models import Ticket

PASSWORD = "the-right-one"  # noqa: S105
TOKEN = "access-1"  # noqa: S105
AddBox = Callable[..., Mailbox]
WITHOUT_BOTO3 = """
import sys

sys.modules["boto3"] = None
import django

django.setup()
from helpdesk.lib.errors import TransientError
from tickets.channels.email.leases import Lease
from tickets.channels.email.outgoing import outgoing_connection
from tickets.channels.email.providers.sqs import fetch_queue
from tickets.channels.models import Mailbox

box = Mailbox(outgoing="provider", provider="ses", provider_key="k", door="sqs")
for ask in (lambda: outgoing_connection(box), lambda: fetch_queue(box, Lease(1, 1))):
    try:
        ask()
    except TransientError as error:
        print(error)
"""


class Server:
    """An SMTP server that asks who sends, and hands what it gets to our own intake."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            authenticator=self.authenticate,
            auth_require_tls=False,
        )

    async def auth_XOAUTH2(self, _server: object, words: list[str]) -> AuthResult:  # noqa: N802
        given = base64.b64decode(words[1]).decode()
        is_right = given == f"user=support\1auth=Bearer {TOKEN}\1\1"
        return AuthResult(success=is_right, handled=False, auth_data=given)

    def authenticate(
        self, _s: object, _ss: object, _e: object, _m: str, data: object
    ) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=is_right, handled=False)

    async def handle_DATA(self, _server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not session.authenticated:
            return "530 Who sends this?"
        self.seen.append(envelope.original_content or b"")
        return "250 Taken"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.controller.start()
    yield server
    server.controller.stop()


@pytest.fixture
def add_box(workspace: None, server: Server) -> AddBox:
    def add_box(**fields: object) -> Mailbox:
        settings: dict[str, object] = {
            "name": "Support",
            "address": "support@localhost.example",
            "outgoing": "smtp",
            "smtp_host": "127.0.0.1",
            "smtp_port": server.controller.port,
            "smtp_security": "none",
            "smtp_user": "support",
            "smtp_secret": PASSWORD,
        }
        return add_mailbox(settings=settings | fields, by=Actor.system(), at=MONDAY_9AM)

    return add_box


def send(box: Mailbox) -> None:
    mail = EmailMessage("Hello", "Text", box.address, ["kofi@example.com"])
    with outgoing_connection(box) as connection:
        connection.send_messages([mail])


def arrive(server: Server) -> None:
    """Hand what the server got to our intake, as a mail server in between does."""
    for raw in server.seen:
        keep_mail(raw, source="smtp", envelope_from="", envelope_to=["support@localhost.example"])


def test_a_mailbox_sends_by_a_server_of_its_own(add_box: AddBox, server: Server) -> None:
    send(add_box())

    assert b"Hello" in server.seen[0]


def test_a_wrong_password_of_its_own_server_is_refused(add_box: AddBox, server: Server) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(add_box(smtp_secret="wrong"))  # noqa: S106
    assert server.seen == []


@pytest.mark.parametrize(("token", "is_taken"), [(TOKEN, True), ("stale", False)])
def test_a_mailbox_signs_in_to_smtp_by_token(
    add_box: AddBox, server: Server, *, token: str, is_taken: bool
) -> None:
    box = add_box(smtp_auth="oauth2")
    later = timezone.now() + timedelta(hours=1)
    kept = {"access_token": token, "refresh_token": "r", "expires_at": later, "client_id": "us"}
    MailboxSignIn.objects.create(mailbox=box, **kept)

    if is_taken:
        send(box)
    else:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(box)

    assert bool(server.seen) is is_taken
    assert (MailboxSignIn.objects.get().expires_at is not None) is is_taken  # renewed next time


def test_without_a_way_out_of_its_own_the_installations_is_used(db: None) -> None:
    assert type(outgoing_connection(None)) is type(get_connection())


def test_each_provider_gets_the_key_of_the_mailbox(add_box: AddBox) -> None:
    box = add_box(outgoing="provider", provider="mailgun", provider_key="k", provider_region="eu")
    mailgun = outgoing_connection(box)
    box.provider = "postmark"
    postmark = outgoing_connection(box)
    box.provider = "sendgrid"
    sendgrid = outgoing_connection(box)

    assert (mailgun.api_key, mailgun.sender_domain) == ("k", "localhost.example")  # type: ignore[attr-defined]
    assert mailgun.api_url.startswith("https://api.eu.mailgun.net")  # type: ignore[attr-defined]
    assert postmark.server_token == "k"  # type: ignore[attr-defined]  # noqa: S105
    assert (sendgrid.username, sendgrid.password) == ("apikey", "k")  # type: ignore[attr-defined]


def test_without_the_extra_for_amazon_the_mailbox_says_so() -> None:
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", WITHOUT_BOTO3], capture_output=True, text=True, check=True
    )

    out, fetched = ran.stdout.splitlines()
    assert "boto3" in out
    assert "install the extra" in fetched


@pytest.mark.parametrize(
    ("status", "kind"), [(422, Undeliverable), (401, TransientError), (503, TransientError)]
)
def test_a_providers_answer_says_whether_to_try_again(status: int, kind: type[Exception]) -> None:
    answer = Response()
    answer.status_code = status

    assert isinstance(sending_fault(AnymailRequestsAPIError("No.", response=answer)), kind)


def test_a_message_id_comes_back_in_one_piece() -> None:
    long = "t" * 200 + "@localhost.example"

    assert joined_mail_id(mail_id_pieces(long)) == long
    assert all(len(piece) <= 80 for piece in mail_id_pieces(long).values())


def test_the_guided_test_sends_a_mail_and_gets_it_back(add_box: AddBox, server: Server) -> None:
    test = start_test(add_box(), by=Actor.system(), at=timezone.now())

    run_mailbox_test(test_id=test.pk)
    arrive(server)
    await_test_mail(test_id=test.pk)

    test.refresh_from_db()
    assert test.state == MailboxTest.State.PASSED, test.steps
    names = [step["name"] for step in test.steps]
    assert names == ["door", "out-resolve", "out-connect", "out-login", "send", "arrive", "lag"]
    assert not Ticket.objects.exists()
    assert Arrival.objects.count() == 1


def test_the_guided_test_says_what_is_wrong_on_both_sides(add_box: AddBox) -> None:
    box = add_box(smtp_secret="wrong", door="imap", imap_host="imap.invalid", imap_user="u")  # noqa: S106
    test = start_test(box, by=Actor.system(), at=timezone.now())

    run_mailbox_test(test_id=test.pk)

    test.refresh_from_db()
    assert test.state == MailboxTest.State.FAILED
    failed = {step["name"]: step["text"] for step in test.steps if step["state"] == "failed"}
    assert "imap.invalid cannot be found" in failed["in-resolve"]
    assert "refused the user or the password" in failed["out-login"]


def test_the_guided_test_gives_up_on_a_mail_that_does_not_come(
    add_box: AddBox, server: Server
) -> None:
    test = start_test(add_box(), by=Actor.system(), at=timezone.now())
    run_mailbox_test(test_id=test.pk)
    test.refresh_from_db()
    assert look_for_mail(test, at=timezone.now()) is False

    test.sent_at = timezone.now() - PATIENCE
    assert look_for_mail(test, at=timezone.now()) is True

    assert test.state == MailboxTest.State.FAILED
    assert "has not come back" in test.steps[-1]["text"]


def test_the_guided_test_tells_that_nothing_leaves(add_box: AddBox, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    test = start_test(add_box(outgoing="instance"), by=Actor.system(), at=timezone.now())

    run_mailbox_test(test_id=test.pk)

    test.refresh_from_db()
    assert "Nothing leaves this machine" in test.steps[-1]["text"]


def test_the_page_of_a_test_follows_it_and_stops(
    client: Client, ines: Agent, add_box: AddBox, django_capture_on_commit_callbacks: object
) -> None:
    box = add_box()
    client.force_login(ines)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        begun = client.post(f"/desk/mailboxes/{box.pk}/test")

    running = client.get(begun["Location"]).content.decode()
    assert 'hx-trigger="every 2s"' in running
    assert "Look again" in running
    assert "Waiting for the mail to come back" in running
    again = client.post(f"/desk/mailboxes/{box.pk}/test")
    assert again["Location"] == begun["Location"]
    MailboxTest.objects.update(state="failed")
    done = client.get(begun["Location"]).content.decode()
    assert "every 2s" not in done
    assert "Test again" in done

"""What a provider is handed: one recipient to mail, and all of them to be seen."""

import base64
import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

import pytest
from django.utils import timezone

from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.channels.email.building import build_copy
from tickets.channels.email.outgoing import Mailgun, Postmark, joined_mail_id, mail_only
from tickets.channels.email.sending import send_mail
from tickets.channels.mailboxes import add_mailbox
from tickets.models import Delivery, Message, Ticket
from tickets.operations import NewMessage, claim_delivery, reply_to_ticket

KOFI, MIA = "kofi@example.com", "mia@example.com"
ANSWER = {"id": "<1@mg.example>", "message": "Queued. Thank you.", "MessageId": "ses-1",
          "ErrorCode": 0, "Message": "OK", "To": KOFI, "MessageID": "pm-1"}  # fmt: skip


class Provider(ThreadingHTTPServer):
    """Takes whatever is posted, as the three providers do, and keeps it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.posted: list[tuple[str, str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Taking(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, self.headers["Content-Type"], body))
        content = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Keep the test's output its own."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def copies(ticket: Ticket, ana: Agent) -> list[Delivery]:
    """A reply to Kofi with a copy to Mia; the copies are hers and his, in that order."""
    content = NewMessage(text="Grüße", recipients=(KOFI,), cc=(MIA,))
    reply: Message = reply_to_ticket(
        ticket, content=content, by=Actor.agent(ana.pk), at=timezone.now()
    )
    return list(reply.deliveries.order_by("-is_cc"))


def parsed(raw: bytes) -> Any:
    return cast(EmailMessage, message_from_bytes(raw, policy=cast(Any, policy.default)))


def form_of(content_type: str, body: bytes) -> dict[str, bytes]:
    whole = parsed(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    return {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        or part.get_content().as_bytes()
        for part in whole.iter_parts()
    }


def test_mailgun_sends_our_mail_to_one_and_shows_all(
    provider: Provider, copies: list[Delivery]
) -> None:
    posted = build_copy(copies[0])
    connection = Mailgun(api_key="k", sender_domain="ours.example", api_url=f"{provider.url}/v3")
    mail_only(MIA, posted.mail, by=connection)
    connection.send_messages([posted.mail])

    ((path, content_type, body),) = provider.posted
    form = form_of(content_type, body)
    assert path == "/v3/ours.example/messages.mime"
    assert form["to"].decode() == MIA
    own = {key[2:]: value.decode() for key, value in form.items() if key.startswith("v:")}
    assert joined_mail_id(own) == copies[0].mail_id
    out = parsed(form["message"])
    assert (out["To"], out["Cc"]) == (KOFI, MIA)
    assert out["Message-ID"] == f"<{copies[0].mail_id}>"


def test_amazon_sends_our_mail_to_one_and_shows_all(
    provider: Provider, copies: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("boto3", reason="the extra `ses` (boto3) is not installed")
    monkeypatch.setenv("AWS_ENDPOINT_URL", provider.url)
    settings = {"name": "S", "address": "s@ours.example", "outgoing": "provider"}
    settings |= {"provider": "ses", "provider_account": "id", "provider_key": "secret"}
    settings |= {"provider_region": "eu-west-1"}
    add_mailbox(settings=settings, by=Actor.system(), at=MONDAY_9AM)
    claimed = claim_delivery(copies[0].pk, at=timezone.now())
    assert claimed is not None

    assert send_mail(claimed) == "accepted"

    ((_path, _type, body),) = provider.posted
    given = json.loads(body)
    assert given["Destination"] == {"ToAddresses": [MIA]}
    out = parsed(base64.b64decode(given["Content"]["Raw"]["Data"]))
    assert (out["To"], out["Cc"]) == (KOFI, MIA)


def test_postmark_builds_the_mail_itself_and_is_told_of_one(
    provider: Provider, copies: list[Delivery]
) -> None:
    posted = build_copy(copies[0])
    connection = Postmark(server_token="t", api_url=f"{provider.url}/")  # noqa: S106
    mail_only(MIA, posted.mail, by=connection)
    connection.send_messages([posted.mail])

    ((_path, _type, body),) = provider.posted
    given = json.loads(body)
    assert given["To"] == MIA
    assert not {"Cc", "Bcc"} & given.keys()

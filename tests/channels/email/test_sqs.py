"""Amazon SES through a queue: a small SQS of our own on loopback, spoken to by Amazon's library."""

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.utils import timezone

from helpdesk.lib.actors import Actor
from tests.channels.mails import mail
from tests.conftest import MONDAY_9AM
from tickets.channels.email.fetching import fetch_mailbox
from tickets.channels.mailboxes import add_mailbox
from tickets.channels.models import Arrival, Mailbox, ProviderEvent
from tickets.models import Message

pytest.importorskip("boto3", reason="the extra `ses` (boto3) is not installed")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore"),
]
RAW = mail("From the queue. Grüße", Message_ID="<1@ses.example>")


class Queue(ThreadingHTTPServer):
    """The three actions of SQS's JSON protocol that we use; what is not deleted comes again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.bodies: dict[str, str] = {}
        self.shown: set[str] = set()
        self.status = 200

    def put(self, notice: object) -> None:
        wrapped = {"Type": "Notification", "Message": json.dumps(notice)}
        self.bodies[f"handle-{len(self.bodies)}"] = json.dumps(wrapped)

    def act(self, action: str, given: dict[str, object]) -> dict[str, object]:
        if action == "ReceiveMessage":
            new = [handle for handle in self.bodies if handle not in self.shown][:10]
            self.shown.update(new)
            return {"Messages": [{"MessageId": h, "ReceiptHandle": h, "Body": self.bodies[h]}
                                 for h in new]}  # fmt: skip
        if action == "DeleteMessage":
            self.bodies.pop(str(given["ReceiptHandle"]))
            return {}
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self.bodies))}}


class Answer(BaseHTTPRequestHandler):
    server: Queue

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        action = self.headers["X-Amz-Target"].rpartition(".")[2]
        answer = self.server.act(action, given) if self.server.status == 200 else {"message": "No."}
        content = json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Keep the test's output its own."""


@pytest.fixture
def queue() -> Iterator[Queue]:
    server = Queue()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def box(workspace: None, queue: Queue) -> Mailbox:
    url = f"http://127.0.0.1:{queue.server_address[1]}/1/mail"
    settings = {"name": "S", "address": "support@localhost.example", "door": "sqs"}
    settings |= {"queue_url": url, "provider_region": "eu-west-1", "provider": "ses"}
    settings |= {"provider_account": "id", "provider_key": "secret"}
    return add_mailbox(settings=settings, by=Actor.system(), at=MONDAY_9AM)


def received(content: str, encoding: str = "UTF-8") -> dict[str, object]:
    action = {"type": "SNS", "encoding": encoding}
    receipt = {"action": action, "recipients": ["support@localhost.example"]}
    return {"notificationType": "Received", "receipt": receipt, "content": content,
            "mail": {"source": "kofi@example.com"}}  # fmt: skip


def fetch(box: Mailbox) -> int:
    return fetch_mailbox(box.pk, at=timezone.now())


def test_mail_is_taken_from_the_queue_once_it_is_safe(box: Mailbox, queue: Queue) -> None:
    queue.put(received(RAW.decode()))
    queue.put(received(base64.b64encode(mail("In base64.")).decode(), "BASE64"))
    queue.put(received(RAW.decode()))  # SNS delivers at least once

    assert fetch(box) == 2

    assert queue.bodies == {}
    assert Arrival.objects.get(raw=RAW).envelope_from == "kofi@example.com"
    assert Message.objects.count() == 2


def test_reports_in_the_queue_are_kept_once(box: Mailbox, queue: Queue) -> None:
    bounce: dict[str, object] = {"timestamp": "2026-03-02T09:00:00Z", "bounceType": "Permanent"}
    bounce |= {"bouncedRecipients": [{"emailAddress": "kofi@example.com", "status": "5.1.1"}]}
    told = {"messageId": "ses-1", "commonHeaders": {"messageId": "<9@localhost.example>"}}
    for _time in range(2):
        queue.put({"notificationType": "Bounce", "bounce": bounce, "mail": told})

    assert fetch(box) == 0

    event = ProviderEvent.objects.get()
    assert (event.kind, event.mail_id) == ("bounced", "9@localhost.example")
    assert event.detail == "5.1.1"


def test_a_notice_nobody_understands_is_parked(box: Mailbox, queue: Queue) -> None:
    queue.put({"notificationType": "Received", "receipt": {}})

    assert fetch(box) == 1

    assert Arrival.objects.parked().count() == 1
    assert queue.bodies == {}


def test_a_queue_that_refuses_is_shown(box: Mailbox, queue: Queue) -> None:
    queue.status = 403
    queue.put(received(RAW.decode()))

    assert fetch(box) == 0

    box.refresh_from_db()
    assert "ReceiveMessage" in box.last_error
    assert len(queue.bodies) == 1

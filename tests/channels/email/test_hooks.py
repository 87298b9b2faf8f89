"""What providers post: proven first, then stored as it is, once."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse
from django.test import Client, TestCase

from helpdesk.lib.actors import Actor
from tests.channels.mails import mail
from tests.conftest import MONDAY_9AM
from tickets.channels.email.outgoing import mail_id_pieces
from tickets.channels.email.providers.posts import HOOK_USER
from tickets.channels.mailboxes import add_mailbox
from tickets.channels.models import Arrival, Mailbox, ProviderEvent
from tickets.models import Message

SECRET = "a-signing-key"  # noqa: S105
RAW = mail("Where is my parcel? Grüße", Message_ID="<1@kofi.example>")
AddBox = Callable[..., Mailbox]


@pytest.fixture
def add_box(workspace: None) -> AddBox:
    def add_box(provider: str, **more: str) -> Mailbox:
        settings = {"name": provider, "address": "support@localhost.example", "door": "webhook"}
        settings |= {"provider": provider, "hook_secret": SECRET}
        return add_mailbox(settings=settings | more, by=Actor.system(), at=MONDAY_9AM)

    return add_box


def basic(secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(f"{HOOK_USER}:{secret}".encode()).decode()


def post(box: Mailbox, what: str, data: object, **options: object) -> HttpResponse:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return Client().post(f"/mail/hooks/{box.hook_key}/{what}", data, **options)  # type: ignore[arg-type, return-value]


def signed(token: str = "t" * 50, secret: str = SECRET) -> dict[str, str]:
    """Mailgun's signature."""
    words = hmac.new(secret.encode(), f"1700000000{token}".encode(), hashlib.sha256)
    return {"timestamp": "1700000000", "token": token, "signature": words.hexdigest()}


def postmark(box: Mailbox, payload: Mapping[str, object], secret: str = SECRET) -> HttpResponse:
    header = {"authorization": basic(secret)}
    return post(box, "mail", payload, content_type="application/json", headers=header)


def test_postmark_brings_the_mail_as_it_was(add_box: AddBox) -> None:
    box = add_box("postmark")
    payload = {"FromFull": {"Email": "kofi@example.com"}, "OriginalRecipient": box.address,
               "RawEmail": RAW.decode(), "MessageID": "pm-1", "Headers": []}  # fmt: skip

    assert postmark(box, payload).status_code == 200
    assert postmark(box, payload).status_code == 200  # ten hours later, again

    arrival = Arrival.objects.get()
    assert bytes(arrival.raw) == RAW
    assert (arrival.mailbox, arrival.source, arrival.envelope_to) == (
        box, "webhook", [box.address]
    )  # fmt: skip
    assert Message.objects.get().text.startswith("Where is my parcel? Grüße")


def test_postmark_without_the_raw_mail_is_rebuilt_faithfully(add_box: AddBox) -> None:
    box = add_box("postmark")
    whole = {"Name": "Kofi Mensah", "Email": "kofi@example.com"}
    payload = {"FromFull": whole, "ToFull": [{"Name": "", "Email": box.address}],
               "Subject": "Grüße", "TextBody": "Where is it?", "MessageID": "pm-2",
               "Headers": [{"Name": "Message-ID", "Value": "<2@kofi.example>"}],
               "Attachments": [{"Name": "a.txt", "ContentType": "text/plain",
                                "Content": base64.b64encode(b"hello").decode()}]}  # fmt: skip

    assert postmark(box, payload).status_code == 200

    message = Message.objects.get()
    assert (message.author_name, message.author_address) == ("Kofi Mensah", "kofi@example.com")
    assert (message.subject, message.mail_id) == ("Grüße", "2@kofi.example")
    assert message.text.strip() == "Where is it?"
    assert message.attachments.get().name == "a.txt"


def test_a_wrong_password_stores_nothing(add_box: AddBox) -> None:
    box = add_box("postmark")

    assert postmark(box, {"RawEmail": RAW.decode()}, secret="another").status_code == 403  # noqa: S106
    assert post(box, "mail", RAW, content_type="application/json").status_code == 403
    assert post(box, "events", b"{}", content_type="application/json").status_code == 403
    assert not Arrival.objects.exists()


def test_a_hook_without_a_secret_takes_nothing(add_box: AddBox) -> None:
    for provider in ("postmark", "sendgrid"):
        box = add_box(provider, hook_secret="", name=provider, address=f"{provider}@b.example")
        assert postmark(box, {"RawEmail": RAW.decode()}, secret="").status_code == 403
    assert not Arrival.objects.exists()


def test_what_is_proven_but_not_understood_is_parked(add_box: AddBox) -> None:
    box = add_box("postmark")

    assert postmark(box, {"RecordType": "Bounce"}).status_code == 200

    arrival = Arrival.objects.parked().get()
    assert "not understood" in arrival.reason
    assert b"Bounce" in bytes(arrival.raw)


def test_mailgun_brings_the_mail_as_it_was(add_box: AddBox) -> None:
    box = add_box("mailgun")
    form = {"recipient": box.address, "sender": "kofi@example.com", "body-mime": RAW.decode()}

    assert post(box, "mime", form | signed()).status_code == 200
    assert post(box, "mail", form | signed("u" * 50)).status_code == 200
    assert post(box, "mail", form | signed(secret="another")).status_code == 403  # noqa: S106

    arrival = Arrival.objects.get()
    assert bytes(arrival.raw).replace(b"\r\n", b"\n") == RAW.replace(b"\r\n", b"\n")
    assert arrival.envelope_from == "kofi@example.com"
    assert Message.objects.count() == 1


def test_sendgrid_brings_the_mail_as_it_was(add_box: AddBox) -> None:
    box = add_box("sendgrid")
    envelope = json.dumps({"from": "kofi@example.com", "to": [box.address]})
    form = {"email": RAW.decode(), "envelope": envelope}

    assert post(box, "mail", form, headers={"authorization": basic()}).status_code == 200

    arrival = Arrival.objects.get()
    assert b"Gr\xc3\xbc\xc3\x9fe" in bytes(arrival.raw)
    assert arrival.envelope_to == [box.address]


def test_a_report_is_kept_once_with_our_message_id(add_box: AddBox) -> None:
    box = add_box("postmark")
    report = {"RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "Email": "Kofi@example.com",
              "MessageID": "pm-3", "BouncedAt": "2026-03-02T09:00:00Z",
              "Details": "550 no such user",
              "Metadata": mail_id_pieces("t" * 90 + "@localhost.example")}  # fmt: skip

    for _time in range(2):
        header = {"authorization": basic()}
        answer = post(box, "events", report, content_type="application/json", headers=header)
        assert answer.status_code == 200

    event = ProviderEvent.objects.get()
    assert (event.kind, event.recipient) == ("bounced", "kofi@example.com")
    assert event.mail_id == "t" * 90 + "@localhost.example"
    assert "550 no such user" in event.detail


def test_sendgrids_own_signature_proves_its_reports(add_box: AddBox) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    box = add_box("sendgrid", hook_secret="", hook_public_key=base64.b64encode(public).decode())
    row = {"event": "delivered", "sg_event_id": "e1", "email": "kofi@example.com",
           "smtp-id": "<9@localhost.example>", "timestamp": 1700000000}  # fmt: skip
    body = json.dumps([row]).encode()

    def deliver(signature: bytes) -> int:
        headers = {"X-Twilio-Email-Event-Webhook-Timestamp": "1700000000"}
        headers["X-Twilio-Email-Event-Webhook-Signature"] = base64.b64encode(signature).decode()
        options = {"content_type": "application/json", "headers": headers}
        return post(box, "events", body, **options).status_code

    right = key.sign(b"1700000000" + body, ec.ECDSA(SHA256()))
    assert deliver(key.sign(b"1700000001" + body, ec.ECDSA(SHA256()))) == 403
    assert deliver(right) == 200
    assert ProviderEvent.objects.get().mail_id == "9@localhost.example"


def test_an_unknown_hook_is_not_found(db: None) -> None:
    assert Client().post("/mail/hooks/nothing/mail", {}).status_code == 404

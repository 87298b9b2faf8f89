"""Mail and reports of Amazon SES, taken from an SQS queue: what is not here yet stays there.

SES hands its notices to SNS, SNS to the queue. A notice is deleted once what it brings is
committed; until then the queue shows it again (RELIABILITY: never SNS straight to HTTP).
"""

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from helpdesk.lib.clock import database_now
from helpdesk.lib.errors import TransientError
from helpdesk.lib.room import require_room
from helpdesk.lib.text import clean_line
from tickets.channels.email.keys import delivery_key
from tickets.channels.email.leases import Lease
from tickets.channels.email.providers.events import digest, note_provider_event
from tickets.channels.journal import keep_arrival
from tickets.channels.models import Arrival, Mailbox

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:  # the extra `ses` is not installed
    boto3 = None

MOST = 10  # SQS gives no more at once
LONGEST_FETCH = timedelta(minutes=2)
_KINDS = {"Bounce": "bounced", "Complaint": "complained", "Delivery": "delivered",
          "DeliveryDelay": "deferred", "Reject": "rejected"}  # fmt: skip


def fetch_queue(mailbox: Mailbox, lease: Lease) -> int:
    """Take what waits in a mailbox's queue; return how many mails were new to us.

    Raises TransientError with Amazon's words, or LeaseLost.
    """
    if boto3 is None:
        raise TransientError(_("Amazon's library is missing: install the extra “ses”."))
    try:
        return _fetch(mailbox, lease)
    except (BotoCoreError, ClientError) as error:
        raise TransientError(clean_line(str(error), limit=250)) from error


def _fetch(mailbox: Mailbox, lease: Lease) -> int:
    queue = _client(mailbox, "sqs")
    end, kept = time.monotonic() + LONGEST_FETCH.total_seconds(), 0
    while time.monotonic() < end:
        answer = queue.receive_message(
            QueueUrl=mailbox.queue_url, MaxNumberOfMessages=MOST, WaitTimeSeconds=0
        )
        found = answer.get("Messages", [])
        for message in found:
            kept += _take(mailbox, message["Body"])
            queue.delete_message(QueueUrl=mailbox.queue_url, ReceiptHandle=message["ReceiptHandle"])
        lease.write(at=database_now())
        if not found:
            break
    lease.succeed(at=database_now(), backlog=_left(queue, mailbox), waiting_since=None)
    return kept


def _left(queue: Any, mailbox: Mailbox) -> int:
    name = "ApproximateNumberOfMessages"
    answer = queue.get_queue_attributes(QueueUrl=mailbox.queue_url, AttributeNames=[name])
    return int(answer.get("Attributes", {}).get(name, 0))


def _client(mailbox: Mailbox, service: str) -> Any:
    place = urlsplit(mailbox.queue_url)
    own = {"endpoint_url": f"{place.scheme}://{place.netloc}"} if service == "sqs" else {}
    return boto3.client(
        service,
        region_name=mailbox.provider_region or "us-east-1",
        aws_access_key_id=mailbox.provider_account,
        aws_secret_access_key=mailbox.provider_key,
        config=Config(connect_timeout=10, read_timeout=30, retries={"max_attempts": 2}),
        **own,
    )


def _take(mailbox: Mailbox, body: str) -> int:
    """Keep what one notice brings. What it says and we do not understand is parked, not lost."""
    try:
        notice = _unwrapped(json.loads(body))
        kind = notice.get("notificationType") or notice.get("eventType") or ""
        if kind == "Received":
            return _keep_mail(mailbox, notice)
        if kind in _KINDS:
            _note(mailbox, notice, kind)
            return 0
        if kind or notice.get("Type") == "SubscriptionConfirmation":
            return 0
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raw = body.encode("utf-8", "surrogateescape")
    reason = _("A notice of Amazon SES is not understood.")
    return _store(mailbox, raw, key=f"post:{hashlib.sha256(raw).hexdigest()}", parked_for=reason)


def _unwrapped(notice: dict[str, Any]) -> dict[str, Any]:
    """The notice of SES inside that of SNS; with raw delivery it stands alone."""
    inner = json.loads(notice["Message"]) if notice.get("Type") == "Notification" else notice
    return inner if isinstance(inner, dict) else {}


def _keep_mail(mailbox: Mailbox, notice: dict[str, Any]) -> int:
    action = notice["receipt"]["action"]
    if action.get("bucketName"):
        stored = _client(mailbox, "s3").get_object(
            Bucket=action["bucketName"], Key=action["objectKey"]
        )
        raw = bytes(stored["Body"].read())
    elif str(action.get("encoding", "")).upper() == "BASE64":
        raw = _decoded(notice["content"])
    else:
        raw = notice["content"].encode("utf-8", "surrogateescape")
    return _store(
        mailbox,
        raw,
        key=delivery_key(raw),
        envelope_from=str(notice.get("mail", {}).get("source", "")),
        envelope_to=tuple(notice["receipt"].get("recipients", ())),
    )


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise ValueError("not in base64") from error


def _store(mailbox: Mailbox, raw: bytes, *, key: str, **more: Any) -> int:
    require_room(len(raw))
    arrival_id = keep_arrival(
        channel="email",
        key=key,
        raw=raw,
        source=Arrival.Source.SQS,
        mailbox=mailbox,
        at=timezone.now(),
        **{"envelope_to": (mailbox.address,), **more},
    )
    return int(arrival_id is not None)


def _note(mailbox: Mailbox, notice: dict[str, Any], kind: str) -> None:
    mail = notice["mail"]
    part = notice.get(kind[0].lower() + kind[1:], {})
    at = parse_datetime(str(part.get("timestamp", ""))) or timezone.now()
    for recipient, detail in _recipients(part, mail):
        note_provider_event(
            mailbox=mailbox,
            provider=Mailbox.Provider.SES,
            event_id=digest([mail.get("messageId"), kind, recipient, part.get("timestamp")]),
            kind=_KINDS[kind],
            recipient=recipient,
            mail_id=str(mail.get("commonHeaders", {}).get("messageId") or mail.get("messageId")),
            detail=detail or str(part.get("bounceType", "")),
            at=_aware(at),
        )


def _recipients(part: dict[str, Any], mail: dict[str, Any]) -> Iterator[tuple[str, str]]:
    named = part.get("bouncedRecipients") or part.get("complainedRecipients")
    named = named or part.get("delayedRecipients")
    for row in named or [{"emailAddress": address} for address in mail.get("destination", ())]:
        said = (row.get("status"), row.get("diagnosticCode"), part.get("smtpResponse"))
        yield row["emailAddress"], " ".join(str(word) for word in said if word)


def _aware(moment: datetime) -> datetime:
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)

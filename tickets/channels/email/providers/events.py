"""What mail providers report of mails we sent: kept once, for deliveries to be told by it."""

import hashlib
import json
from datetime import datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent
from django.db import transaction
from django.utils import timezone

from helpdesk.lib.text import clean_line
from tickets.channels.email.outgoing import joined_mail_id
from tickets.channels.models import Mailbox, ProviderEvent

_KINDS = {kind.value for kind in ProviderEvent.Kind}


@transaction.atomic
def note_provider_event(
    *,
    mailbox: Mailbox,
    provider: str,
    event_id: str,
    kind: str,
    recipient: str,
    mail_id: str,
    detail: str,
    at: datetime,
) -> ProviderEvent | None:
    """Keep what a provider reported; None when it was reported before.

    `mail_id` is our Message-ID without angle brackets where the provider repeats it.
    """
    event, is_new = ProviderEvent.objects.get_or_create(
        provider=provider,
        event_id=event_id[:100],
        defaults={
            "mailbox": mailbox,
            "kind": kind if kind in _KINDS else ProviderEvent.Kind.OTHER,
            "recipient": clean_line(recipient, limit=320).lower(),
            "mail_id": mail_id.strip("<> ")[:998],
            "detail": clean_line(detail, limit=1_000),
            "at": at,
            "received_at": timezone.now(),
        },
    )
    return event if is_new else None


def note_tracking(event: AnymailTrackingEvent, *, mailbox: Mailbox) -> ProviderEvent | None:
    """Keep one event as anymail read it. Opens and clicks are not kept: we follow nobody."""
    if event.event_type in {"opened", "clicked", "subscribed", "queued", "sent"}:
        return None
    said = " ".join(filter(None, (event.description, event.mta_response, event.reject_reason)))
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    return note_provider_event(
        mailbox=mailbox,
        provider=mailbox.provider,
        event_id=str(event.event_id or digest(event.esp_event)),
        kind=str(event.event_type),
        recipient=str(event.recipient or ""),
        mail_id=joined_mail_id(metadata) or str(event.message_id or ""),
        detail=said,
        at=event.timestamp or timezone.now(),
    )


def digest(payload: Any) -> str:
    """A name for a report that has none: equal for equal reports."""
    text = json.dumps(payload, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()

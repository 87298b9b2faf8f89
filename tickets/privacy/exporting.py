"""All we know of one person as one file: to be read by people (HTML) and by machines (JSON)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from customers.models import Customer
from helpdesk.lib.blobs import open_blob, remove_blob, store_blob
from tickets.briefing.briefing import lines_of
from tickets.briefing.items import BriefingItem
from tickets.briefing.models import FrozenBriefing, StoredBriefing
from tickets.models import Attachment, Message, Ticket
from tickets.privacy.models import DataRequest

DETAILS = (
    "name", "how_to_say", "pronouns", "tier", "language", "time_zone", "place", "country",
    "preferred_channel", "contact_from", "contact_until", "attributes", "customer_since_on",
    "created_at", "contacts_count", "last_contact_at",
)  # fmt: skip
TOLD_EVERY = 10
# Lines of a briefing that are about other people's tickets.
OF_OTHERS = {"colleagues", "similar"}


def export_person(request: DataRequest, *, at: datetime) -> DataRequest:
    """Write a zip with data.json, data.html and every file, and note where it is."""
    customer = request.customer
    numbers = list(_tickets(customer).order_by("opened_at").values_list("number", flat=True))
    request.state, request.total, request.done = DataRequest.State.RUNNING, len(numbers) + 1, 0
    request.save(update_fields=["state", "total", "done"])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        tickets = list(_told_tickets(request, numbers, archive))
        data = _person(customer) | {"tickets": tickets, "exported_at": at}
        text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("data.json", text)
        archive.writestr("data.html", render_to_string("privacy/export.html", {"data": data}))
    request.sha256, request.size = store_blob(buffer.getvalue()), len(buffer.getvalue())
    request.state, request.finished_at = DataRequest.State.DONE, at
    request.done = request.total
    request.save()
    return request


def clear_exports(*, at: datetime) -> int:
    """Delete files of exports that are older than a week; return how many."""
    old = DataRequest.objects.filter(finished_at__lt=at - DataRequest.KEPT_FOR).exclude(sha256="")
    for request in old:
        remove_blob(request.sha256)
        request.sha256 = ""
        request.save(update_fields=["sha256"])
    return len(old)


def _tickets(customer: Customer) -> Any:
    return Ticket.objects.filter(customer=customer, merged_into=None)


def _told_tickets(
    request: DataRequest, numbers: list[int], archive: zipfile.ZipFile
) -> Iterator[dict[str, Any]]:
    for index, number in enumerate(numbers, start=1):
        ticket = Ticket.objects.select_related("status", "topic").get(number=number)
        yield _ticket(ticket, archive)
        if index % TOLD_EVERY == 0:
            DataRequest.objects.filter(pk=request.pk).update(done=index)


def _ticket(ticket: Ticket, archive: zipfile.ZipFile) -> dict[str, Any]:
    """A ticket with what was said on it in public; what agents said among themselves stays."""
    said = ticket.messages.exclude(kind=Message.Kind.NOTE).order_by("at", "pk")
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status.name,
        "topic": str(ticket.topic or ""),
        "channel": ticket.channel,
        "opened_at": ticket.opened_at,
        "solved_at": ticket.solved_at,
        "messages": [_message(message, archive) for message in said],
        "briefings": _briefings(ticket),
    }


def _briefings(ticket: Ticket) -> list[dict[str, Any]]:
    """What agents were told of the person before each reply, and are told now, in words."""
    frozen = FrozenBriefing.objects.filter(message__ticket=ticket).order_by("frozen_at", "pk")
    stored = StoredBriefing.objects.filter(ticket=ticket)
    told = [*frozen.values_list("frozen_at", "items"), *stored.values_list("computed_at", "items")]
    return [{"at": at, "said": _said(rows, at=at)} for at, rows in told]


def _said(rows: list[dict[str, Any]], *, at: datetime) -> list[str]:
    items = [BriefingItem.from_row(row) for row in rows if row["slot"] not in OF_OTHERS]
    return [line.text for line in lines_of(items, at=at)]


def _message(message: Message, archive: zipfile.ZipFile) -> dict[str, Any]:
    return {
        "at": message.at,
        "from": message.author_name or str(message.agent or message.customer or ""),
        "address": message.author_address,
        "to": [*message.recipients, *message.cc],
        "channel": message.channel,
        "is_from_customer": message.is_inbound,
        "subject": message.subject,
        "text": message.text,
        "form": message.form,
        "files": [_file(file, archive) for file in message.attachments.all()],
    }


def _file(file: Attachment, archive: zipfile.ZipFile) -> str:
    """Put a file into the archive under a name of ours; return it."""
    safe = "".join(char if char.isalnum() or char in "._-" else "_" for char in file.name)[-80:]
    name = f"files/{file.pk}-{safe}"
    try:
        with open_blob(file.sha256) as blob:
            archive.writestr(name, blob.read())
    except FileNotFoundError:
        return f"{name} (missing)"
    return name


def _person(customer: Customer) -> dict[str, Any]:
    def rows(name: str, *fields: str) -> list[dict[str, Any]]:
        return list(getattr(customer, name).order_by("pk").values(*fields))

    return {
        "customer": {name: getattr(customer, name) for name in DETAILS},
        "organisation": str(customer.organisation or ""),
        "memberships": rows("memberships", "organisation__name", "role", "since"),
        "identities": rows(
            "identities", "kind", "shown", "verified_at", "evidence", "created_at", "last_seen_at"
        ),
        "identity_history": rows("identity_events", "kind", "value", "at"),
        "facts": rows("facts", "key", "value", "source", "at", "expires_at", "ticket_number"),
        "promises": rows("promises", "text", "made_at", "due_at", "status", "closed_at"),
        "orders": rows(
            "orders", "number", "kind", "placed_at", "currency", "total", "status", "items"
        ),
        "ratings": rows(
            "ratings", "scale", "score", "solved", "repeated", "comment", "at", "ticket_number"
        ),
        "events_from_outside": rows("outside_events", "source", "title", "at", "status", "fields"),
        "consents": rows("consents", "purpose", "given_at", "withdrawn_at", "evidence"),
        "notes": rows("notes", "text", "at"),
        "timeline": rows(
            "touchpoints", "at", "kind", "channel", "direction", "title", "ticket_number"
        ),
        "numbers": getattr(getattr(customer, "cx_summary", None), "data", {}),
    }

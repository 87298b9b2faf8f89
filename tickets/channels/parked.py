"""What a person makes of an arrival that nobody could read."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.operations import identify_customer
from helpdesk.accounts.models import Agent, Team
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import store_blob
from helpdesk.lib.errors import DomainError
from helpdesk.lib.text import clean_line, clean_text
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.headers import decode_header, parse_addresses
from tickets.channels.email.keys import arrival_key
from tickets.channels.email.mime import read_fields
from tickets.channels.email.reading import read_mail
from tickets.channels.journal import ArrivalFinished
from tickets.channels.models import Arrival
from tickets.models import Message
from tickets.operations import NewAttachment, NewMessage, open_ticket

# Read for a look; the download has all of it.
LOOKED_AT = 200_000
FIELDS_SHOWN, FIELD_SHOWN = 60, 500
SENDERS = ("from", "sender", "reply-to", "return-path")


class KnownAlready(DomainError):
    code = "known_already"
    message = gettext_lazy("This mail has become a message by another way.")


@dataclass(frozen=True, kw_only=True)
class Legible:
    """As much of an arrival as can be read. Everything is the sender's claim."""

    fields: tuple[tuple[str, str], ...] = ()
    senders: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    text: str = ""


def legible(raw: bytes, *, envelope_from: str = "", is_whole: bool = True) -> Legible:
    """Read what can be read of the beginning of a mail, or of its header alone. Never raises."""
    start = raw[:LOOKED_AT]
    fields, body_at = _fields(start)
    senders = [
        (clean_line(name, limit=200), address)
        for key, value in fields
        if key in SENDERS
        for name, address in parse_addresses(value)
        if "@" in address
    ]
    if "@" in envelope_from:
        senders.append(("", envelope_from))
    named = {address.lower(): (name, address) for name, address in reversed(senders)}
    subject = next((value for key, value in fields if key == "subject"), b"")
    return Legible(
        fields=tuple(
            (key, clean_line(decode_header(value), limit=FIELD_SHOWN))
            for key, value in fields[:FIELDS_SHOWN]
        ),
        senders=tuple(reversed(named.values()))[:10],
        subject=clean_line(decode_header(subject), limit=300),
        text=_text(start, body_at) if is_whole else "",
    )


@transaction.atomic
def open_from_arrival(
    arrival: Arrival,
    *,
    address: str,
    name: str,
    subject: str,
    text: str,
    team: Team | None,
    agent: Agent,
    at: datetime,
) -> Message:
    """Open a ticket with an arrival nobody could read, as what its sender wrote.

    The words are the agent's reading of it; the bytes stay with the ticket as a file. The same
    mail, delivered again, is known. Raises ArrivalFinished, KnownAlready, EmptySubject,
    NotAnAddress.
    """
    arrival = Arrival.objects.select_for_update(of=("self",)).get(pk=arrival.pk)
    if arrival.state == Arrival.State.PROCESSED:
        raise ArrivalFinished
    raw = bytes(arrival.raw)
    customer = identify_customer(
        kind="email", value=address, name=name, by=Actor.system(), at=arrival.received_at
    )
    content = NewMessage(
        text=text,
        channel="email",
        subject=subject,
        author_name=name,
        author_address=address,
        external_id=arrival_key(raw),
        attachments=(
            NewAttachment(
                name=f"original-{arrival.pk}.eml",
                content_type="message/rfc822",
                size=len(raw),
                sha256=store_blob(raw),
            ),
        ),
    )
    try:
        with transaction.atomic():
            message = open_ticket(
                customer=customer,
                subject=subject,
                content=content,
                team=team,
                by=Actor.customer(customer.pk),
                at=arrival.received_at,
            )
    except IntegrityError as error:
        raise KnownAlready from error
    arrival.state = Arrival.State.PROCESSED
    arrival.reason = (_("Made a ticket by hand by %s.") % agent)[:300]
    arrival.message, arrival.finished_at = message, at
    arrival.save(update_fields=["state", "reason", "message", "finished_at"])
    return message


def _fields(raw: bytes) -> tuple[tuple[tuple[str, bytes], ...], int]:
    try:
        return read_fields(raw, 0, len(raw), is_mail=True)
    except (UnreadableMail, ValueError):
        return (), 0


def _text(raw: bytes, body_at: int) -> str:
    try:
        text = read_mail(raw).text
    except Exception:  # it is parked because reading it fails: show it as it stands then
        text = ""
    return text.strip() or clean_text(raw[body_at:].decode("utf-8", "replace")).strip()

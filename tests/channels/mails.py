"""Mails as they come in."""

from tickets.channels.email.keys import delivery_key
from tickets.channels.models import Arrival

KOFI = "Kofi Mensah <kofi@example.com>"
STRANGER = "Sam Field <sam@elsewhere.example>"


def mail(
    text: str = "It still does not work.",
    *,
    sender: str = KOFI,
    to: str = "support@localhost.example",
    subject: str = "Help",
    **fields: str,
) -> bytes:
    """A raw mail; further fields by name, with _ for -."""
    head = {"From": sender, "To": to, "Subject": subject}
    head |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"{name}: {value}" for name, value in head.items()]
    return "\r\n".join([*lines, "", text, ""]).encode()


def arrival_of(raw: bytes) -> Arrival:
    return Arrival.objects.get(key=delivery_key(raw))
